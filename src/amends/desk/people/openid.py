"""The sign-in of the organisation, by OpenID Connect: allauth walks the way there and back, here is what we ask of it.

More than allauth asks by itself: the signature of the ID token is always verified, by a key of the issuer and by no
shared secret; the token answers our own nonce; what is fetched besides is about the same person.

Read when somebody comes that way, and not before: the libraries behind it take a second.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import get_random_string
from requests import RequestException

from amends.desk.people.single_sign_on import is_safe, name

# Keys of which the issuer holds the other half; a secret that both know could sign for anybody.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
PLACES: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# What a provider that answers nonsense, or not at all, comes to.
TROUBLES: Final = (OAuth2Error, RequestException, KeyError, TypeError, ValueError, AttributeError)
LEEWAY: Final = 60  # seconds that two clocks may differ


class OrganisationsOwn(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The exchange with the one provider of the settings."""

    def __init__(self, request: HttpRequest, provider_id: str = "") -> None:
        super().__init__(request, provider_id)

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the issuer says of itself; it must be who the settings name."""
        config: dict[str, Any] = super().openid_config
        if str(config.get("issuer", "")).rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
            raise OAuth2Error("another issuer")
        if not all(is_safe(str(config.get(place))) for place in PLACES):
            raise OAuth2Error("an open line")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the address of the desk to which the provider sends people back: the desk's own, never a request's."""
        del request, app
        return f"{settings.ADDRESS}{reverse('people:came-back')}"

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        """Read who came, from the ID token; what it leaves out is asked for."""
        said = self.read(str(kwargs["response"].get("id_token") or ""), client=app.client_id)
        if "email" not in said:
            more = self._fetch_user_info(token.token)
            if more.get("sub") != said["sub"]:
                raise OAuth2Error("user info of somebody else")
            said = {**more, **said}
        return self.get_provider().sociallogin_from_response(request, said)

    def read(self, token: str, *, client: str) -> dict[str, Any]:
        """Verify an ID token and return what it says.

        :raises OAuth2Error: if it is not whole, not of this issuer, not for this desk, or of another time
        """
        with get_adapter().get_requests_session() as line:
            answer = line.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            fitting = [key for key in jwt.PyJWKSet.from_dict(keys).keys if kid is None or key.key_id == kid]
            if len(fitting) != 1:
                raise OAuth2Error("no key of this name")
            said: dict[str, Any] = jwt.decode(
                token,
                key=fitting[0],
                algorithms=list(ALGORITHMS),
                audience=client,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as trouble:
            raise OAuth2Error(type(trouble).__name__) from trouble
        several = isinstance(said["aud"], list) and len(said["aud"]) > 1
        if said.get("azp", None if several else client) != client:
            raise OAuth2Error("for another party")
        return said


class OpenID(OpenIDConnectProvider):  # type: ignore[misc]
    """The provider of the settings; what it said is handed on and not kept."""

    oauth2_adapter_class = OrganisationsOwn
    pkce_enabled_default = True

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep nothing of what was said beside the number under which it knows the person."""
        self.said = data
        return {}


def provider_of(request: HttpRequest) -> OpenID:
    """Return the provider; its accounts are named after the issuer, so that another issuer starts anew."""
    app = SocialApp(
        provider=OpenID.id,
        provider_id=f"oidc-{sha256(settings.OIDC_ISSUER.rstrip('/').encode()).hexdigest()[:24]}",
        name=name()[:40],
        client_id=settings.OIDC_CLIENT,
        secret=settings.OIDC_SECRET,
        settings={"server_url": settings.OIDC_ISSUER.rstrip("/")},
    )
    return OpenID(request, app=app)


def go_there(request: HttpRequest, *, after: str) -> HttpResponse:
    """Send somebody to the provider, with a nonce that their ID token must answer."""
    nonce = get_random_string(32)
    answer: HttpResponse = provider_of(request).redirect(
        request, process="login", next_url=after, auth_params={"nonce": nonce}, nonce=nonce
    )
    return answer


def come_back(request: HttpRequest) -> HttpResponse:
    """Take the code with which somebody came back, and go on with `Provided.pre_social_login`."""
    answer: HttpResponse = OAuth2CallbackView.adapter_view(OrganisationsOwn(request))(request)
    return answer
