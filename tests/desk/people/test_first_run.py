"""An empty desk begins with one page, once."""

import re
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from amends.desk.people import administering, setup_code
from amends.desk.people.forms import FirstRunForm
from amends.desk.people.models import Agent, Organisation, Role
from amends.desk.people.organisation import organisation_currency

pytestmark = pytest.mark.django_db
FILLED = {
    "organisation": "Erik Kargo",
    "language": "tr",
    "time_zone": "Europe/Istanbul",
    "week": "mon-sat",
    "opens": "08:30",
    "closes": "17:00",
    "currency": "TRY",
    "name": "Deniz Kaya",
    "email": "Deniz@Erik.example",
    "password": "yedi olgun erik",
}


@pytest.mark.parametrize("path", ["/", "/complain/", "/sign-in/", "/people/", "/c/abc/", "/desk/insight/"])
def test_every_page_of_an_empty_desk_leads_there(client, path):
    assert client.get(path).url == reverse("people:first-run")


@pytest.mark.parametrize(("language", "week"), [("fa", "sat-wed"), ("tr", "mon-fri"), ("mn", "mon-fri")])
def test_it_begins_with_what_is_usual_where_the_reader_is(client, language, week):
    page = client.get(reverse("people:first-run"), headers={"Accept-Language": language})
    assert page.context["form"].initial["week"] == week


def test_it_makes_the_first_administrator_and_opens_the_desk(client):
    answer = client.post(reverse("people:first-run"), FILLED)
    assert answer.status_code == 302
    agent = Agent.objects.get()
    assert (agent.role, agent.email, agent.time_zone) == (Role.ADMINISTRATOR, "deniz@erik.example", "Europe/Istanbul")
    assert agent.check_password("yedi olgun erik")
    assert agent.goodwill_currency == "TRY"
    organisation = Organisation.objects.get()
    assert organisation.name == "Erik Kargo"
    assert organisation.currency == organisation_currency() == "TRY"
    assert organisation.calendar == agent.team.calendar
    assert sorted(organisation.calendar.week) == ["0", "1", "2", "3", "4", "5"]
    assert organisation.calendar.week["5"] == [["08:30", "17:00"]]
    assert client.get(reverse("people:everybody")).status_code == 200
    assert "Erik Kargo" in client.get("/complain/").content.decode()


def test_the_days_off_of_a_country_are_known_from_the_first_day(client, now):
    client.post(reverse("people:first-run"), {**FILLED, "country": "TR"})
    calendar = Organisation.objects.get().calendar
    this_year = timezone.localtime(timezone=ZoneInfo(calendar.time_zone)).year  # it begins three hours early there
    assert {f"{this_year}-10-29", f"{this_year + 1}-10-29"} <= set(calendar.days_off)
    assert (calendar.country, calendar.holidays_until) == ("TR", this_year + 1)


def test_an_organisation_of_no_country_has_no_days_off_yet(client):
    client.post(reverse("people:first-run"), FILLED)
    assert Organisation.objects.get().calendar.days_off == []


def test_it_cannot_be_opened_again(client, make_agent):
    make_agent()
    assert client.get(reverse("people:first-run")).url == reverse("people:sign-in")
    assert client.post(reverse("people:first-run"), FILLED).url == reverse("people:sign-in")
    assert Agent.objects.count() == 1


def test_of_two_who_come_at_once_one_gets_in(now, make_agent, monkeypatch):
    """The second one passed the look at an empty desk before the first was done."""
    words = {**FILLED, "email": "deniz@erik.example"}
    administering.found(now=now, **words)
    monkeypatch.setattr("amends.desk.people.queries.is_empty", lambda: True)
    with pytest.raises(administering.UnableToFound):
        administering.found(now=now, **{**words, "email": "late@erik.example", "language": "en"})
    assert [agent.email for agent in Agent.objects.all()] == ["deniz@erik.example"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "12345678"}, "password"),
        ({"password": "deniz@erik.example"}, "password"),
        ({"closes": "08:00"}, "closes"),
        ({"email": "deniz"}, "email"),
        ({"organisation": ""}, "organisation"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"currency": ""}, "currency"),
        ({"currency": "XXX"}, "currency"),
    ],
)
def test_errors_stand_at_their_field_and_nothing_is_lost(client, change, field):
    page = client.post(reverse("people:first-run"), {**FILLED, **change})
    assert list(page.context["form"].errors) == [field]
    assert b"Deniz Kaya" in page.content
    assert not Agent.objects.exists()


@pytest.mark.parametrize(("language", "money"), [("tr", "TRY"), ("fa", "IRR"), ("mn", "MNT"), ("en", "")])
def test_money_is_asked_for_and_only_guessed_where_it_is_usual(client, language, money):
    form = client.get(reverse("people:first-run"), headers={"Accept-Language": language}).context["form"]
    assert form.initial["currency"] == money
    assert dict(form.fields["currency"].choices)["MNT"] != "MNT"


def test_who_is_let_in_gets_a_limit_in_that_money(client):
    client.post(reverse("people:first-run"), FILLED)
    assert client.get(reverse("people:let-in")).context["form"].initial["goodwill_currency"] == "TRY"


