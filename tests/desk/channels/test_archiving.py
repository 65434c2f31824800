"""What ended long ago is archived: everybody reads it as before, and it can be taken back, erased and backed up."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse

from amends.cli import main
from amends.desk.channels import actions, archiving, queries, tasks
from amends.desk.channels.models import Arrival, Outgoing
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import archived, merging, search
from amends.desk.complaints.handing_out import hand_out
from amends.desk.complaints.laying_down import FilesOutOfReachError
from amends.desk.complaints.models import Archive, Complaint, EventContent
from amends.desk.insight.kept import rebuild as make_days
from amends.desk.insight.models import KeptDay
from amends.desk.people.models import Role
from amends.desk.portal import queries as portal
from amends.desk.settings.spans import long_span
from amends.desk.upkeep import everything
from amends.desk.upkeep.lake import pour
from tests.desk.channels.conftest import letter

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
THEN = datetime(2022, 3, 2, 10, tzinfo=UTC)  # within office hours
BEFORE = NOW - timedelta(days=3 * 365)
WORD = "Fıstıkçı"
WORDS = f"Kargom gelmedi, {WORD} sokağında bekliyorum. " * 12
ANSWER = "Paketiniz depoda bulundu, yarın öğleden önce kapınızda olacak. " * 9
HTML = f"<p>{WORDS}</p><p>ok\u200c \U0001f4e6</p>"


@pytest.fixture
def old(arrive, make_agent):
    """A complaint by mail that ended four years ago, with a letter each way, a short note, and a long one."""
    agent = make_agent(name="Deniz Kaya", role=Role.ADMINISTRATOR)
    message = letter(text=WORDS)
    message.add_alternative(HTML, subtype="html")
    complaint = arrive(message, at=THEN).event.complaint
    told = complaints.append(complaint=complaint, kind="replied", by="agent", agent=agent, text=ANSWER, now=THEN)
    actions.send(event=told, complaint=complaint, recipient="ayse@mail.example", subject="", text=ANSWER, now=THEN)
    Outgoing.objects.update(state="sent", sent_at=THEN)
    complaints.note(complaint=complaint, by=agent, text="Kısa.", now=THEN)
    complaints.note(complaint=complaint, by=agent, text=f"\x01archive:{'0' * 16}.0", now=THEN)
    complaints.note(complaint=complaint, by=agent, text="\x01archive=" + ANSWER, now=THEN)
    complaints.close(complaint=complaint, by=agent, reason="Bitti.", now=THEN)
    complaint.refresh_from_db()
    return complaint


def end(complaint: Complaint, *, at: datetime = THEN) -> None:
    owner = complaint.owner
    complaints.append(complaint=complaint, kind="replied", by="agent", agent=owner, text="Bakıyoruz.", now=at)
    complaints.close(complaint=complaint, by=owner, reason="Bitti.", now=at)


def archive(**how: Any) -> archiving.Archived:
    return archiving.archive(**{"ended_before": BEFORE, "now": NOW, **how})


def read() -> list[Any]:
    """All that may be archived, as everybody reads it."""
    return [
        list(EventContent.objects.order_by("pk").values()),
        [bytes(raw) for raw in Arrival.objects.order_by("pk").values_list("raw", flat=True)],
        [bytes(one.mime) for one in Outgoing.objects.order_by("pk")],
        list(Complaint.objects.order_by("pk").values()),
    ]


def stand() -> bytes:
    """The same as the rows hold it."""
    told = io.BytesIO()
    with connection.cursor() as cursor:
        for table, columns, key in (
            ("complaints_eventcontent", "text, html, quoted", "event_id"),
            ("channels_arrival", "raw", "id"),
            ("channels_outgoing", "mime", "id"),
        ):
            cursor.execute(f"SELECT {columns} FROM {table} ORDER BY {key}")
            for row in cursor.fetchall():
                for value in row:
                    told.write(value.encode() if isinstance(value, str) else bytes(value))
    return told.getvalue()


def files() -> list[str]:
    try:
        folders = default_storage.listdir(archived.FOLDER)[0]
    except FileNotFoundError:
        return []
    return [
        f"{archived.FOLDER}/{one}/{name}"
        for one in folders
        for name in default_storage.listdir(f"{archived.FOLDER}/{one}")[1]
    ]


class TestRoundTrip:
    def test_everybody_reads_what_was_there_to_the_last_character(self, old):
        before, size = read(), len(stand())
        done = archive()
        assert done.complaints == 1
        assert done.texts + done.letters < done.held / 3
        assert read() == before
        assert WORD.encode() not in stand()
        assert len(stand()) < size / 4
        assert len(files()) == 1

    def test_a_timeline_rebuilds_to_the_same_columns_and_the_same_words(self, old):
        entry = search.SearchEntry.objects.values().get()
        archive()
        assert complaints.rebuild(complaint=old) == []
        assert search.SearchEntry.objects.values().get() == entry
        assert list(search.matching(Complaint.objects.all(), WORD)) == [old]

    def test_it_is_taken_back_as_it_was(self, old):
        before, size = read(), stand()
        archive()
        assert archiving.take_back(complaint_id=old.pk, now=NOW)
        assert (read(), stand()) == (before, size)
        assert not archiving.take_back(complaint_id=old.pk, now=NOW)

    def test_what_was_taken_back_goes_a_day_later(self, old, django_capture_on_commit_callbacks):
        archive()
        archiving.take_back(complaint_id=old.pk, now=NOW)
        assert archiving.sweep(now=NOW + timedelta(hours=23)) == 0
        assert len(files()) == Archive.objects.count() == 1
        with django_capture_on_commit_callbacks(execute=True):
            assert archiving.sweep(now=NOW + timedelta(hours=25)) == 1
        assert not files()
        assert not Archive.objects.exists()

    def test_words_that_look_like_a_mark_stay_words(self, old):
        """Nobody writes themselves into what is another's."""
        archive()
        number = Archive.objects.get().pk
        other = complaints.note(complaint=old, by=old.owner, text=archived.mark_of(number, 0), now=NOW)
        other = EventContent.objects.get(event=other)
        assert other.text == archived.mark_of(number, 0)
        other.save()
        other.refresh_from_db()
        assert other.text == archived.mark_of(number, 0)
        raw = archived.mark_of(number, 0).encode()
        Arrival.objects.update(raw=raw)
        assert bytes(Arrival.objects.get().raw) == raw
        assert Arrival.objects.filter(raw=raw).exists()

    def test_with_files_out_of_the_way_texts_are_read_all_the_same(self, old):
        before = list(EventContent.objects.order_by("pk").values())
        archive()
        default_storage.delete(files()[0])
        assert list(EventContent.objects.order_by("pk").values()) == before
        with pytest.raises(archived.ArchiveUnreadableError, match="There is no file"):
            queries.raw_of(arrival_id=Arrival.objects.get().pk)

    def test_a_damaged_file_is_not_given_out(self, old):
        archive()
        place = files()[0]
        default_storage.delete(place)
        default_storage.save(place, ContentFile(b"something else"))
        with pytest.raises(archived.ArchiveUnreadableError, match="is not what it was"):
            list(Arrival.objects.all())


