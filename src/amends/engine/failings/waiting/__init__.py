"""Waiting: until somebody comes, answers, has time."""
