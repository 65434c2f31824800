"""Causes, surprises, actions, did it help."""
