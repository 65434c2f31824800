"""What the settings make of a public address: cookies that only go over https, and a policy without inline script."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

SETTINGS = Path(__file__).resolve().parents[2] / "src/amends/desk/settings/__init__.py"


@pytest.fixture
def settings_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`settings_at(address)`: the settings as a new process would have them."""

    def read(address: str) -> dict[str, Any]:
        monkeypatch.setenv("AMENDS_DATA", str(tmp_path))
        monkeypatch.setenv("AMENDS_ADDRESS", address)
        return runpy.run_path(str(SETTINGS))

    return read


@pytest.mark.parametrize("address", ["https://desk.example", "http://127.0.0.1:8000"])
def test_cookies_are_for_this_site_alone_and_cross_the_network_encrypted(settings_at: Any, address: str) -> None:
    found = settings_at(address)
    is_public = address.startswith("https")
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is is_public
    assert found["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert found.get("SESSION_COOKIE_HTTPONLY", True)
    assert (address in found["CSRF_TRUSTED_ORIGINS"]) is is_public
    assert found["SECURE_REFERRER_POLICY"] == "same-origin"
    assert found["SECURE_CONTENT_TYPE_NOSNIFF"]
    assert not found["DEBUG"]


def test_script_comes_from_the_desk_alone(settings_at: Any) -> None:
    policy = settings_at("https://desk.example")["SECURE_CSP"]
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["object-src"] == ["'none'"]
