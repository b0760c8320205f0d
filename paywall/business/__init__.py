"""How the business does: monthly recurring revenue and what moves it, reckoned from the books and kept summed up."""
