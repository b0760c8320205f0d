"""What we ask of Stripe, verb by verb; `stripe_gateway` makes one gateway of them and carries the questions there."""
