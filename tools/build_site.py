"""Build the site of the documentation from docs/ into build/site: English, and the guides in three more languages.

Nothing is fetched: the generator comes from docs/site/requirements.lock (`make site` installs it beside .venv), fonts
from the built front end. Each language is a project of its own, since a page has one direction and one menu.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SOURCES = ROOT / "build/site-sources"
SITE = ROOT / "build/site"
PACKAGES = ROOT / "build/site-packages"
FONTS = ROOT / "src/amends/desk/web/static/built/fonts"
ROLES = ("agent", "lead", "manager", "administrator", "owner")
LANGUAGES = {"en": "English", "tr": "Türkçe", "fa": "فارسی", "mn": "Монгол"}
PAGES = {  # what stands in the menu, shorter than the headings of the pages
    "At work": {
        "The inbox": "inbox",
        "Room to decide": "room-to-decide",
        "A cool head": "cool-head",
        "Third parties": "third-parties",
        "Live chat": "chat",
        "Mail": "mail",
        "Time limits and promises": "time-limits",
        "Training": "training",
    },
    "What it finds": {
        "Findings and money": "how-figures-are-made",
        "Causes and improvements": "causes-and-money",
        "How well it judges": "quality",
    },
    "Looking after it": {
        "Administration": "administration",
        "From another desk": "import",
        "Everything, out": "export",
        "The API": "api",
        "How large it may get": "scale",
        "How fast it is": "benchmarks",
    },
    "Security": {"Reporting": "security", "Threat model": "threat-model", "ASVS, item by item": "asvs"},
    "Building on it": {
        "Languages and failings": "extending",
        "Beside other desks": "parity",
        "Decisions": "decisions/README",
    },
}
SHIM = (
    "https://unpkg.com/iframe-worker/shim"  # what the generator would load from elsewhere; docs/site/worker.js does it
)
_SAME_PAGE = re.compile(r'href="[^"]*"( hreflang="([a-z]{2})")(?= class="md-select__link"|>)')
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


def main() -> None:
    if not PACKAGES.is_dir():
        sys.exit("The generator is not installed: make site.")
    for folder in (SOURCES, SITE):
        shutil.rmtree(folder, ignore_errors=True)
    for language, named in LANGUAGES.items():  # English first: the others go into folders of its site
        source = SOURCES / language
        _lay_out(language, source / "docs")
        (source / "zensical.toml").write_text(_toml(_settings(language)), encoding="utf-8")
        env = {**os.environ, "PYTHONPATH": str(PACKAGES)}
        command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", "zensical.toml"]
        done = subprocess.run(command, cwd=source, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"The site in {named} was not built:\n{done.stdout}{done.stderr}")
        shutil.copytree(source / "site", SITE if language == "en" else SITE / language, dirs_exist_ok=True)
    for page in SITE.rglob("*.html"):
        page.write_text(_finished(page), encoding="utf-8")
    place = os.path.relpath(SITE, ROOT)
    print(f"The site is in {place}: python3 -m http.server --directory {place}")


def _lay_out(language: str, place: Path) -> None:
    """Copy the pages of a language, with links that lead out of them turned into what they can be on the site."""
    guides = DOCS / "guides" / language
    if language == "en":
        pages = [*DOCS.glob("*.md"), *(DOCS / "decisions").glob("*.md"), *guides.glob("*.md")]
        for page in pages:
            _copy(page, place / page.relative_to(DOCS), english=True)
        _copy(ROOT / "SECURITY.md", place / "security.md", english=True)
        for picture in DOCS.glob("*.svg"):
            shutil.copy(picture, place / picture.name)
    else:
        for page in guides.glob("*.md"):
            _copy(page, place / page.name, english=False)
    shutil.copytree(DOCS / "pictures", place / "pictures")
    for name in ("style.css", "mark.svg", "worker.js"):
        shutil.copy(DOCS / "site" / name, place / name)
    if FONTS.is_dir():
        shutil.copytree(FONTS, place / "fonts")


def _copy(page: Path, to: Path, *, english: bool) -> None:
    """Copy a page; a file of the program is named and not linked, for the site has no copy of it."""
    here = DOCS if page.parent == ROOT else page.parent

    def link(match: re.Match[str]) -> str:
        picture, words, target = match.groups()
        path, _, anchor = target.partition("#")
        if not path or "://" in target or target.startswith("mailto:"):
            return match[0]
        named = (page.parent / path).resolve()
        if named == ROOT / "SECURITY.md":
            named = DOCS / "security.md"
        if not named.is_relative_to(DOCS) or named.suffix not in {".md", ".png", ".svg"}:
            return words
        if english:
            return f"{picture}[{words}]({os.path.relpath(named, here)}{'#' + anchor if anchor else ''})"
        if named.parent == page.parent:
            return match[0]
        if named.is_relative_to(DOCS / "pictures"):
            return f"{picture}[{words}](pictures/{named.name})"
        return f'<a href="../{named.relative_to(DOCS).with_suffix(".html")}" hreflang="en">{words}</a>'

    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(_LINK.sub(link, page.read_text(encoding="utf-8")), encoding="utf-8")


def _finished(page: Path) -> str:
    """Return a page that loads nothing from elsewhere, and whose choice of a language leads to the same guide."""
    text = page.read_text(encoding="utf-8")
    top = next(one for one in page.relative_to(SITE).parts if one in {*LANGUAGES, "guides", page.name})
    home = SITE / top if top in LANGUAGES else SITE
    text = text.replace(SHIM, os.path.relpath(home / "worker.js", page.parent))
    guide = page.stem in {*ROLES, "index"} and page != SITE / "index.html"
    if not guide:
        return text

    def same(match: re.Match[str]) -> str:
        place = SITE / "guides/en" if match[2] == "en" else SITE / match[2]
        return f'href="{os.path.relpath(place / page.name, page.parent)}"{match[1]}'

    return _SAME_PAGE.sub(same, text)


def _settings(language: str) -> dict[str, Any]:
    if language == "en":
        nav: list[dict[str, Any]] = [
            {"Amends": "index.md"},
            {"Start in five minutes": "start.md"},
            {"Guides by role": [f"guides/en/{role}.md" for role in ROLES]},
            *({title: [{word: f"{name}.md"} for word, name in names.items()]} for title, names in PAGES.items()),
        ]
    else:
        nav = [{_title(DOCS / "guides" / language / "index.md"): "index.md"}]
        nav += [{_title(DOCS / "guides" / language / f"{role}.md"): f"{role}.md"} for role in ROLES]
    up = "" if language == "en" else "../"
    links = {one: f"{up}index.html" if one == "en" else f"{up}{one}/index.html" for one in LANGUAGES}
    links[language] = "index.html"
    return {
        "project": {
            "site_name": "Amends",
            "site_description": "A complaint desk that puts things right",
            "use_directory_urls": False,
            "extra_css": ["style.css"],
            "nav": nav,
            "plugins": {"offline": {"enabled": True}},  # so that pages opened from a disk can be searched as well
            "extra": {
                "generator": False,
                "alternate": [{"name": name, "link": links[one], "lang": one} for one, name in LANGUAGES.items()],
            },
            "theme": {
                "language": language,
                "direction": "rtl" if language == "fa" else "ltr",
                "font": False,
                "logo": "mark.svg",
                "favicon": "mark.svg",
                "features": [
                    "navigation.sections",
                    "navigation.top",
                    "navigation.footer",
                    "content.code.copy",
                    "toc.follow",
                ],
                "palette": [
                    {
                        "scheme": "default",
                        "media": "(prefers-color-scheme: light)",
                        "toggle": {"icon": "lucide/moon", "name": "☾"},
                    },
                    {
                        "scheme": "slate",
                        "media": "(prefers-color-scheme: dark)",
                        "toggle": {"icon": "lucide/sun", "name": "☀"},
                    },
                ],
            },
        }
    }


def _title(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def _toml(settings: dict[str, Any], table: str = "") -> str:
    """Write tables of plain values; lists of objects stand on one line, as TOML allows."""
    plain = [f"{_key(key)} = {_value(value)}" for key, value in settings.items() if not isinstance(value, dict)]
    text = (f"[{table}]\n" if table and plain else "") + "\n".join(plain) + "\n"
    for key, value in settings.items():
        if isinstance(value, dict):
            text += _toml(value, f"{table}.{_key(key)}" if table else _key(key))
    return text


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
