"""Choose the language of a page: the reader's own choice, then their browser's."""

from django.middleware.locale import LocaleMiddleware


class ReadersLanguage(LocaleMiddleware):
    """Django's choice by cookie and browser; people/middleware.py lets a signed-in agent's own setting win."""
