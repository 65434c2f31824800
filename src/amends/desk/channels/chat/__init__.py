"""The chat: a talk in a window of the organisation's own site; its words stand on the timeline like any others."""
