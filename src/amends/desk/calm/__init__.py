"""When it gets hot: the pause, the calm boundary, the call instead of a letter, a colleague who helps, and the load."""
