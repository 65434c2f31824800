"""What the documentation says can be followed: links, guides in four languages, commands."""

import re
import sys
from pathlib import Path

import click
import pytest

from amends.cli import COMMANDS, main

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import screenshots

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted({*ROOT.glob("README*.md"), ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md")})
GUIDES = ROOT / "docs/guides"
LANGUAGES = ("en", "fa", "mn", "tr")
ROLES = ("agent", "lead", "manager", "administrator", "owner", "index")

_FENCE = re.compile(r"^(```+)[^\n]*\n(.*?)^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"(?<!`)\[[^\]\n]*(?:\[[^\]\n]*\][^\]\n]*)*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^(#{1,6}) (.+?)\s*$", re.MULTILINE)
_AMENDS = re.compile(r"(?:^|[\s/|;])amends ([a-z][a-z-]*)([^|;#\n]*)")
_OPTION = re.compile(r"(?<=\s)--[a-z][a-z-]*")
_MAKE = re.compile(r"(?:^|[\s;])make ([a-z][a-z/-]*)")


def words(page: Path) -> str:
    """Return a page without its blocks of code, in which nothing is a link or a heading."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def code(page: Path) -> list[str]:
    """Return what a page sets as code: lines of its blocks, and what stands between ticks."""
    text = page.read_text(encoding="utf-8")
    blocks = [line for block in _FENCE.findall(text) for line in block[1].splitlines()]
    return blocks + _CODE.findall(_FENCE.sub("", text))


def anchors(page: Path) -> set[str]:
    """Return the names that headings get: small letters, digits and hyphens."""
    plain = (re.sub(r"[`*_]|\]\([^)]*\)|\[", "", heading).lower() for _, heading in _HEADING.findall(words(page)))
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", heading).strip()) for heading in plain}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for target in _LINK.findall(words(page)):
        path, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        named = (page.parent / path).resolve() if path else page
        if not named.exists() or (anchor and anchor not in anchors(named)):
            lost.append(target)
    assert not lost


@pytest.mark.parametrize("role", ROLES)
def test_a_guide_has_the_same_parts_in_every_language(role: str) -> None:
    parts = {
        language: [len(marks) for marks, _ in _HEADING.findall(words(GUIDES / language / f"{role}.md"))]
        for language in LANGUAGES
    }
    points = {
        language: len(re.findall(r"^(?:- |\d\. )", words(GUIDES / language / f"{role}.md"), re.MULTILINE))
        for language in LANGUAGES
    }
    assert len(set(map(tuple, parts.values()))) == 1, parts
    assert len(set(points.values())) == 1, points


def test_no_guide_is_left_out_of_a_language() -> None:
    for language in LANGUAGES:
        assert {page.stem for page in (GUIDES / language).glob("*.md")} == set(ROLES)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z/-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    unknown = []
    for line in code(page):
        unknown += [f"amends {command}" for command, _ in _AMENDS.findall(line) if command not in COMMANDS]
        unknown += [f"make {target}" for target in _MAKE.findall(line) if target not in targets]
    assert not unknown


def test_every_option_that_stands_behind_a_command_is_one_of_its_own() -> None:
    unknown = set()
    for page in PAGES:
        for command, rest in (found for line in code(page) for found in _AMENDS.findall(line)):
            unknown |= {f"{name(page)}: {command} {option}" for option in set(_OPTION.findall(rest)) - options(command)}
    assert not unknown


def options(command: str) -> set[str]:
    """Return the options of a command, from the command itself."""
    found = main.get_command(click.Context(main), command)
    assert found is not None, command
    return {"--help"}.union(*(({*one.opts, *one.secondary_opts}) for one in found.params))


def test_what_does_not_exist_would_be_seen() -> None:
    assert _AMENDS.findall(".venv/bin/amends serve --empty # new") == [("serve", " --empty ")]
    assert _MAKE.findall("make bench-load") == ["bench-load"]
    assert "polish" not in COMMANDS
    assert "--polish" not in options("serve")


def test_every_picture_of_the_desk_is_made_by_the_script() -> None:
    made = {screenshots.named(kind, language) for kind in screenshots.KINDS for language in screenshots.SHOWN}
    shown = {
        target.rpartition("/")[2] for page in PAGES for target in _LINK.findall(words(page)) if "pictures/" in target
    }
    assert shown == made
    assert made == {path.name for path in (ROOT / "docs/pictures").iterdir()}
    assert set(screenshots.SHOWN) == set(LANGUAGES)


def test_a_guide_shows_pictures_in_its_own_language() -> None:
    for language in LANGUAGES:
        for role in ROLES:
            page = GUIDES / language / f"{role}.md"
            pictures = {one.rpartition("/")[2] for one in _LINK.findall(words(page)) if "pictures/" in one}
            assert pictures <= {screenshots.named(kind, language) for kind in screenshots.KINDS}, name(page)
