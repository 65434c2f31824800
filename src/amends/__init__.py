"""Amends: a complaint desk that puts things right."""
