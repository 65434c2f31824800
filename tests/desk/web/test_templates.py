"""House rules over every template and style sheet of the desk."""

import re
from pathlib import Path

import pytest

import amends.desk

DESK = Path(amends.desk.__file__).parent
TEMPLATES = sorted(DESK.glob("*/templates/**/*.html"))
SHEETS = sorted(DESK.glob("web/assets/*.css"))

PHYSICAL_CLASS = re.compile(
    r"""(?<![\w-])-?(?:m[lr]|p[lr]|left|right|border-[lr]|rounded-(?:[lr]|[tb][lr])|scroll-[mp][lr])-[\w\[]|text-(?:left|right)\b"""
    r"""|\bfloat-(?:left|right)\b"""
)
PHYSICAL_PROPERTY = re.compile(
    r"(?:^|[\s;{])(?:margin|padding|border)-(?:left|right)|(?:^|[\s;{])(?:left|right)\s*:|text-align\s*:\s*(?:left|right)"
    r"|float\s*:\s*(?:left|right)"
)
CLASSES = re.compile(r'class="([^"]*)"')
HANDLER = re.compile(r"\s(?:on[a-z]+|hx-on[:\w-]*)\s*=|<script(?![^>]*\bsrc=)|javascript:|hx-vals=.?js:", re.IGNORECASE)
FAR = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""")


def names(path):
    return str(path.relative_to(DESK))


@pytest.mark.parametrize("path", TEMPLATES, ids=names)
def test_a_template_names_only_logical_sides(path):
    for classes in CLASSES.findall(path.read_text(encoding="utf-8")):
        assert not PHYSICAL_CLASS.search(classes), classes


@pytest.mark.parametrize("path", TEMPLATES, ids=names)
def test_a_template_runs_nothing_inline_and_loads_nothing_from_elsewhere(path):
    text = path.read_text(encoding="utf-8")
    assert not HANDLER.search(text)
    assert not FAR.search(text)


@pytest.mark.parametrize("path", SHEETS, ids=names)
def test_a_sheet_names_only_logical_sides(path):
    found = PHYSICAL_PROPERTY.findall(path.read_text(encoding="utf-8"))
    assert not found


def test_the_rules_find_what_they_are_for():
    assert PHYSICAL_CLASS.search("btn ml-2")
    assert PHYSICAL_CLASS.search("md:-left-4")
    assert PHYSICAL_CLASS.search("text-right")
    assert not PHYSICAL_CLASS.search("ms-2 start-4 text-end min-w-0 place-items-center")
    assert PHYSICAL_PROPERTY.search("a { margin-left: 1px }")
    assert not PHYSICAL_PROPERTY.search("a { margin-inline-start: 1px; transform-origin: left }")
    assert HANDLER.search('<a onclick="x()">')
    assert HANDLER.search("<script>")
    assert not HANDLER.search('<script src="{% static "a.js" %}" defer></script>')
