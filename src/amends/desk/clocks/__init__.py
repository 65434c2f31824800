"""Time limits: of the organisation and of the law, for each complaint, and why they are due when they are due."""
