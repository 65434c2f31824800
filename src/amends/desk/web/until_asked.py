"""Addresses that are read when somebody asks for one of them, so that a process without them stays small."""

from __future__ import annotations

from django.urls import URLResolver
from django.urls.resolvers import RoutePattern


class UntilAsked(URLResolver):
    """The addresses of a module under a prefix, in a name space: like `path(prefix, include(module))`, but later.

    Django reads what is included as soon as the list is written down, and again when it looks for the first name. Here
    the module has its name only, and of the names nobody hears before one is asked for in its name space.
    """

    def __init__(self, prefix: str, module: str, *, namespace: str) -> None:
        super().__init__(RoutePattern(prefix), module, app_name=namespace, namespace=namespace)

    def _populate(self) -> None:
        """Tell nothing: whoever includes this needs the name space alone, in which Django looks anew."""
