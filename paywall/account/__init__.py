"""The reader's own pages: subscription, invoices, password, sign-ins."""
