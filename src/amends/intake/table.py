"""Conversations from a table: CSV with one message a row, columns named by a mapping."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Final

from amends.engine.conversation import By, Conversation, Facts, Turn
from amends.intake import values
from amends.intake.json_lines import last_moment
from amends.intake.lines import BadLine, UnableToReadError, decode, lines_of

# our name -> the column names that other systems usually have for it
USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text", "body", "message", "content", "comment", "plain_body", "message_text"),
    "by": ("by", "role", "author_type", "sender_type", "direction", "author_role", "from_type", "inbound"),
    "id": ("id", "conversation", "conversation_id", "ticket", "ticket_id", "thread_id", "case_id", "case", "ticket id"),
    "at": ("at", "time", "date", "created_at", "sent_at", "timestamp", "created", "datetime"),
    "party": ("party", "author", "author_id", "sender", "from", "agent", "name"),
    "channel": ("channel", "via", "source"),
    "language": ("language", "lang", "locale"),
    "customer_name": ("customer_name", "customer", "requester", "contact_name"),
    "yearly_value": ("yearly_value",),
    "currency": ("currency",),
}
_NEEDED: Final = ("text", "by")
_TRUTHS: Final[Mapping[str, By]] = {"true": "customer", "1": "customer", "false": "agent", "0": "agent"}
_SEPARATORS: Final = (",", ";", "\t", "|")  # spreadsheets of many countries write a semicolon
_WIDEST = 10_000_000  # characters of one cell


def conversations(
    path: Path, *, mapping: Mapping[str, str] | None = None, agents: Iterable[str] = ()
) -> Iterator[Conversation | BadLine]:
    """Yield the conversations of a table, rows with one id together, in the order in which they begin.

    :param mapping: our name of a column to the table's own
    :param agents: what stands in the column of the speaker for an agent; anything else is then a customer
    :raises UnableToReadError: when the file cannot be read or a column that is needed is not there
    """
    said: dict[str, list[tuple[Turn, Facts]]] = {}
    for row in rows_of(path, dict(mapping or {})):
        if isinstance(row, BadLine):
            yield row
            continue
        number, cells = row
        try:
            turn = Turn(
                by=_speaker(cells, agents=frozenset(agents)),
                text=cells.get("text", ""),
                at=values.optional_moment(cells, "at"),
                party=cells.get("party", ""),
                channel=values.channel(cells.get("channel", "")),
                language=cells.get("language", "")[:2],
            )
            known = Facts(
                customer_name=cells.get("customer_name", ""),
                yearly_value=values.amount(cells, "yearly_value"),
                currency=cells.get("currency", ""),
            )
        except ValueError as error:
            yield BadLine(str(path), number, str(error))
            continue
        said.setdefault(cells.get("id") or f"{path.name}:{number}", []).append((turn, known))
    for name, rows in said.items():
        yield _together(name, rows)


def look_over(path: Path, *, mapping: Mapping[str, str] | None = None) -> None:
    """Read no further than the first row.

    :raises UnableToReadError: when the file cannot be read or a column that is needed is not there
    """
    next(rows_of(path, dict(mapping or {})), None)


def _together(name: str, rows: list[tuple[Turn, Facts]]) -> Conversation:
    turns = [turn for turn, _ in rows]
    moments = [turn.at for turn in turns]
    if all(moments) and len({at.tzinfo is None for at in moments if at}) == 1:
        turns.sort(key=lambda turn: (turn.at is None, turn.at))
    facts = max(
        (known for _, known in rows), key=lambda known: sum(map(bool, (known.customer_name, known.yearly_value)))
    )
    return Conversation(id=name, turns=tuple(turns), as_of=last_moment(tuple(turns)), facts=facts)


def _speaker(cells: Mapping[str, str], *, agents: frozenset[str]) -> By:
    value = values.text(cells, "by", needed=True).strip()
    if agents:
        return "agent" if value in agents else "customer"
    try:
        return _TRUTHS.get(value.casefold()) or values.speaker(value)
    except ValueError as error:
        raise ValueError(f"{error}; name the agents with --agent") from error


def rows_of(
    path: Path,
    mapping: Mapping[str, str],
    *,
    usual: Mapping[str, tuple[str, ...]] = USUAL,
    needed: tuple[str, ...] = _NEEDED,
) -> Iterator[tuple[int, dict[str, str]] | BadLine]:
    """Yield each row under our names of its columns, with its line, or why it was left out.

    :raises UnableToReadError: when the file cannot be read or a column that is needed is not there
    """
    csv.field_size_limit(_WIDEST)
    bad: list[BadLine] = []
    texts = _texts(path, bad)
    head = next(texts, "")
    between = max(_SEPARATORS, key=head.count)  # the comma where there is none
    reader = csv.reader(chain([head] if head else (), texts), delimiter=between, strict=True)
    names: dict[int, str] | None = None
    width = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            # quotes that never close swallow what follows: nothing after it can be trusted
            yield BadLine(str(path), reader.line_num, f"the rest cannot be read: {error}")
            return
        yield from bad
        bad.clear()
        if cells is None:
            break
        if names is None:
            names, width = _columns(path, cells, mapping, usual=usual, needed=needed), len(cells)
        elif cells and len(cells) != width:
            yield BadLine(str(path), reader.line_num, f"{len(cells)} cells where the head has {width}")
        elif cells:
            yield reader.line_num, {name: cells[at] for at, name in names.items()}
    if names is None:
        raise UnableToReadError(f"{path}:1: the table is empty")


def _texts(path: Path, bad: list[BadLine]) -> Iterator[str]:
    for number, raw in lines_of(path):
        try:
            yield decode(raw).replace("\0", "")
        except ValueError as error:
            if number == 1:
                raise UnableToReadError(f"{path}:1: {error}; save the table as UTF-8") from error
            bad.append(BadLine(str(path), number, str(error)))


def _columns(
    path: Path,
    head: list[str],
    mapping: Mapping[str, str],
    *,
    usual: Mapping[str, tuple[str, ...]],
    needed: tuple[str, ...],
) -> dict[int, str]:
    """Return which cell holds what, by the mapping first and by the usual names otherwise."""
    there = {name.strip().casefold(): at for at, name in reversed(list(enumerate(head)))}
    found: dict[int, str] = {}
    for ours, theirs in mapping.items():
        if theirs.strip().casefold() not in there:
            raise UnableToReadError(f"{path}:1: no column '{theirs}' (for {ours}). {_there(head)}")
        found[there[theirs.strip().casefold()]] = ours
    for ours, names in usual.items():
        if ours not in mapping:
            at = next((there[name] for name in names if name in there and there[name] not in found), None)
            if at is not None:
                found[at] = ours
    if missing := [ours for ours in needed if ours not in found.values()]:
        say = " ".join(f"--map {ours}=COLUMN" for ours in missing)
        raise UnableToReadError(f"{path}:1: no column for {' and '.join(missing)}. {_there(head)} Say which: {say}")
    return found


def _there(head: list[str]) -> str:
    return f"The columns are: {', '.join(name.strip() or '(empty)' for name in head)}."
