"""`/admin/mails`: which mails readers get, and how they read."""
