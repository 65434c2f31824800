"""A page is made in one thread, from the first look at its request to the last at its answer."""

import asyncio
import threading

from django.core.handlers.asgi import ASGIHandler
from django.http import HttpResponse
from django.urls import path

from amends.desk.web.one_thread import InOneThread

seen = []


def page(request):
    del request
    seen.append(threading.get_ident())
    return HttpResponse("here")


urlpatterns = [path("", page)]


def looking(get_response):
    def look(request):
        seen.append(threading.get_ident())
        return get_response(request)

    return look


def ask(handler, where="/"):
    sent, told = [], []

    async def receive():
        if told:
            await asyncio.sleep(60)
        told.append(True)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asked = {
        "type": "http", "method": "GET", "path": where, "query_string": b"", "headers": [(b"host", b"testserver")],
    }  # fmt: skip
    asyncio.run(asyncio.wait_for(handler(asked, receive, send), 120))
    return sent


def test_all_that_looks_at_a_request_works_in_one_thread(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [
        f"{__name__}.looking",
        "django.middleware.security.SecurityMiddleware",
        "amends.desk.web.middleware.StaticFiles",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        f"{__name__}.looking",
    ]

    class Desk(InOneThread, ASGIHandler):
        pass

    seen.clear()
    begins, *rest = ask(Desk())
    assert begins["status"] == 200
    assert b"".join(one.get("body", b"") for one in rest) == b"here"
    assert len(seen) == 3
    assert len(set(seen)) == 1
    assert seen[0] != threading.get_ident()


def test_a_file_of_the_pages_is_handed_out_with_what_guards_a_page(settings, tmp_path):
    (tmp_path / "one.css").write_text("a { }", encoding="ascii")
    settings.STATIC_ROOT = tmp_path
    settings.SERVESTATIC_USE_MANIFEST = False
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "amends.desk.web.middleware.StaticFiles",
        f"{__name__}.looking",
    ]

    class Desk(InOneThread, ASGIHandler):
        pass

    seen.clear()
    begins, *rest = ask(Desk(), "/static/one.css")
    assert begins["status"] == 200
    assert (b"X-Content-Type-Options", b"nosniff") in begins["headers"]
    assert b"".join(one.get("body", b"") for one in rest) == b"a { }"
    assert seen == []
