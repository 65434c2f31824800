"""Replies of a conversation as the history keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from amends.engine import languages
from amends.engine.canned.history import History, Repeats, Use
from amends.engine.canned.matter import Matter, matter_of
from amends.engine.canned.prints import Body, body_of
from amends.engine.conversation import Conversation
from amends.engine.languages.reading import Reading, read


@dataclass(slots=True, unsafe_hash=True)
class Reply:
    """One reply: its body, and to whom it went."""

    turn: int
    body: Body
    use: Use


def replies_of(conversation: Conversation) -> Iterator[Reply]:
    """Yield the replies that people wrote in a conversation, without reading what they do with words."""
    reading = read(conversation, readers=())
    for turn in reading.turns:
        if turn.by == "agent" and not turn.turn.automatic and languages.is_known(turn.language):
            yield reply_at(reading, turn.index)


def reply_at(reading: Reading, turn: int) -> Reply:
    """Return one reply, with what its customer had written about until then."""
    talk = reading.conversation
    names = (talk.facts.customer_name, *(party.name for party in talk.parties))
    body = body_of(reading.turns[turn].text, names=names)
    return Reply(turn, body, Use(talk.facts.customer_id or talk.id, _asked(reading, turn)))


def history_of(conversations: Iterable[Conversation]) -> History:
    """Build the history of many conversations at once."""
    history = History()
    for conversation in conversations:
        for reply in replies_of(conversation):
            if (text := reply.body.print) is not None:
                history.add(text, reply.use)
    return history


def repeats_in(reading: Reading, turn: int, history: History) -> Repeats | None:
    """Return what the history says about one reply; what the same customer got does not count."""
    reply = reply_at(reading, turn)
    return history.repeats(reply.body, to=reply.use.customer, asked=reply.use.matter)


def _asked(reading: Reading, turn: int) -> Matter:
    return matter_of(one.text for one in reading.turns[:turn] if one.by == "customer")
