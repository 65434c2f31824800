"""Replies written with marks, and files laid into a draft."""

import email
from datetime import timedelta
from email.policy import default

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from amends.desk.channels.models import Outgoing
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import Attachment, Event
from amends.desk.workplace import actions, enclosed, later, queries
from amends.desk.workplace.models import DraftFile

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TYPED = "Dear Ayşe,\n\nwe are **really sorry**.\n\n- look [here](https://a.example/x)"
PLAIN = "Dear Ayşe,\n\nwe are really sorry.\n\n- look here (https://a.example/x)"
DOT = b"\x89PNG\r\n\x1a\n-a-dot"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def complaint(make_complaint, now):
    return make_complaint(at=now - 3 * HOUR)


def reply(complaint, now, **given):
    return actions.reply(complaint=complaint, by=complaint.owner, now=now, **{"text": TYPED, **given})


def parts_of(event):
    message = email.message_from_bytes(bytes(Outgoing.objects.get(event=event).mime), policy=default)
    return {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}


def paste(complaint, now, body=DOT, name="image.png"):
    upload = Upload(name=name, media_type="image/png", body=body)
    return enclosed.add(complaint=complaint, agent=complaint.owner, upload=upload, now=now)


class TestMarks:
    def test_a_letter_has_the_words_and_the_look(self, complaint, now):
        event = reply(complaint, now, with_marks=True)
        parts = parts_of(event)
        assert parts["text/plain"].replace("\r\n", "\n").startswith(PLAIN)
        assert "<strong>really sorry</strong>" in parts["text/html"]
        assert "<li " in parts["text/html"]
        assert (event.content.text, event.content.data["marks"]) == (PLAIN, True)

    def test_who_typed_without_marks_or_before_there_were_any_is_read_as_it_stands(self, complaint, now, client):
        before = reply(complaint, now, text="Take **two**.")
        plain = reply(complaint, now, text="Take two.", with_marks=True)
        assert [one.content.html for one in (before, plain)] == ["", ""]
        assert "marks" not in before.content.data
        assert "marks" not in plain.content.data
        assert "**two**" in parts_of(before)["text/plain"]
        client.force_login(complaint.owner)
        assert "**two**" in client.get(reverse("workplace:complaint", args=[complaint.number])).text
        assert "**two**" in client.get(reverse("portal:follow", args=[complaint.key])).text

    def test_both_sides_see_the_same(self, complaint, now, client):
        html = reply(complaint, now, with_marks=True).content.html
        assert html in client.get(reverse("portal:follow", args=[complaint.key])).text
        client.force_login(complaint.owner)
        assert html in client.get(reverse("workplace:complaint", args=[complaint.number])).text

    def test_the_words_of_customers_are_never_read_as_marks(self, make_complaint, now, client):
        complaint = make_complaint(at=now - HOUR, text="It is **very** late.")
        client.force_login(complaint.owner)
        assert "It is **very** late." in client.get(reverse("workplace:complaint", args=[complaint.number])).text

    def test_the_coach_reads_through_marks_and_points_at_what_was_typed(self, complaint, client):
        client.force_login(complaint.owner)
        address = reverse("coaching:read", args=[complaint.number])
        typed = "I will **send you** the refund on **Friday**."
        marked = client.post(address, {"text": typed}).json()
        plain = client.post(address, {"text": typed.replace("**", "")}).json()
        assert [one["name"] for one in marked["findings"]] == [one["name"] for one in plain["findings"]]
        assert [one["words"] for one in marked["promises"]] == [one["words"] for one in plain["promises"]]
        (promise,) = marked["promises"]
        assert "**Friday" in typed[promise["start"] : promise["end"]]

    def test_the_preview_is_what_the_customer_will_see(self, complaint, client):
        client.force_login(complaint.owner)
        address = reverse("workplace:preview", args=[complaint.number])
        assert "<strong>so</strong>" in client.post(address, {"text": "**so**"}).text
        assert "&lt;b&gt;" in client.post(address, {"text": "<b>so</b>"}).text


