"""Layer and theme of a complaint, with evidence."""
