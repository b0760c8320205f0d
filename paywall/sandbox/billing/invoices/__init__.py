"""Invoices: their lines and sums, drafts and finalising, how they are collected, and previews of them."""
