"""What a password must be, said in our own words: what to do, and not only what is wrong."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import password_validation as usual
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.desk.web.wording import digits_of_reader

SHORTEST = 8
OWN_WORDS = ("name", "email")


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


class NotOnesOwnName(usual.UserAttributeSimilarityValidator):
    def __init__(self) -> None:
        super().__init__(user_attributes=OWN_WORDS)

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) >= SHORTEST:
            super().validate(password, user)

    def get_error_message(self) -> str:
        return _("This is too much like your name or address, which others know. Take words that only you know.")
