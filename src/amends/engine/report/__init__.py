"""Measures into text, HTML, JSON and pictures."""
