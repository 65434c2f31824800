"""The catalogue: one failing, one file, in folders by theme."""
