"""Other systems' exports and raw mail into conversations, one file per format."""
