"""The billing portal: its configurations and sessions, and the pages on which a customer cancels, switches and pays."""
