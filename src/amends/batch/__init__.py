"""Many conversations: readers, engine, findings."""
