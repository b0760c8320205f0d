"""Looking for the locked text in what came back, and finding out what the locked text is."""
