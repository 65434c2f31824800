"""The documentation as a site: all of it stands in the menu, is built whole, and nothing is loaded from elsewhere."""

from __future__ import annotations

import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import build_site

LOADS = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


class Page(HTMLParser):
    """What a page links to, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.language = self.direction = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "body":
            self.direction = given.get("dir", "ltr")
        elif tag == "a":
            self.links.append(given.get("href", ""))
        elif tag in LOADS and given.get("rel") != "canonical":
            self.loaded.append(given.get(LOADS[tag], ""))


def test_every_page_stands_in_the_menu() -> None:
    named = {name for pages in build_site.PAGES.values() for name in pages.values()} | {"index", "start"}
    there = {page.stem for page in build_site.DOCS.glob("*.md")}
    assert there <= named
    assert named - there == {"security", "decisions/README"}  # from the root, and a folder's own page


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if not build_site.PACKAGES.is_dir():
        why = "the generator is not here: make build/site-packages"
        (pytest.fail if os.environ.get("AMENDS_NO_SKIPS") == "1" else pytest.skip)(why)
    place = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build_site, "SOURCES", place / "sources")
        patch.setattr(build_site, "SITE", place / "site")
        build_site.main()
    return place / "site"


def test_it_is_built_whole_and_leads_nowhere_that_is_not(site) -> None:
    pages = {page: Page(page.read_text(encoding="utf-8")) for page in site.rglob("*.html")}
    assert len(pages) > 100
    lost = set()
    for page, told in pages.items():
        if page.name == "404.html":  # it is shown at any address and speaks from the root
            continue
        for target in (*told.links, *told.loaded):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
                continue
            if not (page.parent / unquote(parts.path)).resolve().exists():
                lost.add(f"{page.relative_to(site)}: {target}")
    assert lost == set()


def test_nothing_is_loaded_from_elsewhere(site) -> None:
    foreign = {
        f"{page.relative_to(site)}: {one}"
        for page in site.rglob("*.html")
        for one in Page(page.read_text(encoding="utf-8")).loaded
        if urlsplit(one).netloc
    }
    assert foreign == set()


@pytest.mark.parametrize("language", build_site.LANGUAGES)
def test_each_language_has_its_guides_and_its_direction(site, language: str) -> None:
    place = site / "guides/en" if language == "en" else site / language
    for role in build_site.ROLES:
        text = (place / f"{role}.html").read_text(encoding="utf-8")
        assert Page(text).language == language
        assert Page(text).direction == ("rtl" if language == "fa" else "ltr")
        assert re.search(r"<h1[^>]*>", text)


@pytest.mark.parametrize("language", build_site.LANGUAGES)
def test_who_chooses_another_language_stays_at_the_same_guide(site, language: str) -> None:
    place = site / "guides/en" if language == "en" else site / language
    for role in (*build_site.ROLES, "index"):
        chosen = re.findall(r'<a href="([^"]+)" hreflang="(..)" class="md-select', (place / f"{role}.html").read_text())
        assert {one: (place / link).resolve() for link, one in chosen} == {
            one: site / ("guides/en" if one == "en" else one) / f"{role}.html" for one in build_site.LANGUAGES
        }


@pytest.mark.parametrize(("language", "word"), {"tr": "söz", "fa": "قول", "mn": "амлалт", "en": "promise"}.items())
def test_pages_opened_from_a_disk_can_be_searched(site, language: str, word: str) -> None:
    home = site if language == "en" else site / language
    assert word in (home / "search.js").read_text(encoding="utf-8")
    assert "worker.js" in {Path(one).name for one in Page((home / "index.html").read_text(encoding="utf-8")).loaded}
    assert 'location.protocol === "file:"' in (home / "worker.js").read_text(encoding="utf-8")
