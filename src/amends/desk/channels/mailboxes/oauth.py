"""OAuth2 as Google and Microsoft want it for mail: the way to their sign-in, and tokens for what they answer.

The organisation registers the desk with its provider and gives client id and secret; nothing goes through anybody else.
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

from amends.desk.channels.mailboxes.models import SignIn
from amends.desk.channels.mailboxes.troubles import UnableToUseMailbox

TIMEOUT = 15  # seconds
LARGEST_ANSWER = 100_000  # bytes
EARLY = timedelta(minutes=2)  # a token is renewed before its last moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Where a provider signs people in and gives tokens. `{tenant}` is Microsoft's."""

    authorize: str
    token: str
    scope: str
    extra: tuple[tuple[str, str], ...] = ()

    def for_tenant(self, tenant: str) -> Authority:
        tenant = tenant or "organizations"
        return Authority(
            authorize=self.authorize.format(tenant=tenant),
            token=self.token.format(tenant=tenant),
            scope=self.scope,
            extra=self.extra,
        )


AUTHORITIES = {
    SignIn.GOOGLE: Authority(
        authorize="https://accounts.google.com/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        scope="https://mail.google.com/",
        extra=(("access_type", "offline"), ("prompt", "consent")),
    ),
    SignIn.MICROSOFT: Authority(
        authorize="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        token="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",  # noqa: S106 - an address
        scope="https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    access: str
    until: datetime
    refresh: str  # a provider may give a new one each time; empty when the old one stays


def authority(*, sign_in: str, tenant: str = "") -> Authority:
    return AUTHORITIES[SignIn(sign_in)].for_tenant(tenant)


def way_to_sign_in(*, authority: Authority, client_id: str, redirect: str, state: str, verifier: str, user: str) -> str:
    """The provider's page on which somebody lets the desk in; `state` and `verifier` come back with the answer."""
    challenge = base64.urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).decode("ascii").rstrip("=")
    asked = {
        "client_id": client_id,
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": authority.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": user,
        **dict(authority.extra),
    }
    return f"{authority.authorize}?{urlencode(asked)}"


def tokens_for_code(
    *, authority: Authority, client_id: str, client_secret: str, code: str, redirect: str, verifier: str, now: datetime
) -> Tokens:
    """
    Trade the code that the provider sent back for tokens.

    :raises UnableToUseMailbox: if the provider says no
    """
    return _ask(
        authority.token,
        {
            "grant_type": "authorization_code",
            "client_id": client_id,
            "client_secret": client_secret,
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        },
        now=now,
    )


def refreshed(*, authority: Authority, client_id: str, client_secret: str, refresh: str, now: datetime) -> Tokens:
    """
    Ask for a new access token.

    :raises UnableToUseMailbox: if the permission was taken back, or nobody answers
    """
    return _ask(
        authority.token,
        {
            "grant_type": "refresh_token",
            "client_id": client_id,
            "client_secret": client_secret,
            "refresh_token": refresh,
            "scope": authority.scope,
        },
        now=now,
    )


def _ask(address: str, fields: dict[str, str], *, now: datetime) -> Tokens:
    body = urlencode({name: value for name, value in fields.items() if value}).encode("ascii")
    request = urllib.request.Request(address, data=body, headers={"Accept": "application/json"})  # noqa: S310 - ours
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310  # house: allow, two of our own
            told = json.loads(answer.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        raise _refusal(error) from error
    except (OSError, ValueError) as error:
        raise UnableToUseMailbox("provider", str(error)) from error
    access = told.get("access_token") if isinstance(told, dict) else None
    if not access:
        raise UnableToUseMailbox("provider", "no token in the answer")
    seconds = int(told.get("expires_in") or 3600)
    return Tokens(
        access=str(access), until=now + timedelta(seconds=seconds), refresh=str(told.get("refresh_token") or "")
    )


def _refusal(error: urllib.error.HTTPError) -> UnableToUseMailbox:
    try:
        with error:
            told = json.loads(error.read(LARGEST_ANSWER))
        code, words = str(told.get("error", "")), str(told.get("error_description", ""))
    except (OSError, ValueError, AttributeError):
        code, words = "", ""
    if code in {"invalid_grant", "interaction_required", "consent_required"}:
        return UnableToUseMailbox("grant", words or code)
    if code in {"invalid_client", "unauthorized_client"}:
        return UnableToUseMailbox("client", words or code)
    return UnableToUseMailbox("provider", words or code or f"HTTP {error.code}")
