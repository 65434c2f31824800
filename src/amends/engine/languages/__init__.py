"""How to read a text, one folder per language; speech acts."""
