"""A person is erased, and nothing of them is left: not in a table, a column, a file, the search index, or the lake.

They came by mail, chat, form, telephone and a program, with files; each table is read as the database holds it, without
asking what it is for, so that a table that comes later is looked into as well.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django_tasks_db.models import DBTaskResult

from amends.desk.academy.models import OwnDrill, OwnVersion
from amends.desk.api import actions as api
from amends.desk.api.scopes import Scope
from amends.desk.calm.models import Takeover
from amends.desk.channels import actions as channels
from amends.desk.channels import archiving
from amends.desk.channels.chat import actions as chats
from amends.desk.channels.form.actions import take_in_form
from amends.desk.channels.mail.identity import identity_of
from amends.desk.channels.models import Arrival
from amends.desk.channels.phone.actions import type_in
from amends.desk.complaints import actions, fields
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.handing_out import hand_out
from amends.desk.complaints.models import Archive, Complaint, Field
from amends.desk.complaints.one_person import join
from amends.desk.complaints.tasks import let_index_go
from amends.desk.customers.models import Customer, Purchase
from amends.desk.improvements.models import Cause
from amends.desk.people.models import Agent, Role
from amends.desk.promises import actions as promises
from amends.desk.remedies import actions as remedies
from amends.desk.third_parties import actions as third_parties
from amends.desk.upkeep.lake import pour
from amends.desk.workplace import actions as work
from amends.desk.workplace import enclosed, later

NAME = "Zübeyde Karaçalı"
MAIL = "zubeyde.karacali@mail.example"
PHONE = "+905301234567"
WORDS = "Fıstıkçı Yokuşu"  # where they live: a word that nobody else writes
BODY = f"{NAME}, {WORDS} 7; {PHONE}, {MAIL}. Kargom gelmedi.".encode()
PARTS = ("zübeyde", "zubeyde", "karaçalı", "karacali", "fıstıkçı", "fistikci", "yokuşu", "5301234567")


def forms() -> list[bytes]:
    """Every way in which a part of them may be written down."""
    found: set[bytes] = set()
    for part in PARTS:
        for word in (part, part.title(), part.upper()):
            raw = word.encode()
            found |= {raw, word.encode("utf-16-le"), raw.hex().encode(), json.dumps(word)[1:-1].encode()}
            found |= {base64.b64encode(b"x" * shift + raw)[4 * bool(shift) :].rstrip(b"=")[:-1] for shift in range(3)}
            found.add(re.sub(rb"[\x80-\xff]", lambda one: b"=%02X" % one[0][0], raw))
    return sorted(one for one in found if len(one) > 4)


def written_down() -> Iterator[tuple[str, bytes]]:
    """Yield every value of every table, as bytes, with where it stands."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    if isinstance(value, bytes | memoryview):
                        yield f"{table}.{name}", bytes(value)
                    elif isinstance(value, dict | list):
                        yield f"{table}.{name}", json.dumps(value, ensure_ascii=False).encode()
                    elif isinstance(value, str):
                        yield f"{table}.{name}", value.encode()


def found_in(told: Iterator[tuple[str, bytes]]) -> set[str]:
    """Say where something of the person stands."""
    sought = forms()
    found = set()
    for place, value in told:
        closed = re.sub(rb"[ ()./\r\n-]", b"", value)
        if any(one in value or one in closed for one in sought):
            found.add(place)
    return found


def kept_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()


