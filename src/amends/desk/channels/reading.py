"""What every channel needs to know of a stranger's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from amends.desk.channels.models import ArrivalState
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import Event
from amends.desk.people.models import Language
from amends.engine.languages.recognition import recognise
from amends.intake.mail import File


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of an arrival."""

    state: ArrivalState
    event: Event | None = None
    problem: str = ""
    sender: str = ""
    subject: str = ""


def language_of(text: str, *, prior: str) -> str:
    """The desk's language that a message is written in; the prior where it is none of the desk's."""
    spoken = recognise(text[:5000], prior=prior).split("-")[0]
    return spoken if spoken in Language.values else prior


def uploads(files: Iterable[File]) -> list[Upload]:
    return [
        Upload(name=file.name, media_type=file.media_type, body=file.content, content_id=file.content_id)
        for file in files
    ]
