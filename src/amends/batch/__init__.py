"""Many conversations: readers, engine, findings. One pipeline, on local cores or a cluster."""
