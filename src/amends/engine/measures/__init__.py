"""Scores, money and statistics: they read findings and causes only."""
