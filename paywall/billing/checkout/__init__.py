"""From a click on a price to the payment page, and the way back."""
