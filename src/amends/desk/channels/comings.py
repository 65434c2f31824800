"""How often somebody came by a door from one address within an hour; the address itself is not kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.crypto import salted_hmac

from amends.desk.channels.models import FormUse

AN_HOUR: Final = timedelta(hours=1)
FORGOTTEN_BY: Final = 20  # comings: each twentieth clears away those that are older than an hour


def may_come(*, door: str, address: str, most: int, now: datetime) -> bool:
    """Whether one more may come by this door, and note that they did; not where `most` came from there in an hour."""
    if not address:
        return True
    digest = salted_hmac(f"amends.channels.{door}", address, algorithm="sha256").hexdigest()
    if FormUse.objects.filter(digest=digest, at__gt=now - AN_HOUR).count() >= most:
        return False
    if FormUse.objects.create(digest=digest, at=now).pk % FORGOTTEN_BY == 0:
        FormUse.objects.filter(at__lte=now - AN_HOUR).delete()
    return True
