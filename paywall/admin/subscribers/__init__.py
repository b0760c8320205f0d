"""The list of subscribers: one search box, filters, keyset pages, saved views, CSV."""
