"""What an organisation holds to be too long, too many, too late: handed in, with defaults and where they come from.

Times are working time of the calendar that is handed in, unless it is said otherwise here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one organisation. A source is named where there is one; the others are ours to begin with."""

    # Waiting (S2.7). By the clock on the wall: Spain's Ley 10/2025 wants calls answered within three minutes.
    hold: timedelta = timedelta(minutes=3)
    chat: timedelta = timedelta(minutes=10)
    # Written words: 'within 24 hours, or one business day' (ASIC RG 271, acknowledgement).
    answer_days: int = 1
    # Reaching somebody who was asked for (S2.3).
    person: timedelta = timedelta(hours=1)
    manager: timedelta = timedelta(hours=4)
    call: timedelta = timedelta(hours=4)
    # 'The first or second person on the line is the one who helps' (S2.7).
    people: int = 2
    hand_overs: int = 1
    # A complaint without an owner must never be (S0.2); an import may be some minutes late in saying who it is.
    without_owner: timedelta = timedelta(minutes=15)
    # A conflict that went on for two exchanges belongs on the telephone (S1.8).
    exchanges: int = 2
    # 'Take a few minutes' before answering an insult (S1.1); on the wall.
    cool_down: timedelta = timedelta(minutes=10)
    # 'A new one goes out the same day' (S4.6): how many working days more are still in time.
    fix_days: int = 0
    # The same cause again within a year (S1.11); on the wall.
    repeat: timedelta = timedelta(days=365)
    # A long-standing customer, or one who spends much in a year, by currency: the coffee shop of S4.5 lost 5,400
    # dollars a year. Other currencies are the organisation's to set.
    loyal_years: int = 5
    loyal_value: tuple[tuple[str, Decimal], ...] = (("USD", Decimal(5400)),)
    # Two or three chats at once go well, beyond that quality falls (S0.3; supportman.io, a vendor's figure).
    at_once: int = 3
