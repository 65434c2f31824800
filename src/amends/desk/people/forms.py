"""Forms of signing in, of the first run, of one's own page and of letting people in."""

from __future__ import annotations

import itertools
import re
from datetime import date, time
from typing import Any
from zoneinfo import available_timezones

from babel.core import Locale, get_global
from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from persiantools.jdatetime import JalaliDate

from amends.desk.people import own_roles
from amends.desk.people.administering import USUAL, WEEK_NAMES
from amends.desk.people.administering import countries as known_countries
from amends.desk.people.dressed import Dressed, dress
from amends.desk.people.middleware import is_loopback
from amends.desk.people.models import MOST_AT_ONCE, Agent, Calendar, Language, OwnRole, Right, Role, Team
from amends.desk.people.passwords import NotOfThisHouse
from amends.desk.people.setup_code import is_setup_code
from amends.desk.people.sign_in import UnableToSignIn, forget_attempts, knock
from amends.desk.web import wording
from amends.desk.web.fields import HourField
from amends.engine.languages.figures import LATIN_DIGITS, LOCALES
from amends.engine.languages.folding import fold

THEMES = [("system", _("as the system")), ("light", _("light")), ("dark", _("dark"))]
WEEKDAYS = [
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
]


BEFORE_JALALI_ENDS = 1700  # a year before this one is a Jalali one
FIRST_YEAR, LAST_YEAR = 2020, 2060  # whose public holidays one may ask for
COUNTRIES_FIRST = ("TR", "IR", "MN", "GB", "US")
MONEY_FIRST = ("TRY", "IRR", "MNT", "EUR", "USD", "GBP")


def time_zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name or name == "UTC"]


def countries() -> list[tuple[str, str]]:
    """Every country whose public holidays are known, in the reader's words and order, those of our languages first."""
    names = Locale.parse(LOCALES[(get_language() or "en")[:2]]).territories
    known = {code: names.get(code, code) for code in known_countries()}
    rest = sorted(
        (item for item in known.items() if item[0] not in COUNTRIES_FIRST), key=lambda item: fold(item[1]).text
    )
    return [*((code, known[code]) for code in COUNTRIES_FIRST), *rest]


def countries_or_none() -> list[tuple[str, str]]:
    return [("", gettext("of no country")), *countries()]


def currencies() -> list[tuple[str, Any]]:
    """Every currency that is legal tender somewhere, in the reader's words, those of our languages first."""
    locale = Locale.parse(LOCALES[(get_language() or "en")[:2]])
    today = timezone.localdate()
    in_use = {
        code
        for rows in get_global("territory_currencies").values()
        for code, _since, until, is_tender in rows
        if is_tender and (until is None or date(*until) >= today)
    }
    first = [(code, f"{code} · {locale.currencies.get(code, code)}") for code in MONEY_FIRST]
    rest = [(code, f"{code} · {locale.currencies.get(code, code)}") for code in sorted(in_use - set(MONEY_FIRST))]
    return [("", _("Choose …")), *first, *rest]


def folded_address(address: str) -> str:
    """Mail addresses are kept as AgentManager keeps them."""
    return address.strip().lower()


