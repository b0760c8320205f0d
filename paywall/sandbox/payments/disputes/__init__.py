"""Disputes: a payer's bank takes a payment back, or asks about it first; the shop answers, the bank decides."""
