"""Which of an organisation's own limits holds for a complaint: the one that says most about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from amends.engine.clocks.priority import Priority

What = Literal["answer", "next-word", "resolution"]

WHATS: Final[tuple[What, ...]] = ("answer", "next-word", "resolution")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """So much working time for an answer, the next word or the resolution; what is empty holds for all."""

    id: int
    what: What
    allowed: timedelta
    group: str = ""
    priority: Priority | Literal[""] = ""
    channel: str = ""

    def holds_for(self, *, channel: str, priority: Priority, group: str) -> bool:
        return (
            self.channel in {"", channel}
            and self.priority in {"", priority}
            and (not self.group or self.group == group)
        )

    @property
    def weight(self) -> tuple[int, bool, bool, bool]:
        """How much the rule says; between two that say as much, who it is comes before how urgent, then the channel."""
        told = (bool(self.group), bool(self.priority), bool(self.channel))
        return (sum(told), *told)


def choose(rules: Iterable[Rule], *, what: What, channel: str, priority: Priority, group: str) -> Rule | None:
    """Return the rule that says most about the complaint; of two alike the stricter one."""
    able = (
        rule for rule in rules if rule.what == what and rule.holds_for(channel=channel, priority=priority, group=group)
    )
    return max(able, key=lambda rule: (rule.weight, -rule.allowed, -rule.id), default=None)
