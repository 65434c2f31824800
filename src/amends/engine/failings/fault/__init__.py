"""Whose fault it is takes the place of putting it right."""
