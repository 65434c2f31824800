"""Where allauth asks this desk: what comes after the password, how secrets are kept, and who is known elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import LoginStage
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import get_random_string

from amends.desk.people import second_factor, sessions
from amends.desk.people.middleware import PROVED
from amends.desk.people.models import Agent
from amends.desk.people.sign_in import log

SECOND: Final = "second-factor"


class SecondStep(LoginStage):
    """Ask who has a second factor for it, unless whoever sent them has asked for two already."""

    key = SECOND
    urlname = "people:second-step"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Lead to the page that asks, or go on."""
        if self.request.session.get(PROVED) == self.login.user.pk or not second_factor.is_set_up(agent=self.login.user):
            return None, True
        return redirect(self.urlname), True


class Door(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing in: our own page, then a second step where there is one, then the session is written down."""

    def get_login_stages(self) -> list[str]:
        """Name the steps between the password and the desk."""
        return ["amends.desk.people.adapters.SecondStep"]

    def login(self, request: HttpRequest, user: Agent) -> None:
        """Open the session and note where it was opened."""
        second_factor.reckon(agents=[user])
        proved = request.session.get(PROVED)
        super().login(request, user)
        request.session.set_expiry(None)  # as long as every session
        request.session[PROVED] = proved if proved == user.pk else None
        sessions.remember_request(request, now=timezone.now())
        how = [str(one.get("method")) for one in request.session.get("account_authentication_methods", [])]
        how += ["two factors"] if proved == user.pk else []
        log.info("Sign-in: person %s from %s by %s", user.pk, request.META.get("REMOTE_ADDR"), ", ".join(how))

    def respond_user_inactive(self, request: HttpRequest, user: Agent) -> HttpResponse:
        """Say to who was let out what a stranger is told."""
        del request, user
        return redirect("people:sign-in")

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes themselves an agent."""
        del request
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing in allauth's words: pages have their own."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing in allauth's words."""


class Factors(DefaultMFAAdapter):  # type: ignore[misc]
    """Keep the secrets of second factors sealed with the key of the desk."""

    def encrypt(self, text: str) -> str:
        """Seal."""
        return _seals().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Open what was sealed with this key, or with one that went before it."""
        return _seals().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """Name the desk in the list of the person's app."""
        from amends.desk.people.organisation import organisation_name

        return organisation_name()


def _seals() -> MultiFernet:
    keys: Iterable[str] = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(sha256(b"second factors\0" + key.encode()).digest())) for key in keys]
    )


class Provided(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Whoever was named by the organisation's own sign-in: known here or not."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Return the one provider that the settings name."""
        from amends.desk.people.openid import provider_of

        del provider, client_id
        return provider_of(request)

    def generate_state_param(self, state: dict[str, Any]) -> str:
        """Return a state that nobody guesses."""
        del state
        return get_random_string(43)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Decide who this is and go on as after a password; allauth's own way ends here.

        :raises ImmediateHttpResponse: always, with the page that comes next
        """
        from amends.desk.people.single_sign_on import come_in

        raise ImmediateHttpResponse(come_in(request, sociallogin=sociallogin, now=timezone.now()))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **about: Any) -> None:
        """Say in our own words that it did not work; what the provider answered is logged by its kind alone.

        :raises ImmediateHttpResponse: always
        """
        from amends.desk.people.single_sign_on import turned_away

        del provider
        raise ImmediateHttpResponse(turned_away(request, error=about.get("exception"), code=str(about.get("error"))))
