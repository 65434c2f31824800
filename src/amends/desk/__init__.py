"""The Django site around the engine."""