class SignInForm(AuthenticationForm):
    """Django's own, with counted attempts and example people at home only."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _("This address and password do not belong together. Look for typing errors, then try again."),
        "example": _("Example sign-ins work only on the machine on which the desk runs."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"] = forms.EmailField(
            label=_("E-mail"),
            widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "dir": "ltr"}),
        )
        self.fields["password"].label = _("Password")
        dress(self)

    def clean_username(self) -> str:
        return folded_address(self.cleaned_data["username"])

    def clean(self) -> dict[str, Any]:
        email = self.cleaned_data.get("username")
        if email is None or self.cleaned_data.get("password") is None:
            return self.cleaned_data
        source = self.request.META.get("REMOTE_ADDR") or None
        try:
            knock(email=email, source=source, now=timezone.now())
        except UnableToSignIn as trouble:
            raise ValidationError(str(trouble), code="too-many") from trouble
        cleaned = super().clean()
        forget_attempts(email=email, source=source)
        return cleaned

    def confirm_login_allowed(self, user: Agent) -> None:
        super().confirm_login_allowed(user)
        if user.is_example and not is_loopback(self.request):
            raise ValidationError(self.error_messages["example"], code="example")


class NewPasswordForm(SetPasswordForm[Agent]):
    error_messages = {
        **SetPasswordForm.error_messages,
        "password_mismatch": _("These two are not the same. Write the new password once more in both."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class ChangePasswordForm(PasswordChangeForm[Agent]):
    error_messages = {
        **PasswordChangeForm.error_messages,
        "password_mismatch": NewPasswordForm.error_messages["password_mismatch"],
        "password_incorrect": _("This is not your password now. Write it once more."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class ForgottenForm(Dressed):
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"})
    )

    def clean_email(self) -> str:
        return folded_address(self.cleaned_data["email"])


class FirstRunForm(Dressed):
    """Everything an empty desk must know before it can hear a complaint."""

    code = forms.CharField(
        label=_("Setup code"),
        max_length=40,
        help_text=_("It stands in the terminal where the desk was started, and in the file setup.code of its data."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}),
        error_messages={"required": _("Write the code that stands in the terminal where the desk was started.")},
    )
    organisation = forms.CharField(
        label=_("Name of the organisation"),
        max_length=150,
        error_messages={"required": _("Write the name under which your customers know you.")},
    )
    language = forms.ChoiceField(label=_("Language of the desk"), choices=Language.choices)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    week = forms.ChoiceField(label=_("Working week"), choices=list(WEEK_NAMES.items()))
    opens = HourField(
        label=_("Opens at"),
        error_messages={"required": _("Write the hour like 09:00.")},
    )
    closes = HourField(
        label=_("Closes at"),
        error_messages={"required": _("Write the hour like 09:00.")},
    )
    country = forms.ChoiceField(
        label=_("Public holidays"),
        choices=countries_or_none,
        required=False,
        help_text=_("They are days off, and those of each next year come by themselves. Nothing is promised for them."),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=currencies,
        help_text=_("In which you count refunds and limits. One amount may be in another."),
        error_messages={"required": _("Choose the money in which you count.")},
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        help_text=_("As customers will read it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name, as customers will read it.")},
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"}),
        error_messages={"required": _("Write the address with which you will sign in.")},
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least eight characters. A short sentence is easy to remember and hard to guess."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password of at least eight characters.")},
    )

    def __init__(self, *args: Any, asks_for_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_for_code:
            del self.fields["code"]

    @classmethod
    def beginning(cls, *, language: str, asks_for_code: bool) -> FirstRunForm:
        """Return a form filled with what is usual where this language is spoken."""
        zone, week, currency, country = USUAL.get(language, USUAL["en"])
        usual = {"time_zone": zone, "week": week, "currency": currency, "country": country}
        return cls(
            initial={"language": language, **usual, "opens": "09:00", "closes": "18:00"},
            asks_for_code=asks_for_code,
        )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not is_setup_code(code):
            raise ValidationError(gettext("This is not the code of this desk. Look at the terminal again."))
        return code

    def clean_email(self) -> str:
        return folded_address(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if opens and closes and opens >= closes:
            self.add_error("closes", gettext("The desk must close later than it opens."))
        if password := cleaned.get("password"):
            person = Agent(email=cleaned.get("email", ""), name=cleaned.get("name", ""))
            try:
                here = NotOfThisHouse(cleaned.get("organisation", ""))
                validate_password(password, person, [*get_default_password_validators(), here])
            except ValidationError as trouble:
                self.add_error("password", trouble)
        return cleaned


LATIN_HELP = _(
    "Only where the name is written in other letters: so customers of another script read who writes to them."
)


class ReaderForm(Dressed, forms.ModelForm[Agent]):
    """What a person sets for themselves."""

    language = forms.ChoiceField(label=_("Language of the screens"), choices=Language.choices)
    theme = forms.ChoiceField(label=pgettext_lazy("light or dark", "Theme"), choices=THEMES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)

    class Meta:
        model = Agent
        fields = ("name", "say", "latin_name", "language", "theme", "time_zone")
        help_texts = {"say": _("So that colleagues of other languages can say it."), "latin_name": LATIN_HELP}
        widgets = {"latin_name": forms.TextInput(attrs={"dir": "ltr"})}


AT_ONCE_HELP = _("So many chats are given to them at the same time, one of them in focus. 0: none.")


class PersonForm(Dressed, forms.ModelForm[Agent]):
    """A person, as an administrator sees them."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"dir": "ltr"}))
    languages = forms.MultipleChoiceField(
        label=_("Languages spoken"), choices=Language.choices, widget=forms.CheckboxSelectMultiple
    )
    role = forms.ChoiceField(label=_("Role"), choices=own_roles.choices)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.order_by("name"), required=False)
    goodwill_currency = forms.CharField(
        label=_("Currency of the limit"),
        max_length=3,
        required=False,
        help_text=_("Three letters, for instance EUR. Costs in another currency need somebody else's yes."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "characters"}),
    )

    class Meta:
        model = Agent
        fields = (
            *("name", "latin_name", "email", "role", "team"),
            *("languages", "language", "at_once", "goodwill_limit", "goodwill_currency"),
        )
        help_texts = {"latin_name": LATIN_HELP, "at_once": AT_ONCE_HELP}
        widgets = {"latin_name": forms.TextInput(attrs={"dir": "ltr"})}

    def clean_email(self) -> str:
        return folded_address(self.cleaned_data["email"])

    def clean_at_once(self) -> int:
        told: int | None = self.cleaned_data["at_once"]
        if told is None:
            return self.instance.at_once
        if told > MOST_AT_ONCE:
            raise ValidationError(gettext("Nobody talks to so many people at once."))
        return told

    def clean_goodwill_currency(self) -> str:
        code: str = self.cleaned_data["goodwill_currency"].strip().upper()
        if code and not re.fullmatch("[A-Z]{3}", code):
            raise ValidationError(gettext("Write the three letters of the currency, for instance EUR."))
        return code

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at_once"].required = False
        if self.instance.pk:
            self.initial["role"] = own_roles.chosen(self.instance)

    def _post_clean(self) -> None:
        """Leave the instance alone: actions write, not forms."""


