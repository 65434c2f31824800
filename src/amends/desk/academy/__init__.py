"""Drills for every rank: who practises what, what colleagues think of it, and whether it helps."""
