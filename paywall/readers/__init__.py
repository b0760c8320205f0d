"""Accounts: sign up, sign in, confirm, reset, sign-ins that end."""
