"""The reader's own pages: subscription, invoices, payment, and the way to password and sign-out."""
