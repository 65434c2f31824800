"""A saved answer and its words in each language, in blocks."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from amends.desk.people.models import Agent, Language


class Kind(models.TextChoices):
    """What a block of an answer is for."""

    WORDS = "words", pgettext_lazy("a block of an answer", "words")
    GREETING = "greeting", pgettext_lazy("a block of an answer", "greeting")
    HEARD = "heard", pgettext_lazy("a block of an answer", "what we heard")
    OURS = "ours", pgettext_lazy("a block of an answer", "what was ours")
    DONE = "done", pgettext_lazy("a block of an answer", "what is done")
    STEPS = "steps", pgettext_lazy("a block of an answer", "steps")
    PROMISE = "promise", pgettext_lazy("a block of an answer", "promise")
    ASKED = "asked", pgettext_lazy("a block of an answer", "a question")
    CLOSING = "closing", pgettext_lazy("a block of an answer", "closing")


class Answer(models.Model):
    """Words that are good more than once, one's own or everybody's."""

    name = models.CharField(_("name"), max_length=80)
    written_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="saved_answers")
    is_shared = models.BooleanField(_("everybody may use it"), default=False)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("saved answer")
        verbose_name_plural = _("saved answers")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class Wording(models.Model):
    """What it says in one language; what is not written in a language is not offered in it."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="wordings")
    language = models.CharField(_("language"), max_length=2, choices=Language)
    text = models.TextField(_("words"))  # all blocks that are on
    # [{"place": 0, "kind": "greeting", "is_on": true, "text": "…"}]; none where it was written as one.
    blocks: models.JSONField[Any, Any] = models.JSONField(_("blocks"), null=True, blank=True)

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints = [models.UniqueConstraint(fields=["answer", "language"], name="one_wording_a_language")]

    def __str__(self) -> str:
        return f"{self.answer_id} in {self.language}"