class TestWhich:
    def test_nothing_is_archived_before_its_time(self, old):
        assert archive(ended_before=THEN).complaints == 0

    def test_nor_while_it_goes_on(self, old):
        Complaint.objects.update(live=True)
        assert archive().complaints == 0

    def test_nor_where_there_is_little(self, make_complaint):
        complaint = make_complaint(at=THEN)
        end(complaint)
        assert archive().complaints == 0

    def test_a_letter_that_waits_stays_in_its_row(self, old):
        Outgoing.objects.update(state="waiting")
        archive()
        there = archived.as_it_stands(Outgoing._meta.get_field("mime"))
        for one in Outgoing.objects.annotate(there=there):
            assert bytes(one.there) == bytes(one.mime)

    def test_a_part_of_another_waits_for_that_one(self, old, make_complaint):
        into = make_complaint(customer=old.customer, owner=old.owner, at=NOW)
        merging.merge(other=old, into=into, by=old.owner, now=NOW)
        assert archive().complaints == 0

    def test_the_oldest_come_first_and_a_run_goes_on_where_the_last_one_ended(self, old, make_complaint):
        complaint = make_complaint(at=THEN + timedelta(days=1), text=WORDS * 3)
        end(complaint, at=THEN + timedelta(days=2))
        for one in (old, complaint):
            assert archive(at_most=1, goes_on=True).complaints == 1
            assert Archive.objects.latest("upto").complaint == one
        assert archive(goes_on=True).complaints == archive().complaints == 0

    def test_somebody_writes_meanwhile_and_it_stays(self, old, monkeypatch, django_capture_on_commit_callbacks):
        def write(*given: Any) -> Any:
            complaints.append(complaint=old, kind="customer-wrote", by="customer", text="Yine gelmedi.", now=NOW)
            return lay_down(*given)

        lay_down = archiving.lay_down
        monkeypatch.setattr(archiving, "lay_down", write)
        with django_capture_on_commit_callbacks(execute=True):
            assert archive().complaints == 0
        assert not files()
        assert b"archive:0" in stand()  # the note that looks like a mark
        assert WORD.encode() in stand()
        assert not Archive.objects.exists()


