"""The second factor: a code from an app or a kept recovery code beside the password, and who must have one.

allauth keeps the secrets and reckons the codes; here are our rules. A code works once, whatever process is asked; time
is an argument; every change of the door is kept with who made it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from amends.desk.people.models import Agent, DoorEvent, FactorDemand, Role
from amends.engine.languages.figures import LATIN_DIGITS

PERIOD: Final = 30  # seconds that a code stands
LATE: Final = 1  # codes before and after that count too: clocks of telephones are not exact
TYPE = Authenticator.Type
FACTORS: Final = (TYPE.TOTP, TYPE.WEBAUTHN)  # either stands beside the password; recovery codes stand in for it


class UnableToSetUp(Exception):
    """The code does not belong to the secret, or there is a factor already."""


class UnableToTurnOff(Exception):
    """The role asks for two factors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody has beside their password."""

    has_app: bool
    since: datetime | None
    keys: tuple[str, ...]  # names of passkeys
    codes_left: int
    is_demanded: bool

    @property
    def has_any(self) -> bool:
        """Whether anything is asked of them beside the password."""
        return self.has_app or bool(self.keys)


def standing(*, agent: Agent) -> Standing:
    """Look at what somebody has set up, and whether their role asks for it."""
    every = list(Authenticator.objects.filter(user=agent).order_by("created_at", "pk"))
    rows = {row.type: row for row in every}
    app, codes = rows.get(TYPE.TOTP), rows.get(TYPE.RECOVERY_CODES)
    return Standing(
        has_app=app is not None,
        since=app.created_at if app else None,
        keys=tuple(row.data["name"] for row in every if row.type == TYPE.WEBAUTHN),
        codes_left=len(RecoveryCodes(codes).get_unused_codes()) if codes else 0,
        is_demanded=FactorDemand.objects.filter(role=agent.role).exists(),
    )


def is_set_up(*, agent: Agent) -> bool:
    """Whether somebody is asked for a code or a passkey after the password."""
    return bool(Authenticator.objects.filter(user=agent, type__in=FACTORS).exists())


def has_app(*, agent: Agent) -> bool:
    """Whether somebody has an app that shows codes."""
    return bool(Authenticator.objects.filter(user=agent, type=TYPE.TOTP).exists())


def who_has_one() -> set[int]:
    """Everybody who has a second factor."""
    return set(Authenticator.objects.filter(type__in=FACTORS).values_list("user_id", flat=True))


def begin() -> str:
    """Make a secret that an app and the desk will share."""
    return generate_totp_secret()


def address_of(*, agent: Agent, secret: str) -> str:
    """The secret as an app reads it."""
    return str(get_adapter().build_totp_url(agent, secret))


def picture_of(address: str) -> str:
    """The address as a square that a camera reads, ready for `src`."""
    drawn = get_adapter().build_totp_svg(address)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode('ascii')}"


@transaction.atomic
def set_up(*, agent: Agent, secret: str, code: str, now: datetime) -> list[str]:
    """Bind somebody to the secret in their app, and return their recovery codes, which are shown once.

    :raises UnableToSetUp: if the code is not of this secret and moment, or there is a factor already
    """
    Agent.objects.select_for_update().get(pk=agent.pk)
    if has_app(agent=agent):
        raise UnableToSetUp(_("A second factor is set up already. Turn it off first, or ask an administrator."))
    counter = _counter_of(secret=secret, code=plain(code), now=now)
    if counter is None:
        raise UnableToSetUp(_wrong_code())
    app = TOTP.activate(agent, secret).instance
    app.data["last"] = counter
    app.save(update_fields=["data"])
    _note(DoorEvent.Kind.SET_UP, about=agent, by=agent, now=now)
    reckon(agents=[agent])
    return make_codes(agent)


@transaction.atomic
def is_right(*, agent: Agent, code: str, now: datetime) -> bool:
    """Whether a code lets somebody in; it is used up by that, for every process and for ever."""
    typed = plain(code)
    rows = {row.type: row for row in Authenticator.objects.select_for_update().filter(user=agent).order_by("pk")}
    app = rows.get(TYPE.TOTP)
    if not typed or not rows.keys() & set(FACTORS):
        return False
    counter = _counter_of(secret=decrypt(app.data["secret"]), code=typed, now=now) if app is not None else None
    if app is not None and counter is not None and counter > app.data.get("last", 0):
        app.data["last"], app.last_used_at = counter, now
        app.save(update_fields=["data", "last_used_at"])
        return True
    codes = rows.get(TYPE.RECOVERY_CODES)
    return codes is not None and bool(RecoveryCodes(codes).validate_code(typed))


@transaction.atomic
def new_codes(*, agent: Agent, now: datetime) -> list[str]:
    """Make new recovery codes; the old ones open nothing any more.

    :raises UnableToSetUp: if there is no second factor that they could stand in for
    """
    if not is_set_up(agent=agent):
        raise UnableToSetUp(_("There is no second factor yet."))
    _note(DoorEvent.Kind.NEW_CODES, about=agent, by=agent, now=now)
    return make_codes(agent)


@transaction.atomic
def turn_off(*, agent: Agent, now: datetime) -> None:
    """Go back to the password alone.

    :raises UnableToTurnOff: if the role asks for two factors
    """
    if FactorDemand.objects.filter(role=agent.role).exists():
        raise UnableToTurnOff(_("Your role asks for two factors. An administrator can take this one away."))
    _take_away(agent)
    _note(DoorEvent.Kind.TURNED_OFF, about=agent, by=agent, now=now)


@transaction.atomic
def reset(*, agent: Agent, by: Agent, now: datetime) -> None:
    """Take somebody's factor away, who has lost what it stood on; who did it is kept."""
    _take_away(agent)
    _note(DoorEvent.Kind.RESET, about=agent, by=by, now=now)


