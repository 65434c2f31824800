"""Judgements and measures into text, JSON, SARIF, HTML and pictures."""
