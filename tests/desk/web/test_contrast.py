"""Contrast of every pair of colours that words are set in: AA in both themes, measured from the sheet itself."""

import re
from pathlib import Path

import pytest

import amends.desk.web

SHEET = (Path(amends.desk.web.__file__).parent / "assets" / "app.css").read_text(encoding="utf-8")
AA = 4.5

PAIRS = [
    ("base-content", "base-100"),
    ("base-content", "base-200"),
    ("base-content", "base-300"),
    ("base-content", "sunken"),
    ("base-content", "teal-wash"),
    ("base-content", "note"),
    ("base-content", "amber-wash"),
    ("base-content", "red-wash"),
    ("base-content", "green-wash"),
    ("soft", "base-100"),
    ("soft", "base-200"),
    ("soft", "sunken"),
    ("soft", "teal-wash"),
    ("soft", "amber-wash"),
    ("soft", "note"),
    ("primary", "base-100"),
    ("primary", "base-200"),
    ("primary", "teal-wash"),
    ("primary", "sunken"),
    ("primary", "amber-wash"),
    ("primary-content", "primary"),
    ("amber-ink", "base-100"),
    ("amber-ink", "base-200"),
    ("amber-ink", "amber-wash"),
    ("amber-ink", "teal-wash"),
    ("warning-content", "warning"),
    ("error", "base-100"),
    ("error", "base-200"),
    ("error", "red-wash"),
    ("error", "teal-wash"),
    ("error-content", "error"),
    ("success", "base-100"),
    ("success", "base-200"),
    ("success", "green-wash"),
    ("success-content", "success"),
    ("neutral-content", "neutral"),
]


def colours(theme):
    block = re.search(rf'name: "{theme}";(.*?)\n}}', SHEET, re.DOTALL).group(1)
    own = re.findall(rf'\[data-theme="{theme}"\] \{{(.*?)\n  }}', SHEET, re.DOTALL)[0]
    named = dict(re.findall(r"--color-([\w-]+): (#[0-9a-f]{6})", block))
    return named | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", own))


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), PAIRS)
def test_words_are_readable(theme, ink, paper):
    known = colours(theme)
    assert contrast(known[ink], known[paper]) >= AA


def test_both_ways_into_the_dark_theme_have_the_same_colours():
    chosen, by_system = (
        re.search(opening + r" \{(.*?)\n *\}", SHEET, re.DOTALL).group(1)
        for opening in (r'\n  \[data-theme="dark"\]', r":root:not\(\[data-theme\]\)")
    )
    assert re.findall(r"--[\w-]+: \S+;", chosen) == re.findall(r"--[\w-]+: \S+;", by_system)
