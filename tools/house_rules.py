"""
Mistakes of this house that no general linter knows, each with lines that show it (run by tests/test_house_rules.py).

A rule is a pattern over single lines of files that match a glob; `house: allow` with a reason on the line lets it
pass.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALLOW = "house: allow"


@dataclass(frozen=True)
class Rule:
    name: str
    why: str
    globs: tuple[str, ...]
    pattern: re.Pattern[str]
    bad: tuple[str, ...]
    good: tuple[str, ...]


RULES = (
    Rule(
        "logical-directions",
        "Right to left uses the same sheet: say start and end, never left and right.",
        ("src/amends/**/*.html", "src/amends/**/*.css"),
        re.compile(
            r"""(?:^|[\s"':!-])(?:-?(?:ml|mr|pl|pr|left|right|rounded-l|rounded-r|border-l|border-r)-(?:\d|px|auto|full|\[)"""
            r"""|text-(?:left|right)\b|float-(?:left|right)\b)|(?:margin|padding|border)-(?:left|right)\s*:"""
            r"""|(?:^|[\s;{])(?:left|right)\s*:\s"""
        ),
        ('<p class="ml-2">', '<p class="md:text-left">', "  margin-left: 1rem;", '<i class="-right-1">'),
        ('<p class="ms-2 text-start">', "  margin-inline-start: 1rem;", "<p>left: nothing</p>", '<i class="end-1">'),
    ),
    Rule(
        "no-bare-lower",
        "str.lower() breaks Turkish İ and I: fold through amends.engine.languages.",
        (
            # languages/ is where folding itself lives
            *(f"src/amends/engine/{room}/**/*.py" for room in ("failings", "promises", "causes", "conversation")),
            "src/amends/desk/complaints/*.py",
            "src/amends/desk/customers/*.py",
        ),
        re.compile(r"\.(?:lower|casefold|upper)\(\)"),
        ("name = text.lower()",),
        ("name = fold(text)", "header.lower()  # house: allow, ASCII header names"),
    ),
    Rule(
        "no-clock-in-decisions",
        "Time is an argument: pass `now` in.",
        ("src/amends/engine/**/*.py", "src/amends/desk/*/actions.py", "src/amends/desk/*/queries.py"),
        re.compile(r"\b(?:timezone\.now|datetime\.now|datetime\.utcnow|date\.today|time\.time)\("),
        ("due = timezone.now()", "date.today()"),
        ("due = now + delay",),
    ),
    Rule(
        "no-registry-address",
        "No file names a package registry.",
        (
            "*.lock",
            "*.toml",
            "package*.json",
            "Makefile",
            ".ci/run",
            "docs/**/*.md",
            "README*.md",
            "tools/*.py",
            "src/**/*.py",
        ),
        re.compile(r"(?:pypi|npmjs|pythonhosted)\.(?:org|com)", re.IGNORECASE),
        ("--index-url https://" + "pypi" + ".org/simple",),
        ("uv comes through pip",),
    ),
    Rule(
        "no-words-glued-into-messages",
        "A translated message is a constant with named placeholders.",
        ("src/amends/**/*.py",),
        re.compile(r"""\b(?:_|N_|gettext|gettext_lazy|ngettext)\(\s*(?:f["']|["'][^"']*["']\s*[+%]\s)"""),
        ('_(f"Hello {name}")', 'gettext("Hello " + name)'),
        ('_("Hello {name}").format(name=name)',),
    ),
    Rule(
        "no-signals",
        "One verb writes and announces; no domain signals.",
        ("src/amends/desk/**/*.py",),
        re.compile(r"django\.(?:db\.models|core)\.?signals|import .*\b(?:post_save|pre_save|post_delete)\b"),
        ("from django.db.models.signals import post_save",),
        ("transaction.on_commit(announce)",),
    ),
    Rule(
        "no-inline-script",
        "The content policy forbids scripts and handlers inside pages.",
        ("src/amends/**/*.html",),
        re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son(?:click|load|submit|change|input)="),
        ("<script>go()</script>", '<a onclick="go()">'),
        ('<script src="{% static "built/app.js" %}" defer></script>', '<button hx-post="x">'),
    ),
    Rule(
        "no-inline-style",
        "The content policy forbids styles inside pages: a class, an attribute of SVG, or an element with a nonce.",
        (
            "src/amends/**/*.html",
            "src/amends/**/*.ts",
            "src/amends/engine/report/pictures.py",
            "src/amends/desk/web/**/*.py",
            # letters carry their own look: channels/ is where they are written
            *(
                f"src/amends/desk/{room.name}/**/*.py"
                for room in sorted((ROOT / "src/amends/desk").iterdir())
                if room.is_dir() and room.name not in {"channels", "web"}
            ),
        ),
        re.compile(
            r"""(?<![\w-])style=\\?["'{]|<style\b(?![^>]*\bnonce=)|setAttribute\(\s*["']style|createElement\(\s*["']style"""
        ),
        (
            '<p style="color: red">',
            "<svg style='direction: ltr'>",
            "<p style={{ look }}>",
            "<style>",
            '<style media="print">',
            'node.setAttribute("style", words);',
            'document.createElement("style")',
        ),
        (
            '<p class="text-soft">',
            '<svg direction="ltr">',
            '<style nonce="{{ csp_nonce }}">',
            "node.style.top = place;",
            "Button(style=wide)",
        ),
    ),
    Rule(
        "no-html-past-the-escape",
        "What anybody wrote is escaped by the template, or cleaned by safe_html; nothing else declares itself safe.",
        ("src/amends/**/*.py", "src/amends/**/*.html"),
        re.compile(r"\bmark_safe\(|\bSafeString\(|\|\s*safe(?:seq)?\b|autoescape off"),
        ("return mark_safe(text)", "{{ text|safe }}", "{% autoescape off %}"),
        ("{{ text }}", "format_html('<b>{}</b>', text)", "safe = html_of(text)"),
    ),
    Rule(
        "no-html-written-by-script",
        "A script makes elements and sets their text; what it writes as HTML may be a stranger's.",
        ("src/amends/**/*.ts",),
        re.compile(r"\.(?:innerHTML|outerHTML)\s*\+?=|insertAdjacentHTML\(|document\.write|\beval\(|new Function\("),
        ("node.innerHTML = words;", 'node.insertAdjacentHTML("beforeend", words);', "eval(words)"),
        ("node.textContent = words;", "node.replaceChildren(child);"),
    ),
    Rule(
        "no-unguarded-line",
        "Other machines are spoken to through remedies/line.py, which looks where an address leads.",
        ("src/amends/**/*.py",),
        re.compile(r"\burlopen\(|\brequests\.(?:get|post|put|request)\(|\bhttpx\.|\baiohttp\b"),
        ("urlopen(address)", "requests.get(url)", "httpx.post(url)"),
        ("line.send(address)", "request.get(url)"),
    ),
)


def problems(rule: Rule, text: str) -> Iterator[tuple[int, str]]:
    """Yield line number and line where the rule is broken."""
    for number, line in enumerate(text.splitlines(), 1):
        if rule.pattern.search(line) and ALLOW not in line:
            yield number, line.strip()


def main() -> None:
    broken = 0
    for rule in RULES:
        for path in sorted({path for glob in rule.globs for path in ROOT.glob(glob)}):
            if "built" in path.parts or path.resolve() == Path(__file__).resolve():
                continue
            for number, line in problems(rule, path.read_text(encoding="utf-8")):
                broken += 1
                print(f"{path.relative_to(ROOT)}:{number}: {rule.name}: {line[:120]}\n    {rule.why}")
    if any(ROOT.glob("src/amends/**/services.py")):
        broken += 1
        print("services.py: service is our subject; call the file actions.py or queries.py")
    sys.exit(f"{broken} broken house rules" if broken else 0)


if __name__ == "__main__":
    main()
