"""What the documentation says can be followed: links, guides in four languages, commands."""

import re
import shlex
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
from click.testing import CliRunner
from django.urls import resolve

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
_AMENDS = re.compile(r"(?:^|[\s/|;])amends (?!amends )([a-z][a-z-]*)([^|;#\n]*)")
_OPTION = re.compile(r"(?<=\s)--[a-z][a-z-]*")
_BLOCK = re.compile(r"^(```+)([^\n]*)\n(.*?)^\1", re.MULTILINE | re.DOTALL)
_SETTING = re.compile(r"([A-Z][A-Z_]+)=(.*)", re.DOTALL)
_TOOL = re.compile(r"\b((?:tools|training)/[a-z_]+\.py)([^|;#`\n]*)")
_TEST = re.compile(r"\b((?:[a-z_]+/)*test_[a-z_]+\.py)\b")
_VARIABLE = re.compile(r"\bAMENDS_[A-Z_]*[A-Z]\b")
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
    known, lost = targets(), []
    for line in code(page):
        lost += [f"amends {command}" for command, _ in _AMENDS.findall(line) if command not in COMMANDS]
        lost += [f"make {target}" for target in _MAKE.findall(line) if target not in known]
    assert not lost


def test_every_option_that_stands_behind_a_command_is_one_of_its_own() -> None:
    lost = set()
    for page in PAGES:
        for command, rest in (found for line in code(page) for found in _AMENDS.findall(line)):
            lost |= {f"{name(page)}: {command} {option}" for option in set(_OPTION.findall(rest)) - options(command)}
    assert not lost


def options(command: str) -> set[str]:
    """Return the options of a command, from the command itself."""
    found = main.get_command(click.Context(main), command)
    assert found is not None, command
    return {"--help"}.union(*(({*one.opts, *one.secondary_opts}) for one in found.params))


def typed(page: Path) -> Iterator[list[list[str]]]:
    """Yield what a page's blocks let somebody type: a line is the programs that hand on to each other, word by word."""
    for _, language, block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if language not in {"", "sh"}:
            continue
        line = ""
        for part in block.splitlines(keepends=True):
            line += part
            if line.rstrip().endswith(("|", "\\")):
                continue
            try:
                words = split(line)
            except ValueError:  # a quotation goes on in the next line
                continue
            line = ""
            if words:
                yield words
        assert not line, f"{name(page)}: what is typed here has no end: {line}"


def split(line: str) -> list[list[str]]:
    """Split a line as a shell does; what is set before a program stays before it."""
    reader = shlex.shlex(line.removeprefix("$ "), posix=True, punctuation_chars="|")
    reader.whitespace_split = True
    programs: list[list[str]] = [[]]
    for word in reader:
        if word == "|":
            programs.append([])
        else:
            programs[-1].append(word)
    return [words for words in programs if words]


def unknown(words: list[str]) -> str:
    """Say what is wrong with one program that is typed; nothing where all of it exists."""
    words = [word for word in words if not (_SETTING.fullmatch(word) and word.partition("=")[0] in variables())]
    if not words:
        return ""
    program, *rest = words
    match program.rpartition("/")[2]:
        case "amends":
            wrong = rest[0] not in COMMANDS or {one for one in rest if one.startswith("--")} - options(rest[0])
        case "make":
            wrong = rest[0] not in targets()
        case "curl":
            address = urlsplit(next(one for one in rest if "://" in one))
            resolve(address.path)
            wrong = address.hostname != "desk.example"
        case "docker":
            files = [word for before, word in pairwise(rest) if before == "--file"]
            wrong = any(map(_SETTING.fullmatch, rest)) or not all((ROOT / one).is_file() for one in files)
        case "echo" | "jq":
            wrong = False
        case _:
            wrong = True
    return " ".join(words) if wrong else ""


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z/-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@cache
def variables() -> set[str]:
    """Return what the program, its tools and its tests read from the environment."""
    files = [ROOT / "Makefile", *(one for place in ("src/amends", "tools", "tests") for one in _programs(ROOT / place))]
    return {"DATABASE_URL", "PORT"}.union(*(_VARIABLE.findall(file.read_text(encoding="utf-8")) for file in files))


def _programs(place: Path) -> Iterator[Path]:
    return (one for one in place.rglob("*.py") if one.name != Path(__file__).name)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_line_that_is_typed_calls_what_there_is(page: Path) -> None:
    assert [wrong for line in typed(page) for words in line if (wrong := unknown(words))] == []


def test_what_the_pages_let_somebody_type_into_a_pipe_is_run() -> None:
    """`echo … | amends check` finds what the page says it finds: something, in its own language."""
    ran = 0
    for page in PAGES:
        for line in typed(page):
            if [words[0].rpartition("/")[2] for words in line] == ["echo", "amends"]:
                (_, said), (_, *arguments) = line
                found = CliRunner().invoke(main, [*arguments, "--now", "2026-11-20T10:00"], input=said)
                assert found.exit_code == 1, (name(page), found.output)
                assert "vague-promise" in found.stdout, (name(page), found.stdout)
                ran += 1
    assert ran >= len(LANGUAGES)


def test_the_drills_that_the_pages_name_are_there() -> None:
    listed = CliRunner().invoke(main, ["drill", "--list"])
    assert listed.exit_code == 0
    named = {words[2] for page in PAGES for line in typed(page) for words in line if words[1:2] == ["drill"]}
    assert all(one == "--list" or one in listed.stdout for one in named)
    assert len(named) > 1


def test_every_tool_that_is_named_exists_with_its_options() -> None:
    wrong = []
    for page in PAGES:
        for line in code(page):
            for tool, rest in _TOOL.findall(line):
                file = ROOT / tool
                said = file.read_text(encoding="utf-8") if file.is_file() else ""
                wrong += [f"{name(page)}: {tool} {one}" for one in _OPTION.findall(rest) if f'"{one}"' not in said]
                wrong += [] if said else [f"{name(page)}: {tool}"]
    assert wrong == []


def test_every_test_that_is_named_exists() -> None:
    there = ["/" + name(one) for one in (ROOT / "tests").rglob("test_*.py")]
    lost = {
        f"{name(page)}: {test}"
        for page in PAGES
        for line in code(page)
        for test in _TEST.findall(line)
        if not any(one.endswith("/" + test) for one in there)
    }
    assert lost == set()


def test_every_variable_that_is_named_is_read() -> None:
    read = variables()
    assert {f"{name(page)}: {one}" for page in PAGES for one in _VARIABLE.findall(words(page))} - {
        f"{name(page)}: {one}" for page in PAGES for one in read
    } == set()


def test_what_cannot_be_typed_would_be_seen() -> None:
    assert split('$ echo "a | b" | .venv/bin/amends check # so') == [["echo", "a | b"], [".venv/bin/amends", "check"]]
    assert unknown(["amends", "serve", "--polish"])
    assert unknown(["make", "polish"])
    assert unknown(["polish"])
    assert unknown(["AMENDS_POLISH=1", "make", "run"])
    assert unknown(["docker", "run", "--env", "AMENDS_POLISH=1", "amends"])
    assert unknown(["docker", "build", "--file", "deploy/Polish", "."])
    assert not unknown(["AMENDS_DATA=my-desk", ".venv/bin/amends", "serve", "--empty"])


def test_what_does_not_exist_would_be_seen() -> None:
    assert _AMENDS.findall(".venv/bin/amends serve --empty # new") == [("serve", " --empty ")]
    assert _AMENDS.findall("docker exec amends amends doctor") == [("doctor", "")]
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
