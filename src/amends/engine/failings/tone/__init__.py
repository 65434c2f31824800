"""How it is said hurts."""
