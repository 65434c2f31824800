"""The agent's screens, and replying."""
