"""What was undertaken, by when, and was it kept; working time."""