def in_the_lake(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*.parquet"):
        for row in pq.read_table(path).to_pylist():  # type: ignore[no-untyped-call]
            yield path.parent.name, json.dumps(row, ensure_ascii=False, default=str).encode()


@pytest.mark.parametrize("is_archived", [False, True])
@pytest.mark.django_db(transaction=True)
def test_of_somebody_who_came_through_every_door(
    *, is_archived: bool, make_agent: Callable[..., Agent], make_team: Callable[..., Any], request: Any, tmp_path: Path
) -> None:
    settings = request.getfixturevalue("settings")
    settings.MAIL_FROM, settings.SMTP = "desk@acme.example", ""
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)  # within office hours
    agent = make_agent(team=make_team(), goodwill_limit=10, role=Role.ADMINISTRATOR)
    customer = lived(agent, now)
    if is_archived:
        archive_all(request.getfixturevalue("monkeypatch"), now)
    lake = tmp_path / "lake"
    pour(folder=lake, zone=ZoneInfo("UTC"), names=True, now=now)
    assert len(found_in(written_down())) > 30
    whole = handed_out(customer, now)
    assert {place.partition("/")[0] for place in found_in(iter(whole.items()))} >= {
        "person.json", "complaints.jsonl", "timeline.jsonl", "about.jsonl", "notes.jsonl", "drafts.jsonl",
        "fields.jsonl", "files", "as-it-came", "later.jsonl", "drafts", "causes.jsonl",
    }  # fmt: skip
    assert not [name for name in whole if any(key.encode() in whole[name] for key in keys())]
    mails = [held for place, held in whole.items() if place.endswith(".eml")]
    assert mails == [bytes(Arrival.objects.get(channel="mail").raw)]
    assert (
        len([place for place in whole if place.startswith("as-it-came/")]) == Arrival.objects.exclude(raw=b"").count()
    )
    assert found_in(kept_files(settings.MEDIA_ROOT))
    assert found_in(in_the_lake(lake))

    actions.erase(customer=customer, by=agent, now=now + timedelta(hours=1))
    if connection.vendor == "sqlite":
        assert DBTaskResult.objects.filter(task_path="amends.desk.complaints.tasks.let_index_go").exists()
    let_index_go.call()
    pour(folder=lake, zone=ZoneInfo("UTC"), names=True, now=now)
    assert found_in(written_down()) == set()
    assert found_in(kept_files(settings.MEDIA_ROOT)) == set()
    assert not Archive.objects.exists()
    assert not list((Path(settings.MEDIA_ROOT) / "archive").rglob("*/*"))
    assert found_in(in_the_lake(lake)) == set()


def keys() -> list[str]:
    return list(Complaint.objects.values_list("key", flat=True))


