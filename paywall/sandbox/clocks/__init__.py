"""Time: what falls due by the clocks there are, Stripe's test clocks, and the turning of business time itself."""
