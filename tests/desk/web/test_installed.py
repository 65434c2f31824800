"""The desk as an app: what it is called, and a worker that keeps nothing but the page for when the line is gone."""

import base64
import hashlib
import json
import re
import struct
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _somebody(make_agent):
    make_agent()


def told(client, language):
    answer = client.get(reverse("web:manifest"), {"language": language})
    assert answer["Content-Type"] == "application/manifest+json"
    return json.loads(answer.content)


class TestTheManifest:
    @pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
    def test_is_what_browsers_ask_for(self, client, language):
        app = told(client, language)
        assert (app["id"], app["scope"], app["start_url"]) == ("/desk/", "/desk/", "/desk/")
        assert (app["lang"], app["dir"]) == (language, "rtl" if language == "fa" else "ltr")
        assert app["display"] == "standalone"
        assert app["name"]
        assert 0 < len(app["short_name"]) <= 12
        assert {one["sizes"] for one in app["icons"] if one["purpose"] == "any"} == {"192x192", "512x512"}
        assert any(one["purpose"] == "maskable" for one in app["icons"])
        assert all(one["url"].startswith(app["scope"]) for one in app["shortcuts"])

    def test_has_icons_of_the_size_that_it_says(self, client):
        for one in told(client, "en")["icons"]:
            name = re.search(r"web/(icon-\w+)[.\w]*\.png", one["src"])[1]
            size = struct.unpack(">II", Path(finders.find(f"web/{name}.png")).read_bytes()[16:24])
            assert "{}x{}".format(*size) == one["sizes"]

    def test_is_named_by_pages_of_the_desk_and_by_no_others(self, client, make_agent):
        assert b'rel="manifest"' not in client.get(reverse("portal:complain")).content
        client.force_login(make_agent(language="fa"))
        page = client.get(reverse("people:reader")).content.decode()
        assert f'<link rel="manifest" href="{reverse("web:manifest")}?language=fa">' in page
        assert f'data-worker="{reverse("web:worker")}?language=fa"' in page


class TestTheWorker:
    def test_comes_as_a_program_of_our_own_that_is_asked_for_anew(self, client):
        answer = client.get(reverse("web:worker"), {"language": "fa"})
        assert answer["Content-Type"].startswith("text/javascript")
        assert answer["Cache-Control"] == "no-cache"
        assert answer["X-Content-Type-Options"] == "nosniff"
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "unsafe-eval" not in policy
        assert reverse("web:worker").startswith("/desk/")  # beyond its own folder no browser lets it work

    def test_keeps_one_page_without_anybodys_cookie_and_looks_at_nothing_else(self, client):
        program = client.get(reverse("web:worker")).content.decode()
        assert program.count("kept.add(") == 1
        assert 'credentials: "omit"' in program
        assert ".put(" not in program
        assert "addAll" not in program
        assert 'event.request.mode !== "navigate"' in program
        assert reverse("web:offline") in program


class TestThePageForNoLine:
    @pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
    def test_is_whole_in_itself_and_in_the_readers_language(self, client, language):
        page = client.get(reverse("web:offline"), {"language": language}).content.decode()
        assert f'<html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"' in page
        assert not re.search(r"<(?:script|link|img)\b", page)

    def test_wears_the_one_style_that_its_policy_names(self, client):
        answer = client.get(reverse("web:offline"), {"language": "fa"})
        style = re.search(rb"<style>(.*?)</style>", answer.content, flags=re.DOTALL)[1]
        named = base64.b64encode(hashlib.sha256(style).digest()).decode()
        assert answer["Content-Security-Policy"].endswith(f"; style-src 'sha256-{named}'")
        assert "default-src 'none'" in answer["Content-Security-Policy"]

    def test_is_the_same_for_everybody(self, client, make_agent):
        before = client.get(reverse("web:offline"), {"language": "tr"})
        client.force_login(make_agent(name="Nobody Else", language="en"))
        after = client.get(reverse("web:offline"), {"language": "tr"})
        assert before.content == after.content
        assert "Set-Cookie" not in after.headers
