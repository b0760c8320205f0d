"""Acts on the account itself: its sign-ins, its mails, what is known of it, its end."""
