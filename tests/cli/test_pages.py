"""The pages' files of a new version are laid out while web servers of the one before still hand out theirs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import storages
from django.test import RequestFactory
from servestatic.middleware import ServeStaticMiddleware

from amends.cli import pages

type LayOut = Callable[..., dict[str, str]]


@pytest.fixture
def lay_out(tmp_path: Path, settings: Any) -> LayOut:
    """`lay_out(name=words)`: lay out a version of its files; return how each is called with its digest."""
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    settings.STATIC_ROOT = tmp_path / "data/static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
    }
    (tmp_path / "source").mkdir()

    def lay(**files: str) -> dict[str, str]:
        for file in (tmp_path / "source").iterdir():
            file.unlink()
        for name, words in files.items():
            (tmp_path / "source" / f"{name}.css").write_text(words, encoding="utf-8")
        pages.lay_out()
        told = json.loads((tmp_path / "data/static" / pages.MANIFEST).read_text(encoding="utf-8"))["paths"]
        return {Path(name).stem: made for name, made in told.items() if name != made}

    return lay


def web_server() -> Callable[[str], bytes | None]:
    """A web server that begins now: what it hands out under a name."""

    async def nothing(_request: object) -> None:
        return None

    def ask(name: str) -> bytes | None:
        async def asked() -> bytes | None:
            answer = await files(RequestFactory().get(f"/static/{name}"))
            return None if answer is None else b"".join([part async for part in answer])

        return async_to_sync(asked)()

    # As a new process reads the manifest; each change of the settings, and so the end of a test, makes it forget this.
    staticfiles_storage._wrapped = storages.create_storage(settings.STORAGES["staticfiles"])  # type: ignore[attr-defined]
    files = ServeStaticMiddleware(nothing)
    return ask


@pytest.mark.filterwarnings("ignore:Synchronous middleware")
def test_what_older_pages_name_is_handed_out_until_the_version_after_the_next(lay_out: LayOut) -> None:
    first = lay_out(colours="a { color: red }", same="b { top: 0 }", gone="i { left: 0 }")
    old = web_server()
    second = lay_out(colours="a { color: blue }", same="b { top: 0 }")
    new = web_server()
    assert first["colours"] != second["colours"]
    assert first["same"] == second["same"]
    for server in (old, new):
        assert server(first["colours"]) == b"a { color: red }"
        assert server(first["gone"]) == b"i { left: 0 }"
        assert server(second["same"]) == b"b { top: 0 }"
    assert new(second["colours"]) == b"a { color: blue }"
    assert pages.are_laid_out()

    lay_out(colours="a { color: green }", same="b { top: 0 }")
    third = web_server()
    assert third(second["colours"]) == b"a { color: blue }"
    assert third(first["colours"]) is None
    assert third(first["same"]) == b"b { top: 0 }"


def test_nothing_is_left_of_what_nobody_names(lay_out: LayOut, tmp_path: Path) -> None:
    lay_out(colours="a { color: red }" * 200)
    stray = tmp_path / "data/static/stray.css"
    stray.write_text("of a run that was stopped", encoding="utf-8")
    names = lay_out(colours="a { color: red }" * 200)
    found = {path.name for path in (tmp_path / "data/static").iterdir()}
    assert found == {names["colours"], names["colours"] + ".gz", pages.MANIFEST, ".made-from"}
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["static"]
