"""
Catalogues of translations: collect, compile, check.

    messages.py extract   update src/amends/locale/*/LC_MESSAGES/django.po from the sources
    messages.py compile   write the .mo files that Django and the engine read
    messages.py check     fail when a sentence is missing, stale, fuzzy or has other placeholders than its original

Babel does the work, so that no GNU gettext is needed on the machine.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/amends"
LOCALE = SOURCE / "locale"
LANGUAGES = ("tr", "fa", "mn")
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# {name}, {name:%d.%m}, %(name)s, %s
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*(?:[:!][^}]*)?\}")


_LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_CALL = re.compile(rf"\b((?:n|p|np)?gettext|_)\(\s*({_LITERAL}(?:\s*,\s*{_LITERAL})*)", re.DOTALL)


def calls(templatized: str) -> str:
    """Keep only the calls of what Django makes of a template: the rest of it is no Python."""
    lines = [""] * (templatized.count("\n") + 1)
    for match in _CALL.finditer(templatized):
        at = templatized.count("\n", 0, match.start())
        lines[at] += f"{match[1]}({match[2]}); "
    return "\n".join(lines)


def sources() -> Iterator[tuple[Path, str]]:
    """Yield every file that may hold a sentence, as Python text."""
    # Django's own translation machinery turns a template into Python-like text; it needs settings to be configured.
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    from django.utils.translation.template import templatize

    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_text(encoding="utf-8")
    for path in sorted([*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("templates/**/*.txt")]):
        yield path, calls(templatize(path.read_text(encoding="utf-8"), origin=str(path)))


def template() -> Catalog:
    """Collect all messages of the sources."""
    catalog = Catalog(project="Amends", charset="utf-8")
    for path, text in sources():
        found = extract_python(io.BytesIO(text.encode()), list(KEYWORDS), ["Translators:"], {"encoding": "utf-8"})
        for line, function, arguments, comments in found:
            message = _message(KEYWORDS[function], arguments)
            if message is not None:
                context, identity = message
                where = [(str(path.relative_to(ROOT)), line)]
                catalog.add(identity, context=context, locations=where, auto_comments=comments, flags=_flags(identity))
    return catalog


def _message(spec: tuple | None, arguments: object) -> tuple[str | None, str | tuple[str, str]] | None:
    parts = list(arguments) if isinstance(arguments, tuple) else [arguments]
    if spec is None:
        return (None, parts[0]) if isinstance(parts[0], str) and parts[0] else None
    context = next((parts[at[0] - 1] for at in spec if isinstance(at, tuple)), None)
    words = [parts[at - 1] for at in spec if isinstance(at, int)]
    if not all(isinstance(word, str) and word for word in words):
        return None
    return context, (words[0], words[1]) if len(words) == 2 else words[0]


def _flags(identity: str | tuple[str, str]) -> list[str]:
    text = identity if isinstance(identity, str) else identity[0]
    return ["python-format"] if re.search(r"%\(\w+\)[sd]", text) else []


def place(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES/django.po"


def load(language: str) -> Catalog:
    if not place(language).exists():
        return Catalog(locale=language, project="Amends", charset="utf-8")
    with place(language).open("rb") as file:
        return read_po(file, locale=language)


def extract() -> None:
    wanted = template()
    for language in LANGUAGES:
        catalog = load(language)
        catalog.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        place(language).parent.mkdir(parents=True, exist_ok=True)
        with place(language).open("wb") as file:
            # no line numbers: they change with every edit and drown what a translator changed
            write_po(file, catalog, width=120, include_lineno=False, sort_output=True, omit_header=False)
        missing = sum(1 for message in catalog if message.id and not _translated(message))
        print(f"{language}: {len(catalog)} messages, {missing} to translate")


def _translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def compile_all() -> None:
    for language in LANGUAGES:
        if not place(language).exists():
            continue
        with place(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, load(language))


def problems() -> Iterator[str]:
    """Yield what is wrong with the catalogues, one line each."""
    wanted = {(message.id, message.context) for message in template() if message.id}
    for language in LANGUAGES:
        catalog = load(language)
        have = {(message.id, message.context): message for message in catalog if message.id}
        for key in sorted(wanted - have.keys(), key=str):
            yield f"{language}: not in the catalogue (run `make messages`): {key[0]!r}"
        for key in sorted(have.keys() - wanted, key=str):
            yield f"{language}: no longer used (run `make messages`): {key[0]!r}"
        for message in have.values():
            if message.fuzzy or not _translated(message):
                yield f"{language}: not translated: {message.id!r}"
            elif other := _other_placeholders(message):
                yield f"{language}: other placeholders than the original: {other}"


def _other_placeholders(message: Message) -> str:
    originals = message.id if isinstance(message.id, (tuple, list)) else [message.id]
    strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    wanted = set(PLACEHOLDER.findall(originals[-1]))
    return next(
        (
            text
            for text in strings
            if not set(PLACEHOLDER.findall(text)) <= wanted
            or (len(originals) == 1 and set(PLACEHOLDER.findall(text)) != wanted)
        ),
        "",
    )


def check() -> None:
    found = list(problems())
    print(*found[:50], sep="\n")
    if len(found) > 50:
        print(f"… and {len(found) - 50} more")
    sys.exit(f"{len(found)} problems in the catalogues" if found else 0)


if __name__ == "__main__":
    {"extract": extract, "compile": compile_all, "check": check}[sys.argv[1]]()