class TestFiles:
    def test_a_paste_is_kept_once(self, complaint, now):
        assert paste(complaint, now) == paste(complaint, now)
        paste(complaint, now, body=b"another")
        assert DraftFile.objects.count() == 2

    def test_what_is_pasted_goes_out_with_the_reply_and_is_kept_no_more(
        self, complaint, now, django_capture_on_commit_callbacks
    ):
        row = paste(complaint, now)
        with django_capture_on_commit_callbacks(execute=True):
            event = reply(complaint, now, kept=[row.pk], key="once")
        assert [file.name for file in event.attachments.all()] == ["image.png"]
        assert parts_of(event)["image/png"] == DOT
        assert not DraftFile.objects.exists()
        assert not default_storage.exists(row.file.name)
        assert reply(complaint, now, kept=[row.pk], key="once") == event

    def test_what_is_gone_or_of_somebody_else_stops_the_reply(self, complaint, now, make_agent):
        row = paste(complaint, now)
        with pytest.raises(enclosed.UnableToEnclose):
            actions.reply(complaint=complaint, by=make_agent(), text="Dear.", kept=[row.pk], now=now)
        assert not Event.objects.filter(kind="replied").exists()
        assert not Attachment.objects.exists()

    def test_it_is_laid_in_shown_and_taken_out_by_its_author_alone(self, complaint, client, make_agent):
        client.force_login(complaint.owner)
        files = reverse("workplace:draft-files", args=[complaint.number])
        laid = client.post(files, {"files": SimpleUploadedFile("a.png", DOT, content_type="image/png")})
        row = DraftFile.objects.get()
        assert f'name="kept" value="{row.pk}"' in laid.text
        picture = client.get(reverse("workplace:draft-file", args=[row.pk]))
        assert b"".join(picture.streaming_content) == DOT
        assert picture["Content-Security-Policy"].startswith("sandbox")
        client.force_login(make_agent())
        assert client.get(reverse("workplace:draft-file", args=[row.pk])).status_code == 404
        assert client.post(reverse("workplace:draft-file-off", args=[row.pk])).status_code == 404
        assert "kept" not in client.get(files).text
        client.force_login(complaint.owner)
        assert "kept" not in client.post(reverse("workplace:draft-file-off", args=[row.pk])).text
        assert not DraftFile.objects.exists()

    def test_a_file_that_is_too_large_is_refused(self, complaint, client, settings):
        settings.ATTACHMENT_LIMIT = 3
        client.force_login(complaint.owner)
        files = reverse("workplace:draft-files", args=[complaint.number])
        answer = client.post(files, {"files": SimpleUploadedFile("a.png", DOT, content_type="image/png")})
        assert answer.status_code == 409
        assert "a.png" in answer.text

    def test_a_reply_for_later_takes_its_files_and_its_marks_along(self, complaint, now):
        row = paste(complaint, now)
        given = {"complaint": complaint, "by": complaint.owner, "seen": queries.newest_event(), "now": now}
        waiting = later.keep(text=TYPED, send_at=now + HOUR, kept=[row.pk], with_marks=True, **given)
        assert enclosed.in_draft(complaint=complaint, agent=complaint.owner) == []
        paste(complaint, now)  # the same picture again, for the next draft
        assert later.send_due(now=now + HOUR) == 1
        event = Event.objects.get(kind="replied")
        assert event.attachments.count() == 1
        assert event.content.data["marks"] is True
        assert not waiting.files.exists()
        assert DraftFile.objects.count() == 1

    def test_a_reply_that_is_taken_back_brings_its_files_once(self, complaint, now):
        row = paste(complaint, now)
        given = {"complaint": complaint, "by": complaint.owner, "seen": queries.newest_event(), "now": now}
        waiting = later.keep(text=TYPED, send_at=now + HOUR, kept=[row.pk], **given)
        paste(complaint, now)
        assert later.take_back(later=waiting, by=complaint.owner, now=now)
        assert len(enclosed.in_draft(complaint=complaint, agent=complaint.owner)) == 1
        assert DraftFile.objects.count() == 1
