"""`/admin/mails`: which mails readers get, how they read, and in whose words."""
