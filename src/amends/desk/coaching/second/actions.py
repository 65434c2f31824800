"""Writing about the second reader: set up, asked, counted, and how it went."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from amends.desk.channels.mailboxes.sealing import UnableToUnseal, seal, unseal
from amends.desk.coaching.models import SecondAnswer, SecondDay, SecondReader
from amends.desk.coaching.second.line import Endpoint, UnableToAsk
from amends.engine.languages.second import Told

FIRST_REST: Final = timedelta(seconds=15)
LONGEST_REST: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=30)
_ABOUT: Final = "second reader key"


@transaction.atomic
def save(
    *, is_on: bool, address: str, model: str, key: str = "", forget_key: bool = False, budget: int, now: datetime
) -> SecondReader:
    """Keep how the second reader is reached. A key that is left empty stays, unless the address is another one."""
    settings, _ = SecondReader.objects.select_for_update().get_or_create(pk=1)
    if forget_key or address != settings.address:  # a key is for the one it was given for
        settings.key = ""
    if key:
        settings.key = seal(key, about=_ABOUT)
    settings.is_on, settings.address, settings.model, settings.budget = is_on, address, model, budget
    settings.changed_at = now
    settings.failures, settings.failed_at, settings.rests_until, settings.problem = 0, None, None, ""
    settings.save()
    return settings


def endpoint(settings: SecondReader) -> Endpoint:
    """
    Return where to ask, with the key opened.

    :raises UnableToAsk: if the key cannot be opened
    """
    try:
        return Endpoint(settings.address, settings.model, unseal(settings.key, about=_ABOUT))
    except UnableToUnseal as error:
        raise UnableToAsk("sealed") from error


def spend(*, now: datetime) -> bool:
    """Count one question; False when the day's budget is spent. Two at the same moment never get the same one."""
    budget = SecondReader.objects.values_list("budget", flat=True).get(pk=1)
    SecondDay.objects.get_or_create(day=now.date())
    return bool(SecondDay.objects.filter(day=now.date(), asked__lt=budget).update(asked=F("asked") + 1))


@transaction.atomic
def keep_answer(*, digest: str, told: Told, now: datetime) -> None:
    """Remember an answer, and that all is well."""
    SecondAnswer.objects.update_or_create(digest=digest, defaults={"acts": [list(one) for one in told], "at": now})
    note_all_well()


def note_all_well() -> None:
    """Write down that the endpoint answered as it should."""
    SecondReader.objects.filter(pk=1).update(failures=0, failed_at=None, rests_until=None, problem="")


def note_trouble(*, code: str, detail: str, now: datetime) -> None:
    """Write down what is the matter, and leave the endpoint alone for longer each time."""
    settings = SecondReader.objects.get(pk=1)
    rest = min(FIRST_REST * (1 << min(settings.failures, 20)), LONGEST_REST)
    SecondReader.objects.filter(pk=1).update(
        failures=F("failures") + 1, failed_at=now, rests_until=now + rest, problem=f"{code}: {detail}"[:340]
    )


def forget_answers(*, now: datetime) -> int:
    """Forget old answers and old counts."""
    SecondDay.objects.filter(day__lt=(now - KEPT).date()).delete()
    return SecondAnswer.objects.filter(at__lt=now - KEPT).delete()[0]
