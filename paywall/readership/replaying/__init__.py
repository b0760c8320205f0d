"""Stored views, gone through once more under another allowance: the rules, the questions, the one who works at them."""
