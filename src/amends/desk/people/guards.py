"""Who is let into a page of this room."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from amends.desk.people.models import Right, Role

View = Callable[..., HttpResponse]


def for_administrators(view: View) -> View:
    """Let administrators in; send strangers to sign in and tell everybody else no."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.role != Role.ADMINISTRATOR:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def for_right(right: Right) -> Callable[[View], View]:
    """Let administrators in, and whose own role has this right; say no to everybody else."""

    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if right not in request.user.rights:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard
