"""Background work: retries, periodic work, what failed."""
