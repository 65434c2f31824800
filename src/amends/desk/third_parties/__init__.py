"""Somebody outside whose answer a complaint waits for: who, since when, their last word, our next one."""
