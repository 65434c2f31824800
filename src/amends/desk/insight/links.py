"""Where a figure leads."""

from __future__ import annotations

from django.urls import reverse

from amends.desk.insight.forms import Choice


def address(figure: str, *, choice: Choice) -> str:
    """The address of what is behind a figure, in the span of time and the team that it was counted in."""
    return f"{reverse('insight:behind', args=[figure])}?{choice.door_query}"
