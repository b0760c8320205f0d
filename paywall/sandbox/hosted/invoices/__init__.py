"""An invoice on a page of its own, and paying it there."""
