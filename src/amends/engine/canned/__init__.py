"""What an organisation has sent before: near-duplicates among its replies, and whether they fit the matter at hand."""

from amends.engine.canned.history import FEW, History, Repeats, Sent, Use, near, repeats_of
from amends.engine.canned.looking import Reply, history_of, repeats_in, replies_of, reply_at
from amends.engine.canned.prints import Body, Print

__all__ = [
    "FEW",
    "Body",
    "History",
    "Print",
    "Repeats",
    "Reply",
    "Sent",
    "Use",
    "history_of",
    "near",
    "repeats_in",
    "repeats_of",
    "replies_of",
    "reply_at",
]
