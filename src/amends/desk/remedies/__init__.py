"""Putting right: goodwill and exceptions."""
