"""The room of mails."""
