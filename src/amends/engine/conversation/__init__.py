"""Who said and did what, when: the record every other floor reads."""

from amends.engine.conversation.as_json import NotAConversationError, from_json, schema, to_json
from amends.engine.conversation.record import By, Channel, Conversation, Event, Facts, Happening, Party, Turn

__all__ = [
    "By",
    "Channel",
    "Conversation",
    "Event",
    "Facts",
    "Happening",
    "NotAConversationError",
    "Party",
    "Turn",
    "from_json",
    "schema",
    "to_json",
]
