"""Who they are: names, value, history."""
