"""Other desks' complaints with their whole history: one file per desk, values in, values out.

Each module knows one format and says what one piece of it means (`case`); `over_http` asks the desks that have an
interface. Which documents each follows stands in `tests/intake/desks/fixtures/README.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from amends.intake.desks import amends, chatwoot, freescout, freshdesk, mbox, osticket, sheet, zammad, zendesk
from amends.intake.desks.bundle import Bundle, Desk
from amends.intake.desks.case import Case, LeftOut, Message, Paper, Person

__all__ = ["DESKS", "Bundle", "Case", "Desk", "LeftOut", "Message", "Paper", "Person"]

DESKS: Final[Mapping[str, Desk]] = MappingProxyType(
    {
        "zammad": zammad.DESK,
        "zendesk": zendesk.DESK,
        "freshdesk": freshdesk.DESK,
        "chatwoot": chatwoot.DESK,
        "osticket": osticket.DESK,
        "freescout": freescout.DESK,
        "mbox": mbox.DESK,
        "csv": sheet.DESK,
        "amends": amends.DESK,
    }
)
