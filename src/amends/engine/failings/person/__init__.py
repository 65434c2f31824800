"""The person was not seen: not named right, not thanked, not heard."""
