"""Acts on the right to read: giving it, prolonging it, taking a gift back."""
