"""The API under /api/, and its pages in the desk."""

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern, include, path

from amends.desk.api import views
from amends.desk.api.door import in_problems
from amends.desk.api.problems import nothing_here
from amends.desk.api.routes import api

app_name = "api"


def _routes(patterns: Iterable[Any]) -> Iterable[Any]:
    for one in patterns:
        if isinstance(one, URLPattern) and one.name != "api-root":
            one.callback = in_problems(one.callback)
            yield one


programs = [
    path("", views.all_tokens, name="tokens"),
    path("new/", views.make_token, name="make-token"),
    path("<int:pk>/end/", views.end_token, name="end-token"),
    path("mine/", views.mine, name="mine"),
    path("mine/<int:pk>/end/", views.end_mine, name="end-mine"),
    path("webhooks/", views.webhooks, name="webhooks"),
    path("webhooks/new/", views.set_up, name="set-up"),
    path("webhooks/<int:pk>/", views.change, name="change"),
    path("webhooks/<int:pk>/act/", views.act, name="act"),
    path("webhooks/again/<int:pk>/", views.send_again, name="send-again"),
]
door = [
    path("docs/", views.docs, name="docs"),
    path("openapi.json", views.document, name="document"),
    *_routes(api.urls[0]),
    path("<path:rest>", nothing_here),
    path("", nothing_here),
]
urlpatterns = [
    path("api/", include(door)),
    path("desk/programs/", include(programs)),
]