class CorrectForm(PersonForm):
    class Meta(PersonForm.Meta):
        fields = ("name", "latin_name", "role", "team", "languages", "at_once", "goodwill_limit", "goodwill_currency")

    email = None
    language = None


class OwnRoleForm(Dressed, forms.ModelForm[OwnRole]):
    base = forms.ChoiceField(
        label=_("Does the work of"), choices=[one for one in Role.choices if one[0] != Role.ADMINISTRATOR]
    )
    rights = forms.MultipleChoiceField(
        label=_("May also"), choices=Right.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = OwnRole
        fields = ("name", "base", "rights")

    def _post_clean(self) -> None:
        """Leave the instance alone: actions write, not forms."""


class TeamForm(Dressed, forms.ModelForm[Team]):
    lead = forms.ModelChoiceField(
        label=_("Lead"), queryset=Agent.objects.filter(is_active=True).order_by("name"), required=False
    )

    class Meta:
        model = Team
        fields = ("name", "calendar", "lead", "is_closed")
        labels = {
            "calendar": _("Working calendar"),
            "is_closed": _("Closed: other teams do not see its complaints"),
        }
        help_texts = {
            "is_closed": _(
                "Its people and its lead see them, service quality, administrators, and who is brought in or asked."
            )
        }

    def _post_clean(self) -> None:
        """Check the name and leave the instance alone: actions write, not forms."""
        same = Team.objects.filter(name=self.cleaned_data.get("name", "")).exclude(pk=self.instance.pk)
        if same.exists():
            self.add_error("name", gettext("Another team has this name."))


class HoursField(forms.CharField):
    """Spans of one day as people write them: '09:00-12:30, 13:30-18:00'; empty is a free day."""

    span = re.compile(r"^(\d{1,2})[:.](\d{2})\s*[-–—]\s*(\d{1,2})[:.](\d{2})$")

    def to_python(self, value: Any) -> list[list[str]]:
        text = super().to_python(value).translate(LATIN_DIGITS)
        spans = [self._read(part.strip()) for part in re.split(r"[,،;]", text) if part.strip()]
        if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans)):
            raise ValidationError(gettext("These hours overlap. Write the earlier ones first."))
        return spans

    def prepare_value(self, value: Any) -> Any:
        """Write them in the digits of the reader; what was typed stays as it was typed."""
        if not isinstance(value, list):
            return value
        return wording.digits_of_reader(", ".join("-".join(span) for span in value))

    def _read(self, part: str) -> list[str]:
        found = self.span.match(part)
        trouble = ValidationError(gettext("Write hours like 09:00-12:30, 13:30-18:00, or leave the day empty."))
        if found is None:
            raise trouble
        opens, closes = f"{int(found[1]):02}:{found[2]}", f"{int(found[3]):02}:{found[4]}"
        try:
            time.fromisoformat(opens)
            if closes != "24:00":
                time.fromisoformat(closes)
        except ValueError as wrong:
            raise trouble from wrong
        if opens >= closes:
            raise trouble
        return [opens, closes]


