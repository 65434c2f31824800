"""`amends causes`: say where complaints come from, for a file of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from amends.engine.causes import Proposal
    from amends.engine.conversation import Conversation
    from amends.engine.languages.vectors import Vectors
    from amends.intake.lines import BadLine

CLEAN, WRONG = 0, 2


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint of the file: what was said, and what was noted when it was closed."""

    id: str
    talk: Conversation
    note: str
    language: str


@click.command("causes")
@click.option("--input", "items", metavar="ITEMS", required=True, help="Complaints or conversations, one a line.")
@click.option("--language", default="", metavar="CODE", help="What they are written in where a line has no 'lang'.")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text")
def command(*, items: str, language: str, form: str) -> None:
    """Propose the cause of each complaint in a file: the layer, how sure that is, and the words it rests on.

    A line is a complaint, of which `id`, `lang`, `text` and `resolution` are read and nothing else, or a conversation
    as 'amends export' writes it, with its `turns`; a cause that is on record there is not looked at. Ends with 0, or
    with 2 when a line could not be read; the others are answered all the same.
    """
    from amends.engine import languages
    from amends.engine.languages.vectors import VectorsMissingError, load_vectors
    from amends.intake.lines import UnableToReadError

    if language and not languages.is_known(language):
        _stop(f"--language {language}: amends reads {', '.join(languages.codes())}.")
    try:
        vectors = load_vectors()
        wrong = _answer(_complaints(Path(items), language), vectors=vectors, form=form)
    except (UnableToReadError, VectorsMissingError) as error:
        _stop(str(error))
    sys.exit(WRONG if wrong else CLEAN)


def _answer(complaints: Iterator[Complaint | BadLine], *, vectors: Vectors | None, form: str) -> bool:
    """Print an answer a complaint, as it is found; tell whether a line could not be read."""
    wrong = False
    for one in complaints:
        if isinstance(one, Complaint):
            found = _propose(one, vectors)
            click.echo(_as_line(one.id, found) if form == "jsonl" else _as_text(one.id, found))
        else:
            click.echo(str(one), err=True)
            wrong = True
    return wrong


def _complaints(path: Path, language: str) -> Iterator[Complaint | BadLine]:
    from amends.engine.conversation import Conversation, Turn
    from amends.intake import values
    from amends.intake.json_lines import as_conversation
    from amends.intake.lines import made_of

    def complaint(number: int, found: dict[str, Any]) -> Complaint:
        name = values.text(found, "id") or str(number)
        if "turns" in found:
            talk = as_conversation(found, fallback_id=name)
            return Complaint(id=name, talk=talk, note="", language=_language(talk.facts.language or language))
        if "text" not in found:
            raise ValueError("neither 'text', as of a complaint, nor 'turns', as 'amends export' writes them")
        text = values.text(found, "text", needed=True)
        # Nothing here depends on when it was said.
        talk = Conversation(id=name, turns=(Turn(by="customer", text=text),), as_of=datetime.now().astimezone())
        note = values.text(found, "resolution")
        return Complaint(id=name, talk=talk, note=note, language=_language(values.text(found, "lang") or language))

    return made_of(path, complaint)


def _language(code: str) -> str:
    """Return a language that is read: 'en-GB' is 'en'; '' is recognised later.

    :raises ValueError: for a language that is not read
    """
    from amends.engine import languages

    plain = code.split("-", maxsplit=1)[0].lower()
    if plain and not languages.is_known(plain):
        raise ValueError(f"'lang' is {code!r}; amends reads {', '.join(languages.codes())}")
    return plain


def _propose(one: Complaint, vectors: Vectors | None) -> Proposal | None:
    from amends.engine.causes import propose_cause
    from amends.engine.languages.recognition import recognise

    said = " ".join(turn.text for turn in one.talk.turns if turn.by == "customer")
    code = one.language or recognise(said).split("-", maxsplit=1)[0]
    return propose_cause(one.talk, language=code, note=one.note, vectors=vectors)


def _as_line(name: str, found: Proposal | None) -> str:
    """Return one JSON object; `layer` is null where nothing points anywhere."""
    return json.dumps(
        {
            "id": name,
            "layer": found.layer if found else None,
            "confidence": round(found.confidence, 3) if found else 0,
            "words": [words.text for words in found.words] if found else [],
        },
        ensure_ascii=False,
    )


def _as_text(name: str, found: Proposal | None) -> str:
    from amends.engine.causes import SURE, layer_name, theme_name

    if found is None:
        return f"{name}: nothing points anywhere."
    words = ", ".join(f"“{' '.join(words.text.split())}”" for words in found.words)
    sure = f"{'' if found.confidence >= SURE else 'perhaps, '}{found.confidence:.0%}"
    return f"{name}: {layer_name(found.layer)}, {theme_name(found.theme)} ({sure}): {words}"


def _stop(message: str) -> NoReturn:
    click.echo(f"amends causes: {message}", err=True)
    sys.exit(WRONG)
