"""The chat: who is there and how long it takes, every word once, three talks a person, and on by mail or telephone."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import amends.desk.web
from amends.desk.channels import outbox, viruses
from amends.desk.channels.chat import actions, queries, standing
from amends.desk.channels.models import Arrival, ArrivalState, Chat, Outgoing
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.announce import Change
from amends.desk.complaints.models import Attachment, By, Channel, Complaint, EventKind, ReadMark
from amends.desk.customers.models import ContactWay
from amends.desk.people.models import Agent, Presence
from amends.desk.portal import chat as windows
from amends.desk.portal import forms
from amends.desk.workplace.actions import reply
from amends.desk.workplace.live import Wire

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)  # within office hours
SUNDAY = datetime(2026, 3, 1, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deniz(settings):
    settings.MAIL_FROM, settings.SMTP = "desk@acme.example", ""
    return Agent.objects.create_user(email="deniz@desk.example", name="Deniz Kaya", languages=["tr", "en"])


def begin(*, once="a", now=MONDAY, **more):
    return actions.begin(text=more.pop("text", "Kargom gelmedi."), once=once, language="tr", now=now, **more)


def answer(chat, *, by, now, text="Hemen bakıyorum."):
    event = complaints.append(
        complaint=chat.complaint,
        kind=EventKind.REPLIED,
        by=By.AGENT,
        agent=by,
        text=text,
        channel=Channel.MAIL,
        now=now,
    )
    outbox.send(
        event=event, complaint=chat.complaint, recipient="ayse@mail.example", subject="x", text=text, now=now
    )  # fmt: skip
    return event


class TestStanding:
    def test_nobody_is_said_to_be_there_outside_hours_or_away(self, deniz):
        assert standing.standing(language="tr", now=SUNDAY).why == "hours"
        assert standing.standing(language="tr", now=MONDAY).agent == deniz
        Agent.objects.update(presence=Presence.AWAY)
        assert standing.standing(language="tr", now=MONDAY).why == "hours"

    def test_a_person_has_three_talks_and_whoever_closed_their_window_is_none(self, deniz):
        chats = [begin(once=str(one)) for one in range(3)]
        assert standing.standing(language="tr", now=MONDAY).why == "busy"
        with pytest.raises(actions.UnableToChat) as refused:
            begin(once="fourth")
        assert refused.value.code == "nobody"
        actions.end(chat=chats[0], now=MONDAY)
        assert standing.standing(language="tr", now=MONDAY).agent == deniz
        later = MONDAY + standing.ALIVE
        assert standing._talks(now=later) == {}

    def test_somebody_who_speaks_the_language_and_has_fewest_talks_comes_first(self, deniz):
        other = Agent.objects.create_user(email="reza@desk.example", name="Reza", languages=["fa", "tr"])
        assert begin(once="1").complaint.owner == deniz
        assert begin(once="2").complaint.owner == other
        assert standing.standing(language="fa", now=MONDAY).agent == other

    def test_the_waiting_time_is_measured_and_not_told_from_a_few(self, deniz):
        for one in range(4):
            chat = begin(once=str(one), now=MONDAY + timedelta(hours=one % 3, minutes=one))
            answer(chat, by=deniz, now=chat.opened_at + timedelta(minutes=2 + one))
            actions.end(chat=chat, now=MONDAY)
        later = MONDAY + timedelta(hours=5)
        assert standing.waiting(now=later) == (None, 4)
        begin(once="never", now=MONDAY + timedelta(hours=4))  # who never had an answer waits still
        assert standing.waiting(now=later) == (timedelta(minutes=4), 5)


class TestSaying:
    def test_said_again_after_a_broken_line_it_stands_once_and_in_order(self, deniz):
        chat = begin()
        assert begin() == chat  # the window did not hear the answer and begins again
        first = actions.say(chat=chat, text="Üç hafta oldu.", client="c1", now=MONDAY)
        again = actions.say(chat=chat, text="Üç hafta oldu.", client="c1", now=MONDAY + timedelta(seconds=9))
        actions.say(chat=chat, text="Üç hafta oldu.", client="c2", now=MONDAY + timedelta(seconds=10))  # meant twice
        assert first == again
        told = queries.said_after(chat=chat, sequence=0)
        assert [(one.who, one.text, one.client) for one in told] == [
            ("you", "Kargom gelmedi.", "a"), ("you", "Üç hafta oldu.", "c1"), ("you", "Üç hafta oldu.", "c2"),
        ]  # fmt: skip
        assert queries.said_after(chat=chat, sequence=first.sequence)[0].client == "c2"
        complaint = Complaint.objects.get()
        assert (complaint.channel, complaint.owner, complaint.language) == ("chat", deniz, "tr")
        assert complaints.rebuild(complaint=complaint) == []
        assert Arrival.objects.count() == 3  # each kept raw before it was read

    def test_a_window_that_floods_is_slowed_and_loses_nothing(self, deniz):
        chat = begin()
        for one in range(actions.MOST_IN_A_MINUTE):
            actions.say(chat=chat, text=f"m{one}", client=f"c{one}", now=MONDAY)
        with pytest.raises(actions.UnableToChat) as refused:
            actions.say(chat=chat, text="more", client="more", now=MONDAY)
        assert refused.value.code == "too-quick"
        actions.say(chat=chat, text="m0", client="c0", now=MONDAY)  # said before: no matter
        actions.say(chat=chat, text="more", client="more", now=MONDAY + timedelta(minutes=1, seconds=1))
        assert len(queries.said_after(chat=chat, sequence=0)) == actions.MOST_IN_A_MINUTE + 2

    def test_very_many_chats_from_one_place_are_refused(self, deniz):
        for one in range(actions.MOST_CHATS_IN_AN_HOUR):
            actions.end(chat=begin(once=str(one), address="203.0.113.9"), now=MONDAY)
        with pytest.raises(actions.UnableToChat) as refused:
            begin(once="more", address="203.0.113.9")
        assert refused.value.code == "flood"
        assert begin(once="neighbour", address="203.0.113.10")

    @pytest.mark.parametrize("text", ["", " \n ", "x" * (actions.LONGEST + 1)])
    def test_nothing_and_too_much_are_no_message(self, deniz, text):
        chat = begin()
        with pytest.raises(actions.UnableToChat):
            actions.say(chat=chat, text=text, client="c", now=MONDAY)


class TestAnswering:
    def test_what_was_read_in_the_window_goes_by_no_mail_and_the_rest_does(self, deniz):
        chat = begin(email="ayse@mail.example", name="Ayşe")
        first = answer(chat, by=deniz, now=MONDAY)
        assert Outgoing.objects.get().not_before == MONDAY + outbox.READ_IN_CHAT_WITHIN
        actions.hear(chat=chat, read_up_to=first.sequence, now=MONDAY)
        assert not Outgoing.objects.exists()
        chat.refresh_from_db()
        answer(chat, by=deniz, now=MONDAY + timedelta(seconds=20), text="Yarın gelecek.")
        actions.hear(chat=chat, read_up_to=first.sequence, now=MONDAY + timedelta(seconds=30))
        assert Outgoing.objects.get().problem == "held-for-chat"  # not read: it goes
        # A window that is gone holds nothing back.
        late = MONDAY + timedelta(minutes=10)
        third = answer(chat, by=deniz, now=late, text="Geldi mi?")
        assert Outgoing.objects.get(event=third).not_before == late

    def test_the_composer_answers_where_the_customer_is(self, deniz):
        chat = begin(email="ayse@mail.example")
        near = reply(complaint=chat.complaint, by=deniz, text="Hemen bakıyorum.", now=MONDAY)
        far = reply(complaint=chat.complaint, by=deniz, text="Geldi mi?", now=MONDAY + timedelta(minutes=9))
        assert [near.channel, far.channel] == ["chat", "mail"]

    def test_what_was_written_with_marks_is_drawn_and_what_the_customer_wrote_is_not(self, deniz, client):
        chat = begin(text="**Kutu** ezildi.")
        text = "**Bugün** bakıyorum:\n\n- [takip](https://kargo.example/1)\n- <b>iade</b>"
        reply(complaint=chat.complaint, by=deniz, text=text, with_marks=True, now=MONDAY)
        theirs, ours = client.get(f"/chat/{chat.key}/said/").json()["said"]
        assert theirs["html"] == ""
        assert "<strong>Bugün</strong>" in ours["html"]
        assert 'href="https://kargo.example/1"' in ours["html"]
        assert "<b>" not in ours["html"]
        assert "**" not in ours["text"]

    def test_marks_of_reading_and_writing_are_of_their_own_person(self, deniz):
        chat = begin()
        assert queries.read_by_us(chat=chat) == 0
        ReadMark.objects.create(complaint=chat.complaint, agent=deniz, at=MONDAY)
        assert queries.read_by_us(chat=chat) == 3


class TestGoingOn:
    def test_by_mail_with_what_was_said(self, deniz):
        chat = begin(name="Ayşe")
        answer(chat, by=deniz, now=MONDAY)
        Outgoing.objects.all().delete()
        actions.go_on_by_mail(chat=chat, email="Ayse@Mail.example", now=MONDAY)
        letter = Outgoing.objects.get()
        body = bytes(letter.mime)
        assert letter.recipient == "ayse@mail.example"
        chat.refresh_from_db()
        assert chat.ended_at == MONDAY
        sent = chat.complaint.events.get(kind=EventKind.ACKNOWLEDGED).content.text
        assert "Kargom gelmedi." in sent
        assert "Hemen bakıyorum." in sent
        assert b"Auto-Submitted" in body
        with pytest.raises(actions.UnableToChat):  # no window writes to one address after another
            actions.go_on_by_mail(chat=chat, email="other@mail.example", now=MONDAY)

    def test_to_an_address_that_is_known_it_goes_as_if_they_had_given_it_before(self, deniz, make_customer):
        known = make_customer(email="known@mail.example")
        chat = begin()
        actions.go_on_by_mail(chat=chat, email="known@mail.example", now=MONDAY)
        complaint = Complaint.objects.get(pk=chat.complaint_id)
        assert (complaint.customer, Outgoing.objects.get().recipient) == (known, "known@mail.example")
        assert "known@mail.example" in complaint.events.get(kind=EventKind.NOTED).content.text
        assert complaints.rebuild(complaint=complaint) == []

    def test_a_record_that_tells_more_than_this_chat_stays_one_of_its_own(self, deniz, make_customer):
        make_customer(email="known@mail.example")
        chat = begin()
        ContactWay.objects.create(customer=chat.complaint.customer, kind="phone", value="+905321112233")
        with pytest.raises(actions.UnableToChat):
            actions.go_on_by_mail(chat=chat, email="known@mail.example", now=MONDAY)
        assert not Outgoing.objects.exists()

    def test_erasing_ends_the_line(self, deniz):
        chat = begin(name="Ayşe")
        complaints.erase(customer=chat.complaint.customer, by=deniz, now=MONDAY)
        assert queries.find(key=chat.key) is None
        assert not Chat.objects.exists()
        assert not any(bytes(raw) for raw in Arrival.objects.values_list("raw", flat=True))


@pytest.fixture
def post(deniz, monkeypatch):
    """A window on another site: no cookie, no mark of the form."""
    Agent.objects.update(time_zone="UTC")
    monkeypatch.setattr(standing, "is_at_work", lambda **_given: True)
    client = Client(enforce_csrf_checks=True)

    def send(path, **told):
        return client.post(f"/chat/{path}", json.dumps(told), content_type="application/json")

    send.get = client.get
    return send


class TestWindow:
    def test_from_the_first_word_to_the_end(self, post, deniz):
        stand = post.get("/chat/standing/?language=tr").json()
        assert (stand["open"], stand["who"]) == (True, "Deniz Kaya")
        begun = post("begin/?language=tr", text="Kargom gelmedi.", once="o1").json()
        key = begun["key"]
        assert post(f"{key}/say/", text="Üç hafta oldu.", client="c1").json() == {"seq": 4}
        assert post(f"{key}/say/", text="Üç hafta oldu.", client="c1").json() == {"seq": 4}
        told = post.get(f"/chat/{key}/said/?after=3&zone=Europe/Istanbul").json()
        assert [(one["seq"], one["client"]) for one in told["said"]] == [(4, "c1")]
        assert (told["typing"], told["read"], told["ended"]) == (False, 0, False)
        assert post(f"{key}/here/", typing="true", read="4").status_code == 204
        assert Chat.objects.get().read_up_to == 4
        assert post(f"{key}/call/", phone="0532 123 45 67").status_code == 200
        assert Complaint.objects.get().events.filter(kind=EventKind.ASKED_FOR_CALL).exists()
        assert post(f"{key}/end/").status_code == 204
        assert post.get(f"/chat/{key}/said/?after=zero").json()["ended"] is True

    def test_outside_hours_it_takes_a_complaint_and_promises_a_time(self, post, deniz, monkeypatch):
        monkeypatch.setattr(standing, "is_at_work", lambda **_given: False)
        stand = post.get("/chat/standing/?language=en").json()
        assert (stand["open"], stand["who"]) == (False, "")
        assert "by when somebody answers" in stand["says"]
        assert post("begin/?language=en", text="Broken.", once="o1").status_code == 409
        left = post("leave/?language=en", text="The kettle is broken.", once="o1", name="Sam")
        assert "Deniz Kaya will write to you" in left.json()["says"]
        assert post.get(left.json()["page"]).status_code == 200
        assert Complaint.objects.get().promises.count() == 1

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"text": {"a": 1}}', b"x" * 70_000])
    def test_nonsense_is_refused_without_a_word_of_it(self, post, body):
        client = Client(enforce_csrf_checks=True)
        for path in ("begin/", "leave/"):
            answered = client.post(f"/chat/{path}", body, content_type="application/json")
            assert answered.status_code in {200, 422}
        assert client.post("/chat/unknown/say/", body, content_type="application/json").status_code == 404

    def test_only_sites_that_were_named_may_show_it(self, post, settings):
        settings.CHAT_SITES = ["https://shop.example"]
        page = post.get("/chat/?language=fa")
        policy = page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self' https://shop.example" in policy
        assert "script-src 'self'" in policy
        assert "X-Frame-Options" not in page.headers
        assert 'dir="rtl"' in page.content.decode()
        assert "frame-ancestors 'none'" in post.get(reverse("portal:lost")).headers["Content-Security-Policy"]
        assert b"style=" not in page.content
        assert b"<script>" not in page.content

    def test_the_script_stays_at_its_address(self, post):
        answered = post.get("/chat/widget.js")
        assert answered.status_code == 302
        assert "built/widget" in answered.headers["Location"]


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def named(body=PNG, name="çaydanlık.png", kind="image/png"):
    return SimpleUploadedFile(name, body, content_type=kind)


@pytest.fixture
def upload(post):
    """A window that sends files, as browsers do."""

    def send(path, **told):
        return Client(enforce_csrf_checks=True).post(f"/chat/{path}", told)

    return send


def saved(post, at):
    """A file as it is handed out: the answer and all its bytes."""
    answer = post.get(at)
    body = answer.getvalue()
    answer.close()
    return answer, body


class TestFiles:
    def test_a_file_that_goes_up_again_is_taken_in_once_and_seen_on_both_sides(self, upload, post, deniz, client):
        chat = begin()
        first = upload(f"{chat.key}/add/?language=tr", client="f1", file=named())
        again = upload(f"{chat.key}/add/?language=tr", client="f1", file=named())
        assert (first.status_code, first.json()) == (200, again.json())
        upload(f"{chat.key}/add/", client="f2", file=named())  # meant twice
        told = post.get(f"/chat/{chat.key}/said/?after=3&language=tr").json()["said"]
        assert [(one["client"], one["text"], len(one["files"])) for one in told] == [("f1", "", 1), ("f2", "", 1)]
        file = told[0]["files"][0]
        assert (file["name"], file["size"], file["picture"]) == ("çaydanlık.png", "48\u00a0bayt", True)
        served, body = saved(post, file["at"])
        assert body == PNG
        assert served["Content-Type"] == "image/png"
        assert served["Content-Disposition"].startswith("attachment")
        assert served["Content-Security-Policy"].startswith("sandbox")
        raw = Arrival.objects.get(identity=f"chat {chat.pk} f1")  # kept as it came, before it was read
        assert json.loads(bytes(raw.raw))["files"][0]["name"] == "çaydanlık.png"
        client.force_login(deniz)
        assert "çaydanlık.png" in client.get(f"/desk/{chat.complaint.number}/").content.decode()

    def test_what_could_run_is_no_picture_and_only_saved(self, upload, post, deniz):
        chat = begin()
        upload(f"{chat.key}/add/", client="f1", file=named(b"<svg onload=alert(1)>", "x.svg", "image/svg+xml"))
        file = post.get(f"/chat/{chat.key}/said/?after=3").json()["said"][0]["files"][0]
        assert file["picture"] is False
        assert saved(post, file["at"])[0]["Content-Type"] == "application/octet-stream"

    def test_too_large_empty_too_many_and_none_are_refused_in_words(self, upload, deniz, settings):
        settings.ATTACHMENT_LIMIT = 40
        chat = begin()
        large = upload(f"{chat.key}/add/?language=en", client="f1", file=named())
        assert large.status_code == 422
        assert large.json()["says"].startswith("'çaydanlık.png' is larger than 40")
        assert upload(f"{chat.key}/add/", client="f2", file=named(b"")).status_code == 422
        many = [named(b"x", f"{one}.txt", "text/plain") for one in range(forms.MOST_FILES + 1)]
        assert upload(f"{chat.key}/add/", client="f3", file=many).status_code == 422
        assert upload(f"{chat.key}/add/", client="f4").status_code == 422
        assert Arrival.objects.count() == 1

    def test_very_many_bytes_wait_in_the_window_and_words_do_not(self, deniz, settings):
        settings.MAIL_LIMIT = 100
        chat = begin()
        file = Upload(name="x.bin", media_type="", body=b"x" * 90)
        actions.say(chat=chat, text="", client="f1", files=[file], now=MONDAY)
        with pytest.raises(actions.UnableToChat) as refused:
            actions.say(chat=chat, text="", client="f2", files=[file], now=MONDAY)
        assert refused.value.code == "too-quick"  # the window tries again by itself
        actions.say(chat=chat, text="Bir de bu.", client="c1", now=MONDAY)
        actions.say(chat=chat, text="", client="f2", files=[file], now=MONDAY + actions.A_WHILE)
        assert [one.client for one in queries.said_after(chat=chat, sequence=3)] == ["f1", "c1", "f2"]

    def test_a_virus_is_kept_apart_and_goes_with_the_person(self, upload, post, deniz, settings, monkeypatch):
        settings.CLAMAV = "clamd"
        monkeypatch.setattr(viruses, "scan", lambda content, **_given: "Test.Signature-1" if content == PNG else "")
        chat = begin()
        answered = upload(f"{chat.key}/add/?language=en", client="f1", file=named())
        assert (answered.status_code, answered.json()["code"]) == (202, "parked")
        assert post.get(f"/chat/{chat.key}/said/?after=3").json()["said"] == []
        parked = Arrival.objects.get(state=ArrivalState.PARKED)
        assert parked.problem == "virus: Test.Signature-1"
        assert bytes(parked.raw)
        complaints.erase(customer=chat.complaint.customer, by=deniz, now=MONDAY)
        parked.refresh_from_db()
        assert not bytes(parked.raw)

    def test_a_stranger_gets_nothing(self, upload, post, deniz):
        chat, other = begin(once="1"), begin(once="2")
        upload(f"{chat.key}/add/", client="f1", file=named())
        pk = Attachment.objects.get().pk
        assert saved(post, f"/chat/{chat.key}/file/{pk}/")[1] == PNG
        assert post.get(f"/chat/{other.key}/file/{pk}/").status_code == 404
        assert post.get(f"/chat/unknown/file/{pk}/").status_code == 404
        assert upload("unknown/add/", client="f1", file=named()).status_code == 404

    def test_a_file_of_an_answer_is_in_the_window_and_one_of_a_note_is_not(self, post, deniz):
        chat = begin()
        file = Upload(name="iade.pdf", media_type="application/pdf", body=b"%PDF-1.7")
        reply(complaint=chat.complaint, by=deniz, text="Belge burada.", attachments=[file], now=MONDAY)
        told = windows._look(chat.key, 3, "tr", UTC)["said"][-1]
        assert (told["who"], [one["name"] for one in told["files"]]) == ("person", ["iade.pdf"])
        assert saved(post, told["files"][0]["at"])[1] == b"%PDF-1.7"
        hidden = complaints.append(
            complaint=chat.complaint, kind=EventKind.NOTED, by=By.AGENT, agent=deniz, text="x", attachments=[file],
            now=MONDAY,
        )  # fmt: skip
        assert post.get(f"/chat/{chat.key}/file/{hidden.attachments.get().pk}/").status_code == 404

    def test_erasing_takes_files_along(self, upload, deniz):
        chat = begin()
        upload(f"{chat.key}/add/", client="f1", file=named())
        place = Attachment.objects.get().file.name
        complaints.erase(customer=chat.complaint.customer, by=deniz, now=MONDAY)
        assert not Attachment.objects.exists()
        assert not default_storage.exists(place)
        assert not any(bytes(raw) for raw in Arrival.objects.values_list("raw", flat=True))

    def test_they_come_with_what_is_left_outside_hours_and_stand_in_the_letter(self, upload, deniz, monkeypatch):
        monkeypatch.setattr(standing, "is_at_work", lambda **_given: False)
        left = {"text": "The kettle leaks.", "once": "o1", "name": "Sam"}
        for _twice in range(2):
            assert upload("leave/?language=en", **left, file=named()).status_code == 200
        assert Attachment.objects.get().event.complaint == Complaint.objects.get()
        monkeypatch.setattr(standing, "is_at_work", lambda **_given: True)
        chat = begin(name="Ayşe")
        upload(f"{chat.key}/add/", client="f1", file=named())
        actions.go_on_by_mail(chat=chat, email="ayse@mail.example", now=MONDAY)
        letter = chat.complaint.events.get(kind=EventKind.ACKNOWLEDGED).content.text
        assert "[çaydanlık.png]" in letter

    def test_without_scripts_the_window_says_how(self, post):
        page = post.get("/chat/?language=en").content.decode()
        assert "takes pictures and files as well" in page.split("<noscript>")[1]
        assert 'data-limit="26214400"' in page


def test_the_widget_is_small():
    built = Path(amends.desk.web.__file__).parent / "static/built"
    if not (built / "widget.js").exists():
        pytest.skip("the front end is not built")
    packed = sum(len(gzip.compress((built / name).read_bytes())) for name in ("widget.js", "chat.js", "chat.css"))
    assert packed < 40 * 1024


def change(number, owner=7):
    return Change(id=number, complaint_id=number, number=number, owner_id=owner, kind="noted", at=MONDAY)


def test_a_window_hears_of_its_own_chat_only_and_is_there_as_long_as_it_listens(monkeypatch):
    written, looked = [], []
    monkeypatch.setattr(windows, "BREATH", 0.01)
    monkeypatch.setattr(windows, "TOGETHER", 0.0)
    monkeypatch.setattr(actions, "hear_all", lambda **told: written.append(told["heard"]))

    async def apart(look, key, after, language, zone):
        looked.append(after)
        return {"said": [{"seq": after + 1}]} if after < 5 else None

    monkeypatch.setattr(windows, "_apart", apart)

    async def hear():
        line = Wire()

        async def look_out():
            line.began.set()
            await asyncio.sleep(60)

        line._look_out = look_out
        chat = Chat(pk=70, key="k", complaint=Complaint(number=7))
        words = windows._news(chat.key, chat.pk, chat.complaint.number, 3, "tr", UTC, line=line, lasts=30)
        heard = [await anext(words), await anext(words)]
        line._tell([change(8)], 8)
        heard.append(await anext(words))
        await asyncio.sleep(0.02)
        line._tell([change(7), change(8)], 9)
        heard += [await anext(words)]
        line._tell_who_moved({7: frozenset()})
        heard += [word async for word in words]
        assert not line.listeners
        assert not line.windows
        return heard

    begin, first, silence, second, *rest = asyncio.run(hear())
    windows._hands.submit(lambda: None).result()
    assert begin == "retry: 1000\n\n"
    assert first == 'id: 4\nevent: said\ndata: {"said": [{"seq": 4}]}\n\n'
    assert silence == ": here\n\n"
    assert second.startswith("id: 5\nevent: said\n")
    assert rest == ["event: gone\ndata: {}\n\n"]  # erased: the window asks, and hears it
    assert looked == [3, 4, 5]
    assert written == [{70}]


def test_who_answers_sees_that_the_customer_writes_and_has_read(deniz):
    chat = begin()
    complaint = chat.complaint
    assert queries.there(complaint=complaint, now=MONDAY) == queries.There(writes=False, has_read=False)
    before = queries.standings(now=MONDAY)
    assert before == {complaint.number: (False, 0)}
    actions.hear(chat=chat, typing=True, now=MONDAY)
    writes = queries.standings(now=MONDAY)
    assert queries.moved(before, writes) == queries.moved({}, writes) == [complaint.number]
    assert queries.there(complaint=complaint, now=MONDAY).writes
    silent = MONDAY + actions.WRITES_FOR  # they write no more, and are there still
    assert queries.moved(writes, queries.standings(now=silent)) == [complaint.number]
    said = answer(chat, by=deniz, now=silent)
    actions.hear(chat=chat, read_up_to=said.sequence, now=silent)
    assert queries.there(complaint=complaint, now=silent) == queries.There(writes=False, has_read=True)
    assert queries.there(complaint=complaint, now=silent + standing.ALIVE) is None


def test_the_desk_says_so_beside_the_talk(deniz, client, monkeypatch):
    monkeypatch.setattr(standing, "is_at_work", lambda **_given: True)
    begin(name="Ayşe", now=timezone.now())
    client.force_login(deniz)
    number = Complaint.objects.get().number
    assert "Ayşe has the chat open." in client.get(f"/desk/{number}/present/?language=en").content.decode()
    Chat.objects.update(typing_until=timezone.now() + actions.WRITES_FOR)
    assert "Ayşe is writing in the chat." in client.get(f"/desk/{number}/present/").content.decode()


def test_a_line_says_what_the_answer_to_a_question_says(post, deniz):
    chat = begin()
    answer(chat, by=deniz, now=MONDAY)
    asked = post.get(f"/chat/{chat.key}/said/?after=3&language=tr&zone=Europe/Istanbul").json()
    assert windows._look(chat.key, 3, "tr", ZoneInfo("Europe/Istanbul")) == asked
    assert [one["name"] for one in asked["said"]] == ["Deniz Kaya"]
    assert windows._look("unknown", 0, "tr", UTC) is None


def test_windows_that_listen_are_there_and_ended_ones_are_not(deniz):
    first, second = begin(once="1"), begin(once="2")
    actions.end(chat=second, now=MONDAY)
    later = MONDAY + timedelta(minutes=3)
    actions.hear_all(heard=[first.pk, second.pk], now=later)
    assert standing._talks(now=later) == {deniz.pk: 1}
