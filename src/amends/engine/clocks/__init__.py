"""Time limits: how long somebody may be kept waiting, in working hours or by law, and why it is due when it is due."""
