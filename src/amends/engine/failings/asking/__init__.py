"""The organisation asks before it gives."""
