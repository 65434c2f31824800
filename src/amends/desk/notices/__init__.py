"""What the desk tells the people who work at it: a list beside their work, and a letter while they are elsewhere."""
