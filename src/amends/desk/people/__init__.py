"""Agents, teams, roles, calendars, presence, sign-in."""
