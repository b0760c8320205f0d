"""Trials: one for each account, each card and each address, however often somebody signs up."""
