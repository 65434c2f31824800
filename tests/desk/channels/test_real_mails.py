"""All real mails go through the desk: taken in, set aside or parked, and never an exception."""

from __future__ import annotations

from collections import Counter
from itertools import batched
from pathlib import Path
from typing import Any

from amends.desk.channels import actions
from amends.desk.channels.mail.identity import identity_of
from amends.desk.channels.models import Arrival


def test_every_mail_is_taken_in_set_aside_or_parked(db: None, make_agent: Any, shared_data: Path, now: Any) -> None:
    make_agent()
    found = sorted((shared_data / "email").rglob("*.eml"))
    mails = (actions.Mail(raw=raw, identity=identity_of(raw, mailbox="desk")) for raw in map(Path.read_bytes, found))
    for some in batched(mails, actions.TOGETHER, strict=False):  # as a mailbox hands them over
        actions.take_in_all(arrivals=actions.keep_mails(mails=some, now=now), now=now)

    became = Counter(Arrival.objects.values_list("state", flat=True))
    assert set(became) <= {"taken-in", "set-aside", "parked"}
    assert not Arrival.objects.filter(problem__startswith="unexpected").values_list("problem", flat=True)
    assert len(found) == 224
    assert became["taken-in"] > became["parked"]
