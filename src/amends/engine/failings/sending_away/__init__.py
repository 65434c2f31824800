"""The customer leaves with homework, with another address, or with nothing."""
