"""Passkeys: a second factor that a telephone, a computer or a small key keeps, and that no false page can ask for.

A key is bound to the desk's own address, so it answers nowhere else, and what it signs is used once. allauth keeps the
rows beside the other factors, the fido2 library checks what was signed; here are our rules. What was asked is handed
out and in again (`asked`), so that the session stays the caller's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.people import second_factor
from amends.desk.people.models import Agent, DoorEvent, FactorDemand
from amends.desk.people.organisation import organisation_name

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

MOST: Final = 10  # keys of one person
LONGEST_NAME: Final = 60
TYPE: Final = Authenticator.Type.WEBAUTHN

type Asked = dict[str, Any]  # what is kept in the session until the answer comes
type Options = dict[str, Any]  # what the browser is given


class UnableToAdd(Exception):
    """The key's answer does not fit what was asked, it is here already, or there are enough."""


class UnableToTake(Exception):
    """There is no such key, or it is the last factor of somebody whose role asks for two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key as its owner sees it."""

    id: int
    name: str
    since: datetime
    used_at: datetime | None


def is_offered() -> bool:
    """Whether browsers do this at the desk's address: over HTTPS, or on this very machine by its name."""
    told = urlsplit(settings.ADDRESS)
    host = told.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return bool(host) and (told.scheme == "https" or host == "localhost")
    return False


def listed(*, agent: Agent) -> list[Key]:
    """Somebody's keys, the oldest first."""
    rows = Authenticator.objects.filter(user=agent, type=TYPE).order_by("created_at", "pk")
    return [Key(id=row.pk, name=row.data["name"], since=row.created_at, used_at=row.last_used_at) for row in rows]


def ask_for_new(*, agent: Agent) -> tuple[Options, Asked]:
    """Say what a browser asks a key for that is to be added."""
    from fido2.webauthn import PublicKeyCredentialUserEntity, ResidentKeyRequirement, UserVerificationRequirement

    who = PublicKeyCredentialUserEntity(id=f"agent-{agent.pk}".encode(), name=agent.email, display_name=agent.name)
    options, asked = _server().register_begin(
        user=who,
        credentials=[known for _row, known in _known(agent)],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return _plain(options), asked


@transaction.atomic
def add(*, agent: Agent, name: str, answer: str, asked: Asked | None, now: datetime) -> list[str]:
    """Keep a key, and return recovery codes where it is somebody's first factor; they are shown once.

    :raises UnableToAdd: if the answer does not fit what was asked, the key is here already, or there are enough
    """
    from fido2.webauthn import RegistrationResponse

    Agent.objects.select_for_update().get(pk=agent.pk)
    told = _read(answer)
    try:
        added = _server().register_complete(asked or {}, told).credential_data
        RegistrationResponse.from_dict(told)
    except (ValueError, TypeError, KeyError, AttributeError) as trouble:
        raise UnableToAdd(_misfit()) from trouble
    rows = _known(agent)
    if added is None or any(known.credential_id == added.credential_id for _row, known in rows):
        raise UnableToAdd(_("This key is set up already."))
    if len(rows) >= MOST:
        raise UnableToAdd(_("So many keys nobody keeps an eye on. Take one away first."))
    first = not second_factor.is_set_up(agent=agent)
    name = " ".join(name.split())[:LONGEST_NAME] or _("Passkey")
    kept = Authenticator(user=agent, type=TYPE, data={"name": name, "credential": told, "count": 0}, created_at=now)
    kept.save()
    second_factor.note(DoorEvent.Kind.KEY_ADDED, about=agent, by=agent, words=name, now=now)
    second_factor.reckon(agents=[agent])
    return second_factor.make_codes(agent) if first else []


def ask(*, agent: Agent) -> tuple[Options, Asked]:
    """Say what a browser asks one of somebody's keys for."""
    from fido2.webauthn import UserVerificationRequirement

    options, asked = _server().authenticate_begin(
        credentials=[known for _row, known in _known(agent)], user_verification=UserVerificationRequirement.PREFERRED
    )
    return _plain(options), asked


@transaction.atomic
def is_right(*, agent: Agent, answer: str, asked: Asked | None, now: datetime) -> bool:
    """Whether a key of somebody signed what was asked; a key that counts backwards is a copy, and opens nothing."""
    from fido2.webauthn import AuthenticationResponse

    rows = _known(agent, for_update=True)
    try:
        told = _read(answer)
        used = _server().authenticate_complete(asked or {}, [known for _row, known in rows], told)
        count = AuthenticationResponse.from_dict(told).response.authenticator_data.counter
    except (ValueError, TypeError, KeyError, AttributeError, UnableToAdd):
        return False
    row = next(row for row, known in rows if known.credential_id == used.credential_id)
    if count and count <= row.data.get("count", 0):
        return False
    row.data["count"], row.last_used_at = count, now
    row.save(update_fields=["data", "last_used_at"])
    return True


@transaction.atomic
def take_away(*, agent: Agent, pk: int, by: Agent, now: datetime) -> str:
    """Take a key away from somebody, oneself or another; return its name.

    :raises UnableToTake: if there is none, or oneself would be left without the factor that the role asks for
    """
    row = Authenticator.objects.select_for_update().filter(user=agent, type=TYPE, pk=pk).first()
    if row is None:
        raise UnableToTake(_("This key is gone already."))
    others = Authenticator.objects.filter(user=agent, type__in=second_factor.FACTORS).exclude(pk=pk).exists()
    if by.pk == agent.pk and not others and FactorDemand.objects.filter(role=agent.role).exists():
        raise UnableToTake(_("Your role asks for two factors, and this is your only one. Set up another one first."))
    name = str(row.data["name"])
    row.delete()
    if not others:
        Authenticator.objects.filter(user=agent).delete()  # codes that stand in for nothing
    second_factor.note(DoorEvent.Kind.KEY_TAKEN, about=agent, by=by, words=name, now=now)
    second_factor.reckon(agents=[agent])
    return name


def _server() -> Fido2Server:
    # Read only where a key is asked: it brings a list of all the world's domains along.
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    told = urlsplit(settings.ADDRESS)
    ours = f"{told.scheme}://{told.netloc}"
    desk = PublicKeyCredentialRpEntity(id=told.hostname or "", name=organisation_name())
    return Fido2Server(desk, verify_origin=lambda origin: origin == ours)


def _known(agent: Agent, *, for_update: bool = False) -> list[tuple[Authenticator, AttestedCredentialData]]:
    from fido2.webauthn import RegistrationResponse

    rows = Authenticator.objects.filter(user=agent, type=TYPE).order_by("pk")
    found = []
    for row in rows.select_for_update() if for_update else rows:
        held = RegistrationResponse.from_dict(row.data["credential"]).response.attestation_object.auth_data
        if held.credential_data is not None:
            found.append((row, held.credential_data))
    return found


def _plain(options: Any) -> Options:
    plain: Options = json.loads(json.dumps(dict(options)))
    return plain


def _read(answer: str) -> Mapping[str, Any]:
    """
    Read what the browser sent.

    :raises UnableToAdd: if it is nothing that a key says
    """
    try:
        told = json.loads(answer[:20_000])
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise UnableToAdd(_misfit())
    return told


def _misfit() -> str:
    return _("The key's answer does not fit what was asked. Try once more.")