def _typed(day: date = date(2027, 1, 1)) -> str:
    """A day as the reader types it, in their calendar."""
    return wording.day_in_figures(day, language=(get_language() or "en")[:2])


def year_typed(day: date) -> str:
    """The year of a day as the reader types it."""
    return _typed(day).partition("-")[0]


def _years() -> dict[str, str]:
    """The first and last year of public holidays that lie wholly within those that one may ask for."""
    return {"first": year_typed(date(FIRST_YEAR, 12, 31)), "last": year_typed(date(LAST_YEAR, 1, 1))}


class DaysField(forms.CharField):
    """Days, one a line, in either calendar: a year before 1700 is a Jalali one."""

    def to_python(self, value: Any) -> list[str]:
        text = super().to_python(value).translate(LATIN_DIGITS)
        return sorted({self._read(line.strip()).isoformat() for line in text.splitlines() if line.strip()})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(_typed(date.fromisoformat(day)) for day in value)

    def _read(self, line: str) -> date:
        try:
            year, month, day = (int(part) for part in re.split(r"[-/.]", line))
            return JalaliDate(year, month, day).to_gregorian() if year < BEFORE_JALALI_ENDS else date(year, month, day)
        except ValueError as wrong:
            raise ValidationError(
                gettext("“%(line)s” is no date. Write one a line, like %(day)s.") % {"line": line, "day": _typed()}
            ) from wrong


class CalendarForm(Dressed):
    name = forms.CharField(label=_("Name"), max_length=100)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    days_off = DaysField(
        label=_("Days off"),
        required=False,
        help_text=format_lazy(_("One day a line, like {day}."), day=lazy(_typed, str)()),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "ltr"}),
    )

    def __init__(self, *args: Any, calendar: Calendar | None = None, **kwargs: Any) -> None:
        self.calendar = calendar
        if calendar is not None:
            kwargs.setdefault(
                "initial",
                {
                    "name": calendar.name,
                    "time_zone": calendar.time_zone,
                    "days_off": calendar.days_off,
                    **{f"day_{day}": calendar.week.get(str(day), []) for day in range(7)},
                },
            )
        super().__init__(*args, **kwargs)
        for day, name in enumerate(WEEKDAYS):
            self.fields[f"day_{day}"] = HoursField(
                label=name, required=False, widget=forms.TextInput(attrs={"dir": "ltr", "placeholder": "09:00-18:00"})
            )
        dress(self)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = Calendar.objects.filter(name=name)
        if self.calendar is not None:
            same = same.exclude(pk=self.calendar.pk)
        if same.exists():
            raise ValidationError(gettext("Another calendar has this name."))
        return name

    def week(self) -> dict[str, list[list[str]]]:
        return {str(day): spans for day in range(7) if (spans := self.cleaned_data[f"day_{day}"])}


class YearField(forms.CharField):
    """A year in either calendar; a Jalali one lies in two years of the other."""

    def to_python(self, value: Any) -> list[int]:
        text = super().to_python(value).strip().translate(LATIN_DIGITS)
        year = int(text) if text.isdecimal() else 0
        years = [year + 621, year + 622] if year < BEFORE_JALALI_ENDS else [year]
        if not all(FIRST_YEAR <= one <= LAST_YEAR for one in years):
            raise ValidationError(gettext("Choose a year between %(first)s and %(last)s.") % _years())
        return years


class HolidaysForm(Dressed):
    country = forms.ChoiceField(label=_("Country"), choices=countries)
    year = YearField(
        label=_("Year"), max_length=4, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    )
