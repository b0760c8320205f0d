"""Acts on the subscription and its money. Each notes the wish first, with its row of the audit; then Stripe is told."""
