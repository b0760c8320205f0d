"""What the payer's browser meets: checkout and the billing portal, their sessions and their pages."""