EVERYTHING_WRONG = {
    "code": "", "organisation": "", "language": "xx", "time_zone": "Mars/Base", "week": "", "opens": "25:99",
    "closes": "", "currency": "", "name": "", "email": "a@", "password": "kısa",
}  # fmt: skip


class TestItsTroubles:
    """Each says what to do, in our own words."""

    def troubles(self, *, asks_for_code=True, **change):
        form = FirstRunForm({**FILLED, **change}, asks_for_code=asks_for_code)
        return [str(words) for row in form.errors.values() for words in row]

    def test_none_is_in_the_words_of_the_frame_below(self):
        with translation.override("en"):
            said = self.troubles(**EVERYTHING_WRONG)
        assert len(said) == len(EVERYTHING_WRONG)
        for words in said:
            assert not re.search("required|valid|available choices|too common|must contain", words), words
            assert re.search("[Cc]hoose|Write|Take|Look", words), words

    @pytest.mark.parametrize(
        ("password", "says"),
        [
            ("kısa", "too short. Take at least 8"),
            ("abc", "too short"),
            ("password1", "guessed first"),
            ("deniz@erik.example", "like your name or address"),
            ("Deniz Kaya", "like your name or address"),
        ],
    )
    def test_a_weak_password_is_told_once_what_to_do(self, password, says):
        with translation.override("en"):
            said = self.troubles(asks_for_code=False, password=password)
        assert len(said) == 1
        assert says in said[0]


def test_a_form_keeps_its_own_words():
    form = FirstRunForm({}, asks_for_code=False)
    assert str(form.errors["organisation"][0]) == "Write the name under which your customers know you."


@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
def test_it_opens_in_every_language(client, language):
    page = client.get(reverse("people:first-run"), headers={"Accept-Language": language})
    assert f'lang="{language}"' in page.content.decode()


class TestFromElsewhere:
    """An empty desk belongs to who can read its terminal."""

    @pytest.fixture(autouse=True)
    def _data(self, settings, tmp_path):
        settings.DATA = tmp_path
        settings.ADDRESS = "http://127.0.0.1:8000"

    @pytest.fixture
    def far(self, client):
        client.defaults["REMOTE_ADDR"] = "203.0.113.9"
        return client

    def test_the_code_is_asked_for(self, far):
        page = far.get(reverse("people:first-run"))
        assert "code" in page.context["form"].fields
        for given in ({}, {"code": "AAAA-BBBB-CCCC"}):
            page = far.post(reverse("people:first-run"), {**FILLED, **given})
            assert list(page.context["form"].errors) == ["code"]
        assert not Agent.objects.exists()

    def test_the_code_opens_the_desk_however_it_is_typed_and_is_gone(self, far, tmp_path):
        code = setup_code.setup_code()
        assert (tmp_path / "setup.code").stat().st_mode & 0o077 == 0
        assert setup_code.setup_code() == code
        typed = f" {code.replace('-', ' ').lower()}"
        assert far.post(reverse("people:first-run"), {**FILLED, "code": typed}).status_code == 302
        assert Agent.objects.count() == 1
        assert not (tmp_path / "setup.code").exists()

    def test_machines_that_share_a_key_ask_for_the_same_code(self, settings, tmp_path):
        settings.SHARES_KEY = True
        codes = []
        for at, key in enumerate(("k" * 50, "k" * 50, "q" * 50)):
            settings.SECRET_KEY, settings.DATA = key, tmp_path / str(at)
            codes.append(setup_code.setup_code())
        assert codes[0] == codes[1] != codes[2]
        assert re.fullmatch(f"([{setup_code.LETTERS}]{{4}}-){{2}}[{setup_code.LETTERS}]{{4}}", codes[0])

    def test_at_home_it_is_not_asked_for(self, client):
        assert "code" not in client.get(reverse("people:first-run")).context["form"].fields

    def test_a_desk_with_a_public_address_always_asks(self, client, settings):
        settings.ADDRESS = "https://desk.example.org"
        assert "code" in client.get(reverse("people:first-run")).context["form"].fields


@pytest.mark.parametrize(
    "password",
    [
        "ErikKargo2026!",
        "3r1k-k4rg0",
        "erik.kargo.şifre",
        "SIKAYET masasi 1",
        "amends-desk-2026",
        "Нууц гомдол 12",
        "رمز شکایت ۱۲۳۴",
    ],
)
def test_a_password_made_of_the_names_of_the_house_is_not_taken(client, password):
    page = client.post(reverse("people:first-run"), {**FILLED, "password": password}).content.decode()
    assert "names of this desk and organisation" in page
    assert not Agent.objects.exists()


@pytest.mark.parametrize("password", ["erik kargo kirazı bekler", "my desk stands by the lake", "گیلاس‌های میز همسایه"])
def test_their_words_may_stand_in_a_sentence_of_ones_own(client, password):
    assert client.post(reverse("people:first-run"), {**FILLED, "password": password}).status_code == 302
    assert Agent.objects.get().check_password(password)
