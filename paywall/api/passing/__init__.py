"""What else passes are for: keys to verify them, the text for who has one, readers of other sites, proxies that ask."""
