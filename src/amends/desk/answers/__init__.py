"""Saved answers: blocks of words that are good more than once, with the customer's own case filled in."""
