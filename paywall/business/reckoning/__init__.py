"""From a customer's books to the entries of the figures: pure rules, the same for one customer and for all."""
