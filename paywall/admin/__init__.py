"""Where the people of a publication review its subscribers, help them, and see how the business does."""