def archive_all(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Archive all that can be, as if it had ended years ago and every word were long."""
    monkeypatch.setattr(archiving, "LONG", 1)
    monkeypatch.setattr(archiving, "LEAST", 1)
    live = list(Complaint.objects.filter(live=True).values_list("pk", flat=True))
    Complaint.objects.update(live=False)
    done = archiving.archive(ended_before=now + timedelta(days=9), now=now)
    assert done.complaints == Complaint.objects.count()
    assert done.letters
    Complaint.objects.filter(pk__in=live).update(live=True)


def handed_out(customer: Customer, now: datetime) -> dict[str, bytes]:
    with BytesIO() as held:
        hand_out(customer=customer, now=now, into=held)
        with ZipFile(held) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def lived(agent: Agent, now: datetime) -> Customer:
    """Let somebody come through every door, and let people work on it."""
    photo = Upload(name=f"{NAME}.txt", media_type="text/plain", body=BODY)
    mailed(now)
    complaint = Complaint.objects.get()
    customer = complaint.customer
    work.reply(complaint=complaint, by=agent, text=f"Merhaba {NAME}, {WORDS} adresine bakıyorum.", now=now,
               attachments=[photo])  # fmt: skip
    form = {"name": NAME, "email": MAIL, "phone": PHONE, "text": BODY.decode(), "wish": WORDS, "language": "tr",
            "token": "one"}  # fmt: skip
    take_in_form(data=form, files=[SimpleUploadedFile(f"{WORDS}.txt", BODY + b"!")], now=now)
    chat = chats.begin(text=BODY.decode(), once="a", language="tr", name=NAME, email=MAIL, now=now)
    chats.say(chat=chat, text=WORDS, client="b", files=[photo], now=now)
    type_in(by=agent, name=NAME, language="tr", text=BODY.decode(), phone=PHONE, email=MAIL, subject=WORDS, wish=WORDS,
            attachments=[photo], now=now)  # fmt: skip
    by_a_program(agent, now)
    actions.note(complaint=complaint, by=agent, text=WORDS, now=now)
    actions.save_draft(complaint=complaint, agent=agent, text=WORDS, now=now)
    own = fields.keep(field=None, name="Where", names={}, kind=Field.Kind.TEXT)
    fields.fill_in(complaint=complaint, values={own.pk: [WORDS]}, by=agent, now=now)
    for one in Complaint.objects.all():
        work.reply(complaint=one, by=agent, text=f"{NAME}, kargo yolda.", now=now)
        actions.close(complaint=one, by=agent, reason=WORDS, now=now)
    more_work(agent, complaint, now)
    LogEntry.objects.log_actions(agent.pk, [customer], 2, change_message=f"note: {WORDS}", single_object=True)
    return customer


def more_work(agent: Agent, complaint: Complaint, now: datetime) -> None:
    """Let people promise, put right, wait, write for later, and make one of two records."""
    other = Customer.objects.create(name=f"{NAME} 2", language="tr", note=WORDS, created_at=now)
    Purchase.objects.create(customer=other, on=now.date(), reference=f"{NAME} 1")
    complaint.refresh_from_db()
    join(other=other, into=complaint.customer, by=agent, now=now)
    tomorrow = now + timedelta(days=1)
    said = complaint.events.order_by("sequence").first()
    assert said is not None
    promises.make(
        complaint=complaint, owner=agent, made_in=said, words=WORDS, due_at=tomorrow, whole_day=False, now=now
    )
    remedies.put_right(complaint=complaint, by=agent, kind="gift", what=WORDS, cost=Decimal(3), reason=WORDS,
                       is_exception=True, now=now)  # fmt: skip
    third_parties.wait(complaint=complaint, by=agent, who=NAME, until=tomorrow, now=now)
    complaint.refresh_from_db()
    newest = complaint.events.order_by("pk").last()
    assert newest is not None
    later.keep(complaint=complaint, by=agent, text=f"{NAME}, {WORDS}", send_at=tomorrow, seen=newest.pk, now=now)
    enclosed.add(
        complaint=complaint,
        agent=agent,
        upload=Upload(name=f"{NAME}.txt", media_type="text/plain", body=BODY + b"#"),
        now=now,
    )
    actions.save_draft(complaint=complaint, agent=agent, text=f"{WORDS}!", now=now)
    Takeover.objects.create(complaint=complaint, asked_by=agent, asked=agent, reason=WORDS, asked_at=now)
    Cause.objects.update_or_create(complaint=complaint, defaults={"layer": "process", "words": WORDS})
    drill = OwnDrill.objects.create(title=WORDS, complaint=complaint, made_at=now)
    OwnVersion.objects.create(drill=drill, language="tr", situation={"story": WORDS}, script={}, number=1, made_at=now)


def mailed(now: datetime) -> None:
    message = EmailMessage()
    message["From"], message["To"] = f"{NAME} <{MAIL}>", "desk@acme.example"
    message["Subject"], message["Message-ID"] = f"{WORDS}: kargo", "<1@mail.example>"
    message.set_content(BODY.decode(), cte="base64")
    message.add_alternative(f"<p>{BODY.decode()}</p>", subtype="html", cte="quoted-printable")
    message.add_attachment(BODY + b"?", maintype="text", subtype="plain", filename=f"{NAME}.txt")
    raw = message.as_bytes()
    identity = identity_of(raw, mailbox="desk")
    arrival = channels.keep_raw(channel="mail", identity=identity.value, digest=identity.digest, raw=raw, now=now)
    channels.take_in(arrival=arrival, now=now)


def by_a_program(agent: Agent, now: datetime) -> None:
    _token, words = api.make_token(name="Shop", agent=agent, scopes=list(Scope.values), by=agent, now=now)
    told = {"name": NAME, "email": MAIL, "phone": PHONE, "text": BODY.decode(), "subject": WORDS, "language": "tr"}
    heads = {"Authorization": f"Bearer {words}", "Idempotency-Key": "once"}
    answer = Client().post("/api/complaints", json.dumps(told), content_type="application/json", headers=heads)
    assert answer.status_code == 201
    customer = Complaint.objects.latest("pk").customer
    told = {"address": f"{WORDS} 7", "note": NAME}
    heads |= {"Idempotency-Key": "twice"}
    answer = Client().patch(
        f"/api/customers/{customer.pk}", json.dumps(told), content_type="application/json", headers=heads
    )
    assert answer.status_code == 200
