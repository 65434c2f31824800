"""What a failing may say: evidence with a stable identity."""
