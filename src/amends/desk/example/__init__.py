"""The example company, dated relative to the day on which it is looked at."""
