"""Mongolian, in Cyrillic."""