STEPS = ("lay_down", "_to_disk", "_put_marks", "_read_again")


class TestKilled:
    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("when", ["before", "after"])
    def test_between_two_steps_nothing_is_lost(self, step, when, old, monkeypatch, django_capture_on_commit_callbacks):
        capture = django_capture_on_commit_callbacks
        before, rows = read(), stand()
        real = getattr(archiving, step)

        def killed(*given: Any) -> None:
            if when == "after":
                real(*given)
            raise KeyboardInterrupt

        monkeypatch.setattr(archiving, step, killed)
        with pytest.raises(KeyboardInterrupt):
            archive()
        assert (read(), stand()) == (before, rows)
        assert not Archive.objects.filter(spent_at=None).exists()
        monkeypatch.setattr(archiving, step, real)
        assert archive().complaints == 1
        assert read() == before
        with capture(execute=True):
            archiving.sweep(now=NOW + timedelta(days=2))  # what the killed run left behind, and nothing else
        assert files() == [Archive.objects.get().place]
        assert read() == before

    def test_while_it_is_taken_back(self, old, monkeypatch):
        archive()
        before, rows, real = read(), stand(), archiving._rows

        def killed(cell: Any) -> Any:
            if cell.model is Outgoing:
                raise KeyboardInterrupt
            return real(cell)

        monkeypatch.setattr(archiving, "_rows", killed)
        with pytest.raises(KeyboardInterrupt):
            archiving.take_back(complaint_id=old.pk, now=NOW)
        assert (read(), stand()) == (before, rows)

    def test_somebody_is_erased_meanwhile(self, old, monkeypatch, django_capture_on_commit_callbacks):
        """And the run is killed then, with the file of their letters just written: it is known, and swept."""
        real = archiving.lay_down

        def killed(*given: Any) -> None:
            complaints.erase(customer=old.customer, by=old.owner, now=NOW)
            real(*given)
            raise KeyboardInterrupt

        monkeypatch.setattr(archiving, "lay_down", killed)
        with pytest.raises(KeyboardInterrupt):
            archive()
        assert len(files()) == 1
        with django_capture_on_commit_callbacks(execute=True):
            assert archiving.sweep(now=NOW + timedelta(hours=23)) == 0
            assert archiving.sweep(now=NOW + timedelta(hours=25)) == 1
        assert not files()
        assert WORD.encode() not in stand()

    def test_a_run_that_took_so_long_that_it_was_swept_empties_nothing(
        self, old, monkeypatch, django_capture_on_commit_callbacks
    ):
        before, real = stand(), archiving.lay_down

        def slow(*given: Any) -> str:
            archiving.sweep(now=NOW + timedelta(days=2))
            return real(*given)

        monkeypatch.setattr(archiving, "lay_down", slow)
        with django_capture_on_commit_callbacks(execute=True):
            assert archive().complaints == 0
        assert (stand(), files()) == (before, [])

    def test_where_files_cannot_be_kept_nothing_is_emptied(self, old, monkeypatch):
        before = stand()

        def full(*_given: Any) -> str:
            raise FilesOutOfReachError("the disk is full")

        monkeypatch.setattr(archiving, "lay_down", full)
        told = CliRunner().invoke(main, ["archive", "--older-than", "30d"])
        assert (told.exit_code, stand()) == (1, before)
        assert "the disk is full" in told.output

    def test_what_does_not_read_as_it_was_is_not_emptied(self, old, monkeypatch):
        before = stand()
        press = archived.press_texts
        monkeypatch.setattr(archived, "press_texts", lambda texts: press(["?"] * len(texts)))
        with pytest.raises(archived.ArchiveUnreadableError, match="would not read as it was"):
            archive()
        assert stand() == before


