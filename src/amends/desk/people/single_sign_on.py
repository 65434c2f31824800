"""Who came from the sign-in of the organisation, and whether they may come in."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.people import second_factor
from amends.desk.people.middleware import HOME, PROVED, is_loopback
from amends.desk.people.models import Agent, DoorEvent, Language, Role

log = logging.getLogger("amends.people.sign-in")


class UnableToComeIn(Exception):
    """Somebody was named whom the desk does not let in; the message says why, to them."""


def is_offered() -> bool:
    """Whether the desk has been told whose sign-in to trust; over an open line it trusts none but this machine."""
    return bool(settings.OIDC_CLIENT and is_safe(settings.OIDC_ISSUER))


def is_safe(address: str) -> bool:
    """Whether nobody between here and there can read along."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HOME)


def name() -> str:
    """What stands on the button."""
    return settings.OIDC_NAME or urlsplit(settings.OIDC_ISSUER).hostname or ""


def come_in(request: HttpRequest, *, sociallogin: Any, now: datetime) -> HttpResponse:
    """Find the person whom the provider named and sign them in, or say why not."""
    said: dict[str, Any] = sociallogin.provider.said
    if not said.get("nonce") or said["nonce"] != sociallogin.state.get("nonce"):
        return turned_away(request, code="nonce")
    try:
        agent = find(said=said, provider=sociallogin.provider.sub_id, at_home=is_loopback(request), now=now)
    except UnableToComeIn as trouble:
        return turned_away(request, words=str(trouble), error=trouble)
    if "mfa" in _list(said.get("amr")):
        request.session[PROVED] = agent.pk
    return enter(request, agent=agent, after=sociallogin.state.get("next") or "", how="socialaccount")


def enter(request: HttpRequest, *, agent: Agent, after: str, how: str) -> HttpResponse:
    """Sign somebody in who has shown the first factor, over the second where they have one."""
    record_authentication(request, agent, how)
    answer: HttpResponse = perform_login(request, Login(user=agent, redirect_url=after or None))
    return answer


@transaction.atomic
def find(*, said: dict[str, Any], provider: str, at_home: bool, now: datetime) -> Agent:
    """Return the person of this desk whom the provider means.

    Whoever came before is known by their number there. Otherwise an address that the provider has verified finds the
    person invited with it, and binds the two; only where the settings say so is somebody unknown let in.

    :raises UnableToComeIn: if the address is not verified, of another domain, or nobody's here
    """
    bound = SocialAccount.objects.filter(provider=provider, uid=said["sub"]).select_related("user").first()
    email = str(said.get("email") or "").strip().lower()
    if bound is not None:
        if not _is_of_ours(email) and settings.OIDC_DOMAINS:
            raise UnableToComeIn(_unknown())
        return _who_works_here(bound.user, at_home=at_home)
    if not email or not is_verified(said):
        raise UnableToComeIn(_("There your e-mail address is not verified yet. Verify it, then come back."))
    if not _is_of_ours(email):
        raise UnableToComeIn(_unknown())
    known = Agent.objects.filter(email=email).first()
    agent = _who_works_here(known or _newcomer(said, email=email, now=now), at_home=at_home)
    if SocialAccount.objects.filter(user=agent, provider=provider).exists():
        raise UnableToComeIn(_("Somebody else has come in with this address. Ask an administrator."))
    try:
        with transaction.atomic():
            SocialAccount.objects.create(user=agent, provider=provider, uid=said["sub"])
    except IntegrityError as trouble:
        raise UnableToComeIn(_went_wrong()) from trouble
    second_factor.note(DoorEvent.Kind.BOUND, about=agent, by=agent, now=now)
    return agent


def _who_works_here(agent: Agent, *, at_home: bool) -> Agent:
    """Turn away who was let out, and people of the example company anywhere but on this machine."""
    if not agent.is_active or (agent.is_example and not at_home):
        raise UnableToComeIn(_unknown())
    return agent


def is_verified(said: dict[str, Any]) -> bool:
    """Whether the provider stands for the address: the standard's word, or Entra's for domains that it has checked."""
    return any(str(said.get(word)).lower() in {"true", "1"} for word in ("email_verified", "xms_edov"))


def turned_away(request: HttpRequest, *, words: str = "", error: BaseException | None = None, code: str = "") -> Any:
    """Say that it did not work and how to go on; the log learns the kind of error and no word of the provider's."""
    cancelled = code == "cancelled"
    if not cancelled:
        log.warning("Sign-in over the provider failed: %s", type(error).__name__ if error else code)
    return render(
        request,
        "people/turned_away.html",
        {"words": words or (_cancelled() if cancelled else _went_wrong()), "provider": name()},
        status=403,
    )


def unbind(*, agent: Agent) -> None:
    """Forget under which number the provider knows somebody; by their verified address they are found anew."""
    SocialAccount.objects.filter(user=agent).delete()


def is_bound(*, agent: Agent) -> bool:
    return bool(SocialAccount.objects.filter(user=agent).exists())


def _newcomer(said: dict[str, Any], *, email: str, now: datetime) -> Agent:
    """Let in somebody whom nobody invited, as an agent without a team or room to decide."""
    if not (settings.OIDC_LETS_IN and settings.OIDC_DOMAINS):
        raise UnableToComeIn(_unknown())
    language = (get_language() or "en").split("-")[0]
    agent = Agent.objects.create_user(
        email=email,
        name=(str(said.get("name") or "").strip() or email.partition("@")[0])[:150],
        role=Role.AGENT,
        language=Language(language) if language in Language.values else Language.ENGLISH,
        languages=[language],
        joined_at=now,
    )
    second_factor.reckon(agents=[agent])
    return agent


def _is_of_ours(email: str) -> bool:
    """Whether an address is of a domain whose people may come in so."""
    return not settings.OIDC_DOMAINS or email.rpartition("@")[2] in settings.OIDC_DOMAINS


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _unknown() -> str:
    return _("Nobody at this desk has your address. Ask an administrator to let you in.")


def _went_wrong() -> str:
    return _("The sign-in did not come back whole. Please try again.")


def _cancelled() -> str:
    return _("You have broken off the sign-in. Nothing has happened.")
