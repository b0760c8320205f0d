"""Payments without a page: methods, payment intents and setup intents made by calls of the API, as scripts do."""
