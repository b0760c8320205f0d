"""The rooms of meters and walls."""