class TestAfterwards:
    def test_the_customer_writes_again(self, old, arrive):
        archive()
        arrive(letter(text="Yine gelmedi.", message_id="<2@mail.example>", In_Reply_To="<first@mail.example>"), at=NOW)
        old.refresh_from_db()
        assert old.live
        wrote = old.events.filter(kind="customer-wrote").order_by("sequence")
        assert list(wrote.values_list("content__text", flat=True)) == [WORDS.strip(), "Yine gelmedi."]
        assert complaints.rebuild(complaint=old) == []

    def test_what_came_since_is_archived_on_its_own(self, old):
        archive()
        complaints.note(complaint=old, by=old.owner, text=WORDS * 4, now=THEN)
        before = read()
        assert archive().complaints == 1
        assert Archive.objects.count() == 2
        assert read() == before
        archiving.take_back(complaint_id=old.pk, now=NOW)
        assert read() == before
        assert not archived.marked(stand().decode("utf-8", "replace"))

    def test_it_is_merged_and_taken_apart_again(self, old, make_complaint):
        archive()
        into = make_complaint(customer=old.customer, owner=old.owner, at=NOW)
        before = read()[:3]
        told = merging.merge(other=old, into=into, by=old.owner, now=NOW)
        assert into in search.matching(Complaint.objects.all(), WORD)
        into.refresh_from_db()
        assert complaints.rebuild(complaint=into) == []
        merging.take_apart(event=told, by=old.owner, now=NOW + timedelta(minutes=1))
        assert complaints.rebuild(complaint=old) == []
        kept = {row["event_id"]: row for row in read()[0]}
        assert [kept[row["event_id"]] for row in before[0]] == before[0]

    def test_figures_do_not_change(self, old):
        make_days()
        before = list(KeptDay.objects.order_by("pk").values("data"))
        archive()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM insight_touched")
            touched = cursor.fetchone()[0]
        assert touched == 0
        make_days()
        assert list(KeptDay.objects.order_by("pk").values("data")) == before

    def test_pages_show_it(self, old, client):
        archive()
        client.force_login(old.owner)
        page = client.get(reverse("workplace:complaint", args=[old.number])).content.decode()
        assert WORD in page
        seen = portal.page(complaint=old, now=THEN)
        assert WORDS.strip() in [item.text.strip() for item in seen.items]

    def test_the_lake_and_the_whole_export_hold_it(self, old, tmp_path):
        archive()
        pour(folder=tmp_path / "lake", zone=ZoneInfo("UTC"), names=True, now=NOW)
        (path,) = (tmp_path / "lake").rglob("*.parquet")
        assert WORD in json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str)
        everything.write_everything(folder=tmp_path / "all", zone=ZoneInfo("UTC"), now=NOW)
        assert WORD in (tmp_path / "all" / "events.jsonl").read_text(encoding="utf-8")
        raw = bytes(Arrival.objects.get().raw)
        assert raw in [path.read_bytes() for path in (tmp_path / "all" / everything.KEPT).glob("*/*")]

    def test_a_person_is_given_all_of_theirs(self, old):
        archive()
        with io.BytesIO() as held:
            hand_out(customer=old.customer, now=NOW, into=held)
            with zipfile.ZipFile(held) as told:
                assert bytes(Arrival.objects.get().raw) in [told.read(name) for name in told.namelist()]


