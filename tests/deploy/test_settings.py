"""What the settings make of a public address: cookies over https alone, and a policy without inline script or style."""

from __future__ import annotations

import runpy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.exceptions import ImproperlyConfigured

from amends.cli import main
from amends.desk.settings import told
from amends.desk.settings.spans import short_span

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


def test_script_and_styles_come_from_the_desk_alone(settings_at: Any) -> None:
    policy = settings_at("https://desk.example")["SECURE_CSP"]
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]
    assert "'unsafe-inline'" not in policy["style-src"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["object-src"] == ["'none'"]


@pytest.mark.parametrize(
    ("name", "said", "helps"),
    [
        ("DATABASE_URL", "nonsense", "postgresql://"),
        ("DATABASE_URL", "mysql://a:hush@host/desk", "postgresql://"),
        ("DATABASE_URL", "postgresql://a:hush#more@host:5432/desk", "%23"),
        ("AMENDS_FILES", "desk-files", "s3://"),
        ("AMENDS_ARCHIVE", "3", "3y"),
        ("AMENDS_SESSION_IDLE", "30", "12h"),
        ("AMENDS_SESSION_LONGEST", "400d", "a year"),
        ("AMENDS_RECEIPTS", "many", "number"),
        ("AMENDS_PROXIES", "10.0.0.1, proxy", "10.0.0.0/8"),
        ("AMENDS_HOOKS_INSIDE", "inside", "10.0.0.0/8"),
        ("AMENDS_SMTP", "mail.example.org:25", "smtps://"),
        ("AMENDS_ADDRESS", "complaints.example.org", "https://"),
        ("AMENDS_TRACES", "collector:4318", "https://"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, said: str, helps: str
) -> None:
    monkeypatch.setenv("AMENDS_DATA", str(tmp_path))
    monkeypatch.setenv(name, said)
    with pytest.raises(ImproperlyConfigured) as refused:
        runpy.run_path(str(SETTINGS))
    words = str(refused.value)
    assert (words.startswith(name), helps in words, "hush" in words) == (True, True, False)


@pytest.mark.parametrize(("said", "hours"), [("1h", 1), (" 12h ", 12), ("3d", 72), ("365d", 8760)])
def test_short_spans(said: str, hours: int) -> None:
    assert short_span(said) == timedelta(hours=hours)


def test_a_key_is_made_whole_and_an_empty_one_is_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMENDS_SECRET_KEY", raising=False)
    key = told.signing_key(tmp_path / "desk")
    assert (len(key) > 50, told.signing_key(tmp_path / "desk")) == (True, key)
    place = tmp_path / "desk" / "secret.key"
    assert ([path.name for path in place.parent.iterdir()], place.stat().st_mode & 0o077) == (["secret.key"], 0)
    place.write_text("", encoding="ascii")
    with pytest.raises(ImproperlyConfigured, match=r"secret\.key is empty\. Bring it back"):
        told.signing_key(tmp_path / "desk")


def test_a_command_says_what_is_wrong_with_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise ImproperlyConfigured("AMENDS_SMTP is no address")

    monkeypatch.setattr("django.setup", refuse)
    answer = CliRunner().invoke(main, ["prepare", "--data", str(tmp_path)])
    assert (answer.exit_code, "AMENDS_SMTP is no address" in answer.output) == (1, True)
