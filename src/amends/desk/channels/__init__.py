"""Every way in and out: arrivals kept raw, outbox, threading."""
