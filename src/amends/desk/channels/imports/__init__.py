"""Complaints of other desks, with everything that was said: kept raw, then written into the timeline at their times."""
