"""Who said and did what, when: the record every other floor reads."""

from amends.engine.conversation.as_json import NotAConversationError, as_working, from_json, schema, to_json
from amends.engine.conversation.record import (
    By,
    Cause,
    Channel,
    Conversation,
    Earlier,
    Event,
    Facts,
    Happening,
    Party,
    Role,
    Turn,
    WorkingWeek,
)

__all__ = [
    "By",
    "Cause",
    "Channel",
    "Conversation",
    "Earlier",
    "Event",
    "Facts",
    "Happening",
    "NotAConversationError",
    "Party",
    "Role",
    "Turn",
    "WorkingWeek",
    "as_working",
    "from_json",
    "schema",
    "to_json",
]