def demanded() -> list[str]:
    """The roles whose people come in with two factors only."""
    return list(FactorDemand.objects.order_by("role").values_list("role", flat=True))


@transaction.atomic
def demand(*, roles: Iterable[str], by: Agent, now: datetime) -> None:
    """Ask the people of these roles for two factors, and of no others; who is signed in without sets one up next."""
    wanted, before = set(roles), set(demanded())
    FactorDemand.objects.filter(role__in=before - wanted).delete()
    FactorDemand.objects.bulk_create(FactorDemand(role=Role(role)) for role in sorted(wanted - before))
    for role in sorted(wanted ^ before):
        kind = DoorEvent.Kind.DEMANDED if role in wanted else DoorEvent.Kind.NOT_DEMANDED
        DoorEvent.objects.create(kind=kind, role=role, by=by, at=now)
    reckon()


def reckon(*, agents: Iterable[Agent] | None = None) -> None:
    """Write beside people whether they owe a second factor: all of them, or those who are told.

    :param agents: rows in hand are brought up to date as well
    """
    told = None if agents is None else list(agents)
    rows = Agent.objects.all() if told is None else Agent.objects.filter(pk__in=[agent.pk for agent in told])
    asked = Q(role__in=FactorDemand.objects.values("role"))
    without = ~Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))
    owing = set(rows.filter(asked, without).values_list("pk", flat=True))
    rows.filter(owes_factor=False, pk__in=owing).update(owes_factor=True)
    rows.filter(owes_factor=True).exclude(pk__in=owing).update(owes_factor=False)
    for agent in told or ():
        agent.owes_factor = agent.pk in owing


def history(*, about: Agent | None = None, count: int = 20) -> list[DoorEvent]:
    """What was changed about the door, the newest first: of one person, or of roles."""
    kinds = (DoorEvent.Kind.DEMANDED, DoorEvent.Kind.NOT_DEMANDED)
    rows = DoorEvent.objects.filter(about=about) if about else DoorEvent.objects.filter(kind__in=kinds)
    return list(rows.select_related("by").order_by("-at", "-pk")[:count])


def note(kind: DoorEvent.Kind, *, about: Agent, by: Agent, words: str = "", now: datetime) -> None:
    """Keep that something was changed about how somebody comes in."""
    _note(kind, about=about, by=by, words=words, now=now)


def plain(code: str) -> str:
    """A code as it was meant: digits of any script, with or without spaces."""
    return "".join(sign for sign in code.translate(LATIN_DIGITS) if sign.isalnum())


def code_at(*, secret: str, now: datetime) -> str:
    """What an app shows for a secret at a moment."""
    return str(format_hotp_value(hotp_value(secret, int(now.timestamp()) // PERIOD)))


def _counter_of(*, secret: str, code: str, now: datetime) -> int | None:
    """Count of the period whose code this is, if it is one of those that stand now."""
    middle = int(now.timestamp()) // PERIOD
    near = range(middle - LATE, middle + LATE + 1)
    right = [at for at in near if constant_time_compare(format_hotp_value(hotp_value(secret, at)), code)]
    return right[-1] if right else None


def make_codes(agent: Agent) -> list[str]:
    """Make recovery codes in place of those there were; they are shown once."""
    Authenticator.objects.filter(user=agent, type=TYPE.RECOVERY_CODES).delete()
    return list(RecoveryCodes.activate(agent).generate_codes())


def _take_away(agent: Agent) -> None:
    Authenticator.objects.filter(user=agent).delete()
    reckon(agents=[agent])


def _note(kind: DoorEvent.Kind, *, about: Agent, by: Agent, words: str = "", now: datetime) -> None:
    DoorEvent.objects.create(kind=kind, about=about, by=by, words=words, at=now)


def _wrong_code() -> Any:
    return _("This is not the code of this moment. Wait for the next one in your app and write that.")
