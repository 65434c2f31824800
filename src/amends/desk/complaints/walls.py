"""The door of every page: whose page it is, and no complaint behind a wall."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from amends.desk.complaints.visible import reading, stop_at_walls


class StopsAtWalls:
    """Say once who reads; an address about a complaint that they do not see is not there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with reading(lambda: request.user):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], given: Sequence[Any], told: Mapping[str, Any]
    ) -> None:
        """
        Look at the address.

        :raises Http404: if it is about a complaint that the reader does not see
        """
        del view, given
        if told and request.user.is_authenticated and request.resolver_match is not None:
            stop_at_walls(agent=request.user, name=request.resolver_match.view_name, told=told)
