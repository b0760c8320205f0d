"""Plans and prices, checkout, subscriptions, webhooks: everything that Stripe and we tell each other."""
