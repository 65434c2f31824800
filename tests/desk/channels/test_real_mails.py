"""All real mails go through the desk: taken in, set aside or parked, and never an exception."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from amends.desk.channels.models import Arrival


def test_every_mail_is_taken_in_set_aside_or_parked(arrive, make_agent, shared_data: Path):
    make_agent()
    found = sorted((shared_data / "email").rglob("*.eml"))
    for place in found:
        arrive(place.read_bytes())

    became = Counter(Arrival.objects.values_list("state", flat=True))
    assert set(became) <= {"taken-in", "set-aside", "parked"}
    assert not Arrival.objects.filter(problem__startswith="unexpected").values_list("problem", flat=True)
    assert len(found) == 224
    assert became["taken-in"] > became["parked"]
