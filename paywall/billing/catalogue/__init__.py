"""What is sold: plans, their prices, money."""
