"""`/admin/subscribers/<id>`: one reader on one page. May they read, why, until when; money; all that happened."""
