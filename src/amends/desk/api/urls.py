"""The API. What stands here is made when a program comes for the first time: it takes some 70 MB of a process."""

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern, path

from amends.desk.api import described
from amends.desk.api.door import in_problems
from amends.desk.api.problems import nothing_here
from amends.desk.api.routes import api


def _routes(patterns: Iterable[Any]) -> Iterable[Any]:
    for one in patterns:
        if isinstance(one, URLPattern) and one.name != "api-root":
            one.callback = in_problems(one.callback)
            yield one


urlpatterns = [
    path("docs/", described.docs, name="docs"),
    path("openapi.json", described.document, name="document"),
    *_routes(api.urls[0]),
    path("<path:rest>", nothing_here),
    path("", nothing_here),
]
