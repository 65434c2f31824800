"""The case: timeline, ownership, search."""
