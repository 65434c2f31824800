"""What was undertaken, and by when."""
