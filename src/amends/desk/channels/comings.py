"""How often somebody came by a door, or was answered, within an hour; the address itself is not kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.crypto import salted_hmac

from amends.desk.channels.models import FormUse

AN_HOUR: Final = timedelta(hours=1)


def may_come(*, door: str, address: str, most: int, now: datetime) -> bool:
    """Whether one more may come by this door, and note that they did; not where `most` came from there in an hour."""
    if not address:
        return True
    digest = digest_of(door, address)
    if FormUse.objects.filter(digest=digest, at__gt=now - AN_HOUR).count() >= most:
        return False
    FormUse.objects.create(digest=digest, at=now)
    return True


def digest_of(what: str, address: str) -> str:
    """What is kept instead of an address."""
    return salted_hmac(f"amends.channels.{what}", address, algorithm="sha256").hexdigest()


def forget(*, now: datetime) -> int:
    """Forget all that is older than an hour; return how many they were."""
    return FormUse.objects.filter(at__lte=now - AN_HOUR).delete()[0]
