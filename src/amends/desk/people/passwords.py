"""What a password must be, said in our own words: what to do, and not only what is wrong."""

from __future__ import annotations

from typing import Any, Final
from unicodedata import normalize
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import password_validation as usual
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.desk.people.organisation import organisation_name
from amends.desk.web.wording import digits_of_reader

SHORTEST = 8
OWN_WORDS = ("name", "email")
# What everybody at a desk would try first; the organisation's name and the address come to them.
WORDS_OF_THE_TRADE: Final = frozenset(
    word
    for line in (
        "amends complaint complaints desk customer service support welcome password secret admin administrator login",
        "şikâyet masa müşteri hizmet destek hoşgeldiniz merhaba parola şifre gizli yönetici giriş",
        "شکایت رسیدگی میز مشتری خدمات پشتیبانی خوش آمدید سلام گذرواژه رمز مدیر ورود",
        "гомдол ширээ ажлын үйлчлүүлэгч үйлчилгээ тусламж тавтай морил нууц администратор нэвтрэх",
    )
    for word in line.split()
)
LEFT: Final = 5  # letters of one's own that must stand beside such words
_LIKE: Final = str.maketrans("013457@$!", "oleastasi")


class LongEnough(usual.MinimumLengthValidator):
    def __init__(self) -> None:
        super().__init__(min_length=SHORTEST)

    def get_error_message(self) -> str:
        return ngettext(
            "This is too short. Take at least %(count)s character: a short sentence is easy to remember.",
            "This is too short. Take at least %(count)s characters: a short sentence is easy to remember.",
            self.min_length,
        ) % {"count": digits_of_reader(self.min_length)}


class NotGuessedFirst(usual.CommonPasswordValidator):
    """None of the passwords that guessers try first; a short one is told that it is short, and nothing more."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) >= SHORTEST:
            super().validate(password, user)

    def get_error_message(self) -> str:
        return _("Very many people use this one, so it is guessed first. Take a short sentence of your own.")


class NotOfThisHouse:
    """None that is made of the names of desk, organisation and trade, whatever digits and marks stand around them.

    :param organisation: a name that the desk does not know yet
    """

    def __init__(self, organisation: str = "") -> None:
        self.organisation = organisation

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a password in which little is left once those words are taken out.

        :raises ValidationError: if fewer than five letters are its own
        """
        del user
        if len(password) < SHORTEST or _is_guessed_first(password):  # each password is told one trouble
            return
        for read in (_folded(password), _folded(password.translate(_LIKE))):
            left = read
            for word in sorted(self._words(), key=len, reverse=True):
                left = left.replace(word, " ")
            if left != read and sum(letter.isalpha() for letter in left) < LEFT:
                raise ValidationError(self.get_error_message(), code="password_of_this_house")

    def get_error_message(self) -> str:
        return _(
            "This is made of the names of this desk and organisation, which are tried first."
            " Take a short sentence of your own."
        )

    def get_help_text(self) -> str:
        return self.get_error_message()

    def _words(self) -> set[str]:
        house = f"{self.organisation} {organisation_name()} {urlsplit(settings.ADDRESS).hostname or ''}"
        own = {_folded(word) for word in house.replace(".", " ").replace("-", " ").split()}
        return {word for word in own if len(word) > 2} | {_folded(word) for word in WORDS_OF_THE_TRADE}


def _is_guessed_first(password: str) -> bool:
    return any(
        password.casefold().strip() in each.passwords
        for each in usual.get_default_password_validators()
        if isinstance(each, NotGuessedFirst)
    )


def _folded(words: str) -> str:
    """Letters without their marks and their size: 'ŞİKÂYET' and 'sikayet' are one."""
    plain = "".join(letter for letter in normalize("NFKD", words.casefold()) if letter.isalnum() or letter.isspace())
    return plain.replace("ı", "i")


class NotOnesOwnName(usual.UserAttributeSimilarityValidator):
    def __init__(self) -> None:
        super().__init__(user_attributes=OWN_WORDS)

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) >= SHORTEST:
            super().validate(password, user)

    def get_error_message(self) -> str:
        return _("This is too much like your name or address, which others know. Take words that only you know.")
