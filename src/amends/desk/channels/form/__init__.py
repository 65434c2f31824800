"""The form channel."""
