"""The draft read while it is written."""
