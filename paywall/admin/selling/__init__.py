"""`/admin/offers`: plans, their prices, offers; what is changed here is brought to Stripe, too."""
