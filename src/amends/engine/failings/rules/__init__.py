"""Rules, forms and house words stand where an answer should."""