class TestErasing:
    def test_nothing_is_left_of_the_person(self, old, django_capture_on_commit_callbacks):
        archive()
        with django_capture_on_commit_callbacks(execute=True):
            complaints.erase(customer=old.customer, by=old.owner, now=NOW)
        assert not files()
        assert not Archive.objects.exists()
        assert not re.search(rb"archive:|" + WORD.encode(), stand())
        assert not bytes(Arrival.objects.get().raw)

    def test_also_when_their_file_is_out_of_reach(self, old, django_capture_on_commit_callbacks):
        archive()
        default_storage.delete(files()[0])
        with django_capture_on_commit_callbacks(execute=True):
            complaints.erase(customer=old.customer, by=old.owner, now=NOW)
        assert not re.search(rb"archive:|" + WORD.encode(), stand())

    def test_what_another_complaint_holds_of_them_goes_from_its_archive(
        self, old, make_complaint, django_capture_on_commit_callbacks
    ):
        """One mail came to two mailboxes, and stands with somebody else's complaint too."""
        other = make_complaint(at=THEN, text=ANSWER * 3)
        end(other)
        first = Arrival.objects.get()
        Arrival.objects.create(
            channel="mail", identity="box-2", digest=first.digest, raw=bytes(first.raw), size=first.size,
            received_at=THEN, state="taken-in", event=other.events.earliest("sequence"),
        )  # fmt: skip
        texts = list(other.events.order_by("sequence").values_list("content__text", flat=True))
        assert archive().complaints == 2
        with django_capture_on_commit_callbacks(execute=True):
            complaints.erase(customer=old.customer, by=old.owner, now=NOW)
        assert not files()
        assert not Archive.objects.exists()
        assert {bytes(raw) for raw in Arrival.objects.values_list("raw", flat=True)} == {b""}
        assert list(other.events.order_by("sequence").values_list("content__text", flat=True)) == texts


class TestByItself:
    def test_off_by_default(self, old, settings):
        assert settings.ARCHIVE_AFTER is None
        before = stand()
        assert tasks.archive_what_is_old(now=NOW) == 0
        assert stand() == before

    def test_on_where_the_settings_say_so(self, old, settings):
        settings.ARCHIVE_AFTER = long_span("3y")
        tasks.archive_what_is_old(now=NOW)
        assert Archive.objects.count() == 1

    def test_the_command_says_what_it_did_and_takes_it_back(self, old):
        before = stand()
        told = CliRunner().invoke(main, ["archive", "--older-than", "30d", "--at-most", "5"])
        assert told.output.startswith("Complaints archived: 1. Their rows held 0.0 MB;"), told.output
        told = CliRunner().invoke(main, ["archive", "--back", str(old.number)])
        assert told.output == "Complaints taken back: 1.\n"
        assert stand() == before

    @pytest.mark.parametrize("given", [(), ("--older-than", "3y", "--back"), ("--older-than", "3y", "7")])
    def test_the_command_wants_to_know_which(self, given):
        assert CliRunner().invoke(main, ["archive", *given]).exit_code == 2

    @pytest.mark.parametrize(("told", "days"), [("3y", 1095), ("18m", 540), (" 400d ", 400), ("30d", 30)])
    def test_spans(self, told, days):
        assert long_span(told).days == days

    @pytest.mark.parametrize("told", ["", "3", "y", "29d", "3 y", "-3y", "١y"])
    def test_what_is_no_span(self, told):
        with pytest.raises(ValueError, match=r"span|short"):
            long_span(told)
