"""Reaching a person or a manager: the rota that rings until somebody comes, and how long it took at every door."""
