"""What every call stands on: its key, its pace, its JSON, errors that name the field, and the table of routes."""
