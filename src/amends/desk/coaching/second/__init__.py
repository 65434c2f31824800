"""The organisation's own language model as a second reader: set up, asked within a budget, and never waited for."""
