"""Administrators let people in and out; everybody sets their own page."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from amends.desk.people import administering, forms
from amends.desk.people.models import Agent, Calendar, Presence, Role, Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(make_agent, make_team):
    return make_agent(name="Ada", role=Role.ADMINISTRATOR, team=make_team())


@pytest.fixture
def admin(client, administrator):
    client.force_login(administrator)
    return client


PAGES = ["everybody", "let-in", "new-team", "new-calendar"]


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.QUALITY])
@pytest.mark.parametrize("name", PAGES)
def test_only_administrators_come_here(client, make_agent, role, name):
    client.force_login(make_agent(role=role))
    assert client.get(reverse(f"people:{name}")).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_strangers_are_sent_to_sign_in(client, make_agent, name):
    make_agent()
    assert client.get(reverse(f"people:{name}")).url.startswith(reverse("people:sign-in"))


@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
def test_the_pages_open_in_every_language(admin, administrator, language):
    administrator.language = language
    administrator.save()
    paths = [reverse(f"people:{name}") for name in [*PAGES, "reader", "change-password"]]
    paths += [reverse("people:person", args=[administrator.pk]), reverse("people:team", args=[administrator.team_id])]
    paths += [reverse("people:calendar", args=[administrator.team.calendar_id])]
    for path in paths:
        page = admin.get(path)
        assert page.status_code == 200
        assert f'lang="{language}"' in page.content.decode()


class TestLettingIn:
    def post(self, admin, **change):
        words = {
            "name": "Sara Mohammadi",
            "email": "Sara@desk.example",
            "role": "agent",
            "languages": ["fa", "en"],
            "language": "fa",
            "goodwill_limit": "50",
        }
        return admin.post(reverse("people:let-in"), {**words, **change})

    def test_shows_a_link_at_which_they_choose_a_password(self, admin):
        page = self.post(admin)
        sara = Agent.objects.get(email="sara@desk.example")
        assert not sara.has_usable_password()
        assert sara.languages == ["fa", "en"]
        assert 'data-copy="link" data-copied="Copied"' in page.content.decode()
        door = admin.get(page.context["link"].removeprefix("http://127.0.0.1:8000"), follow=True).content.decode()
        assert "Welcome, Sara Mohammadi</h1>" in door.replace("\u2068", "").replace("\u2069", "").replace(
            "<bdi>", ""
        ).replace("</bdi>", "")
        assert "<title>Choose your password" in door
        assert "sara@desk.example" in door
        assert "new password" not in door.lower()

    def test_tells_the_time_of_the_house_to_who_has_no_team_yet(self, admin, administrator):
        calendar = administrator.team.calendar
        calendar.time_zone = "Asia/Tehran"
        calendar.save()
        self.post(admin)
        assert Agent.objects.get(email="sara@desk.example").time_zone == "Asia/Tehran"

    def test_begins_with_the_team_where_there_is_only_one(self, admin, administrator, make_team):
        address = reverse("people:let-in")
        assert admin.get(address).context["form"]["team"].value() == administrator.team_id
        make_team(name="Another")
        assert admin.get(address).context["form"]["team"].value() is None

    def test_refuses_an_address_in_use(self, admin, administrator):
        page = self.post(admin, email=administrator.email)
        assert "email" in page.context["form"].errors
        assert Agent.objects.count() == 1


class TestLettingOut:
    def test_closes_the_door(self, admin, make_agent):
        agent = make_agent()
        admin.post(reverse("people:let-out", args=[agent.pk]))
        agent.refresh_from_db()
        assert not agent.is_active

    def test_and_back_in_opens_it(self, admin, make_agent):
        agent = make_agent(is_active=False)
        admin.post(reverse("people:let-out", args=[agent.pk]))
        agent.refresh_from_db()
        assert agent.is_active

    def test_waits_until_nobody_counts_on_them(self, admin, make_agent, make_complaint):
        agent = make_agent()
        make_complaint(owner=agent)
        page = admin.post(reverse("people:let-out", args=[agent.pk]), follow=True)
        agent.refresh_from_db()
        assert agent.is_active
        assert b"Hand them over first" in page.content

    def test_leaves_an_administrator(self, admin, administrator):
        page = admin.post(reverse("people:let-out", args=[administrator.pk]), follow=True)
        assert b"cannot let yourself out" in page.content
        changed = {"name": "Ada", "role": "agent", "languages": ["en"], "goodwill_limit": "0"}
        page = admin.post(reverse("people:person", args=[administrator.pk]), changed)
        assert "role" in page.context["form"].errors
        administrator.refresh_from_db()
        assert administrator.role == Role.ADMINISTRATOR


class TestCalendars:
    FILLED = {
        "name": "Tehran",
        "time_zone": "Asia/Tehran",
        "day_5": "09:00-17:00",
        "day_6": "۹:۰۰-۱۲:۳۰، ۱۳:۳۰-۱۷:۰۰",
        "days_off": "1405-10-11\n۱۴۰۵/۱۰/۱۲\n2027-03-21",
    }

    def test_take_hours_and_days_in_either_script_and_calendar(self, admin):
        admin.post(reverse("people:new-calendar"), self.FILLED)
        calendar = Calendar.objects.get(name="Tehran")
        assert calendar.week == {"5": [["09:00", "17:00"]], "6": [["09:00", "12:30"], ["13:30", "17:00"]]}
        assert calendar.days_off == ["2027-01-01", "2027-01-02", "2027-03-21"]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"day_0": "nine to five"}, "day_0"),
            ({"day_0": "17:00-09:00"}, "day_0"),
            ({"day_0": "09:00-13:00, 12:00-18:00"}, "day_0"),
            ({"day_0": "25:00-26:00"}, "day_0"),
            ({"days_off": "tomorrow"}, "days_off"),
            ({"days_off": "2027-02-30"}, "days_off"),
        ],
    )
    def test_say_what_is_wrong_at_its_field(self, admin, change, field):
        page = admin.post(reverse("people:new-calendar"), {**self.FILLED, **change})
        assert list(page.context["form"].errors) == [field]

    def test_add_public_holidays_once(self, admin, administrator):
        calendar = administrator.team.calendar
        for _ in range(2):
            admin.post(reverse("people:holidays", args=[calendar.pk]), {"country": "TR", "year": "2027"})
        calendar.refresh_from_db()
        assert "2027-10-29" in calendar.days_off
        assert len(calendar.days_off) == len(set(calendar.days_off))

    def test_a_persian_reader_is_shown_and_types_days_and_years_of_their_calendar(self, admin, administrator):
        administrator.language = "fa"
        administrator.save()
        calendar = administrator.team.calendar
        calendar.days_off = ["2027-01-01"]
        calendar.save()
        address = reverse("people:calendar", args=[calendar.pk])
        page = admin.get(address)
        assert 'name="day_0" value="۰۹:۰۰-۱۸:۰۰"' in page.content.decode()
        assert str(page.context["form"]["days_off"].help_text).count("۱۴۰۵-۱۰-۱۱") == 1
        assert ">\n۱۴۰۵-۱۰-۱۱</textarea>" in page.content.decode()
        wrong = admin.post(reverse("people:new-calendar"), {**self.FILLED, "days_off": "فردا"})
        assert "۱۴۰۵-۱۰-۱۱" in str(wrong.context["form"].errors["days_off"])
        admin.post(reverse("people:holidays", args=[calendar.pk]), {"country": "IR", "year": "۱۴۰۶"})
        calendar.refresh_from_db()
        assert {"2027-03-21", "2028-03-19"} <= set(calendar.days_off)  # its first day, and its last holiday

    @pytest.mark.parametrize("year", ["", "x", "2019", "1398", "1440", "²"])
    def test_a_year_that_is_none_is_refused_in_words(self, admin, administrator, year):
        calendar = administrator.team.calendar
        admin.post(reverse("people:holidays", args=[calendar.pk]), {"country": "TR", "year": year})
        calendar.refresh_from_db()
        assert (calendar.country, calendar.holidays_until) == ("", 0)

    def test_have_the_holidays_of_each_next_year_by_themselves(self, admin, administrator):
        calendar = administrator.team.calendar
        admin.post(reverse("people:holidays", args=[calendar.pk]), {"country": "US", "year": "2027"})
        calendar.refresh_from_db()
        calendar.days_off.remove("2027-07-04")  # somebody works on that day
        calendar.save()
        administering.keep_all_holidays(now=datetime(2028, 1, 2, tzinfo=UTC))
        administering.keep_all_holidays(now=datetime(2028, 1, 3, tzinfo=UTC))
        calendar.refresh_from_db()
        assert {"2028-07-04", "2029-07-04"} <= set(calendar.days_off)
        assert "2027-07-04" not in calendar.days_off
        assert calendar.holidays_until == 2029
        page = admin.get(reverse("people:calendar", args=[calendar.pk])).content.decode()
        assert "United States" in page
        admin.post(reverse("people:holidays", args=[calendar.pk]), {"act": "leave"})
        assert administering.keep_all_holidays(now=datetime(2030, 1, 2, tzinfo=UTC)) == 0
        calendar.refresh_from_db()
        assert "2029-07-04" in calendar.days_off

    @pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
    def test_name_every_country_in_the_words_of_the_reader(self, language):
        with translation.override(language):
            named = forms.countries()
        assert len(named) > 150
        assert all(name != code for code, name in named)

    def test_belong_to_a_team(self, admin, administrator):
        admin.post(reverse("people:new-team"), {"name": "Night", "calendar": administrator.team.calendar_id})
        assert Team.objects.get(name="Night").calendar == administrator.team.calendar


def test_a_persian_reader_is_shown_and_types_numbers_in_their_digits(admin, administrator):
    administrator.language, administrator.goodwill_limit = "fa", Decimal("1250.50")
    administrator.save()
    address = reverse("people:person", args=[administrator.pk])
    page = admin.get(address).content.decode()
    for name, value in {"at_once": "۳", "goodwill_limit": "۱۲۵۰٫۵۰"}.items():
        field = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)[0]
        assert f'value="{value}"' in field
        assert 'type="text"' in field
        assert "step=" not in field
    told = {"name": "Ada", "role": "administrator", "languages": ["fa"], "at_once": "۵", "goodwill_limit": "۲٬۵۰۰٫۵"}
    assert admin.post(address, told).status_code == 302
    administrator.refresh_from_db()
    assert (administrator.at_once, administrator.goodwill_limit) == (5, Decimal("2500.5"))


def test_whole_limits_are_shown_without_hundredths(admin, administrator):
    administrator.goodwill_limit = Decimal("1500.00")
    administrator.save()
    page = admin.get(reverse("people:person", args=[administrator.pk])).content.decode()
    assert '<input type="number" name="goodwill_limit" value="1500"' in page


class TestOnesOwnPage:
    def test_keeps_language_theme_and_name(self, client, make_agent):
        agent = make_agent()
        client.force_login(agent)
        words = {"name": "Ece A.", "say": "E-je", "language": "tr", "theme": "dark", "time_zone": "Europe/Istanbul"}
        client.post(reverse("people:reader"), words)
        agent.refresh_from_db()
        assert (agent.name, agent.language, agent.theme) == ("Ece A.", "tr", "dark")

    def test_takes_one_choice_from_the_header_and_goes_back(self, client, make_agent):
        agent = make_agent(name="Ece")
        client.force_login(agent)
        answer = client.post(reverse("people:reader"), {"language": "mn", "next": "/desk/promises/"})
        agent.refresh_from_db()
        assert (answer.url, agent.language, agent.name) == ("/desk/promises/", "mn", "Ece")

    def test_says_whether_somebody_is_here(self, client, make_agent):
        agent = make_agent()
        client.force_login(agent)
        client.post(reverse("people:presence"), {"presence": "away"})
        agent.refresh_from_db()
        assert agent.presence == Presence.AWAY
