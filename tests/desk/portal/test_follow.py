"""The customer's page: theirs alone, true at every stage, and never with a note in it."""

import json
import re
from base64 import b64decode
from datetime import timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone, translation

from amends.desk.channels import acknowledgement, viruses
from amends.desk.channels import actions as channels
from amends.desk.channels.form.actions import take_in_form
from amends.desk.channels.models import Arrival, Outgoing
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import merging
from amends.desk.complaints.models import By, Complaint, EventKind, Stage
from amends.desk.people.models import Agent
from amends.desk.portal import queries
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise, State
from amends.desk.remedies import actions as remedies

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(make_agent, make_team):
    return make_agent(name="Deniz Kaya", team=make_team(), goodwill_limit=100)


@pytest.fixture
def complaint(make_complaint, make_customer, owner):
    return make_complaint(
        customer=make_customer(name="Ayşe Yılmaz", phone="+905321112233"), owner=owner, text="Vazo kırık geldi."
    )


@pytest.fixture
def page(client, complaint):
    """`page(name, **data)` gets the page, or posts to one of its buttons."""

    def go(name="follow", *args, **data):
        path = reverse(f"portal:{name}", args=[complaint.key, *args])
        return client.get(path) if name == "follow" else client.post(path, data)

    return go


def reply(complaint, now, text="Çok üzgünüm, hemen bakıyorum."):
    return complaints.append(
        complaint=complaint, kind=EventKind.REPLIED, by=By.AGENT, agent=complaint.owner, text=text, now=now
    )


def steps(complaint, now):
    return [step.state for step in queries.page(complaint=complaint, now=now).steps]


class TestTheLink:
    @pytest.mark.parametrize("key", ["x", "abc", "4127", "%00", "Ç" * 70, "../complain"])
    def test_that_is_wrong_says_how_to_get_a_new_one(self, client, complaint, key):
        answer = client.get(f"/c/{key}/")
        assert answer.status_code == 404

    def test_that_is_wrong_offers_the_form(self, client, complaint):
        assert reverse("portal:lost").encode() in client.get("/c/wrong/").content

    def test_is_private(self, page):
        answer = page()
        assert answer["X-Robots-Tag"].startswith("noindex")
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"

    def test_shows_nothing_of_another_complaint(self, client, complaint, make_complaint, make_customer, owner):
        other = make_complaint(customer=make_customer(name="Reza"), owner=owner)
        upload = complaints.Upload(name="a.txt", media_type="text/plain", body=b"secret")
        event = complaints.customer_writes(
            complaint=other, text="", channel="portal", attachments=[upload], now=other.received_at
        )
        pk = event.attachments.get().pk
        assert client.get(reverse("portal:file", args=[other.key, pk])).getvalue() == b"secret"
        assert client.get(reverse("portal:file", args=[complaint.key, pk])).status_code == 404

    def test_is_sent_again_to_the_address_on_record_only(self, client, complaint, now):
        email = complaint.customer.contact_ways.get(kind="email").value
        known = client.post(reverse("portal:lost"), {"email": email.upper()})
        unknown = client.post(reverse("portal:lost"), {"email": "thief@mail.example"})
        assert known.content.count(b"is on the way") == unknown.content.count(b"is on the way") == 1
        assert [mail.recipient.casefold() for mail in Outgoing.objects.all()] == [email]
        assert complaint.key.encode() not in known.content

    def test_is_sent_once_in_ten_minutes(self, client, complaint):
        email = complaint.customer.contact_ways.get(kind="email").value
        for _ in range(3):
            client.post(reverse("portal:lost"), {"email": email})
        assert Outgoing.objects.count() == 1

    def test_of_two_that_became_one_is_sent_once(self, client, complaint, make_complaint, owner, now):
        other = make_complaint(customer=complaint.customer, owner=owner)
        merging.merge(other=other, into=complaint, by=owner, now=now)
        client.post(reverse("portal:lost"), {"email": complaint.customer.contact_ways.get(kind="email").value})
        assert [letter.complaint for letter in Outgoing.objects.all()] == [complaint]

    def test_expires_half_a_year_after_the_end_and_is_opened_again_by_mail(self, client, complaint, now):
        key, long_ago = complaint.key, timezone.now() - queries.OPENS_FOR
        address = reverse("portal:follow", args=[key])
        complaints.say_content(complaint=complaint, by_customer=True, now=now)
        for ended, status in ((long_ago + timedelta(minutes=1), 200), (long_ago - timedelta(minutes=1), 410)):
            Complaint.objects.update(last_event_at=ended, live=False)
            assert client.get(address).status_code == status
        closed = client.post(reverse("portal:write", args=[key]), {"write-text": "Yine kırık geldi."})
        assert closed.status_code == 410
        assert "Yine kırık geldi." in closed.content.decode()  # the words are still there
        assert "Vazo kırık geldi." not in closed.content.decode()
        Complaint.objects.update(live=True)  # what goes on is never closed to its customer
        assert client.get(address).status_code == 200
        Complaint.objects.update(live=False)
        client.post(reverse("portal:lost"), {"email": complaint.customer.contact_ways.get(kind="email").value})
        assert Outgoing.objects.count() == 1
        assert client.get(address).status_code == 200
        complaint.refresh_from_db()
        assert (complaint.stage, complaint.live) == (Stage.RESOLVED, False)  # opening the page opens no complaint


class TestThePage:
    def test_shows_what_is_for_the_customer_and_nothing_else(self, page, complaint, make_agent, now):
        expert = make_agent(name="Uzman Kişi")
        reply(complaint, now + timedelta(hours=1))
        complaints.note(complaint=complaint, by=complaint.owner, text="NOTE-SECRET", now=now)
        complaints.bring_in(complaint=complaint, by=complaint.owner, agent=expert, question="ASK-SECRET", now=now)
        complaints.append(
            complaint=complaint,
            kind=EventKind.CALLED,
            by=By.AGENT,
            agent=complaint.owner,
            text="MINUTES-SECRET",
            now=now,
        )
        complaints.hand_over(complaint=complaint, by=complaint.owner, to=expert, reason="REASON-SECRET", now=now)
        text = page().content.decode()
        assert "SECRET" not in text
        assert "Vazo kırık geldi." in text
        assert "Çok üzgünüm" in text
        assert "Uzman Kişi" in text

    def test_tells_of_a_call_without_the_agents_minutes(self, client, make_complaint, make_customer, owner):
        complaint = make_complaint(
            customer=make_customer(), owner=owner, by=owner, text="MINUTES-SECRET", channel="phone"
        )
        text = client.get(reverse("portal:follow", args=[complaint.key])).content.decode()
        assert "SECRET" not in text.split("<h1")[1].split("</h1>")[1]

    def test_never_hands_out_a_file_of_a_note(self, client, complaint, now):
        upload = complaints.Upload(name="a.txt", media_type="text/plain", body=b"secret")
        event = complaints.append(
            complaint=complaint,
            kind=EventKind.NOTED,
            by=By.AGENT,
            agent=complaint.owner,
            text="x",
            attachments=[upload],
            now=now,
        )
        path = reverse("portal:file", args=[complaint.key, event.attachments.get().pk])
        assert client.get(path).status_code == 404

    def test_walks_its_four_steps(self, complaint, owner, now):
        assert steps(complaint, now) == ["done", "done", "todo", "todo"]
        event = reply(complaint, now)
        assert steps(complaint, now) == ["done", "done", "done", "todo"]
        promise = promises.make(
            complaint=complaint,
            owner=owner,
            made_in=event,
            words="salıya kadar yenisini yollayacağım",
            due_at=now + timedelta(days=1),
            whole_day=True,
            now=now,
        )
        assert steps(complaint, now) == ["done", "done", "now", "todo"]
        promises.keep(promise=promise, by=owner, now=now)
        remedies.put_right(
            complaint=complaint,
            by=owner,
            kind="replacement",
            what="yeni vazo",
            cost=50,
            currency="TRY",
            is_exception=False,
            reason="",
            now=now,
        )
        assert steps(complaint, now) == ["done", "done", "done", "now"]
        complaints.say_content(complaint=complaint, by_customer=True, now=now)
        assert steps(complaint, now) == ["done", "done", "done", "done"]

    def test_owns_up_to_a_broken_promise_until_a_person_spoke(self, complaint, owner, now):
        event = reply(complaint, now)
        promises.make(
            complaint=complaint,
            owner=owner,
            made_in=event,
            words="yarın arayacağım",
            due_at=now + timedelta(hours=5),
            whole_day=False,
            now=now,
        )
        promises.break_due(now=now + timedelta(hours=6))
        assert steps(complaint, now)[2] == "missed"
        reply(complaint, now + timedelta(hours=7))
        assert steps(complaint, now)[2] != "missed"

    def test_a_nearer_word_hides_no_later_promise(self, complaint, owner, now):
        event = reply(complaint, now)
        for hours, words in ((5, "hediyeyi yarın getireceğim"), (1, "birazdan yazacağım")):
            promises.make(
                complaint=complaint,
                owner=owner,
                made_in=event,
                words=words,
                due_at=now + timedelta(hours=hours),
                whole_day=False,
                now=now,
            )
        step = queries.page(complaint=complaint, now=now).steps[2]
        assert [step.words, *(other.words for other in step.more)] == [
            *("Promised: birazdan yazacağım", "Promised: hediyeyi yarın getireceğim"),
        ]
        promises.break_due(now=now + timedelta(hours=2))
        step = queries.page(complaint=complaint, now=now).steps[2]
        assert (step.state, len(step.more)) == ("missed", 1)

    def test_shows_what_would_put_it_right(self, client, make_complaint, owner):
        complaint = make_complaint(owner=owner, wish="Yeni bir vazo, cumartesiye kadar.")
        assert "Yeni bir vazo" in client.get(reverse("portal:follow", args=[complaint.key])).content.decode()

    def test_marks_a_promise_where_it_was_made_once_it_is_kept(self, page, complaint, owner, now):
        event = reply(complaint, now)
        made = {"complaint": complaint, "owner": owner, "made_in": event, "whole_day": False, "now": now}
        promise = promises.make(words="yarın arayacağım", due_at=now + timedelta(days=1), **made)
        promises.make(words="salıya yollarım", due_at=now + timedelta(days=2), **made)
        promises.keep(promise=promise, by=owner, now=now)
        items = queries.page(complaint=complaint, now=now).items
        assert [(item.quote, item.state) for item in items if item.line == "Promised"] == [
            ("yarın arayacağım", "kept"),
            ("salıya yollarım", ""),
        ]

    def test_marks_a_moved_promise_where_it_was_moved(self, complaint, owner, now):
        promise = promises.make(
            complaint=complaint,
            owner=owner,
            made_in=reply(complaint, now),
            words="yarın arayacağım",
            due_at=now + timedelta(days=1),
            whole_day=False,
            now=now,
        )
        promises.move(promise=promise, by=owner, due_at=now + timedelta(days=2), yes="phone", now=now)
        promises.keep(promise=promise, by=owner, now=now)
        items = queries.page(complaint=complaint, now=now).items
        assert [item.state for item in items if item.quote] == ["", "kept", ""]

    def test_says_when_nobody_is_at_work(self, complaint, now):
        assert queries.page(complaint=complaint, now=now).back_at is None
        night = now.replace(hour=22)
        assert queries.page(complaint=complaint, now=night).back_at > night

    def test_costs_the_same_number_of_queries_however_long_the_story(
        self, complaint, now, django_assert_max_num_queries
    ):
        for number in range(20):
            complaints.customer_writes(complaint=complaint, text=f"{number}", channel="portal", now=now)
            reply(complaint, now)
        with django_assert_max_num_queries(12):
            queries.page(complaint=queries.find(key=complaint.key), now=now)

    @pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
    def test_speaks_the_complaints_language_until_the_customer_chooses(self, client, complaint, language):
        complaint.language = language
        complaint.save()
        path = reverse("portal:follow", args=[complaint.key])
        text = client.get(path, headers={"Accept-Language": "de"}).content.decode()
        assert f'<html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"' in text
        assert not re.search(r"%\(\w+\)s|\{\w+\}|\{\{|\{%", text)
        client.cookies["django_language"] = "mn"
        assert '<html lang="mn"' in client.get(path).content.decode()

    def test_speaks_the_customers_language_to_an_agent_too(self, client, complaint, make_agent):
        client.force_login(make_agent(language="fa"))
        assert '<html lang="tr"' in client.get(reverse("portal:follow", args=[complaint.key])).content.decode()


def words_of(response):
    """A page with whose hour it is in one with the hour: on the page the brackets go onto the next line as a whole."""
    return re.sub(r'<span class="inline-block">(\([^<]*\))</span>', r"\1", response.content.decode())


class TestTheHours:
    """One page, one clock: the customer's own where it is known, else ours, and it is always said whose it is."""

    @pytest.fixture
    def promise(self, complaint, owner):
        now = timezone.now()
        return promises.make(
            complaint=complaint,
            owner=owner,
            made_in=reply(complaint, now),
            words="yarın saat 14:00'e kadar arayacağım",
            due_at=(now + timedelta(days=1)).replace(hour=11, minute=0),
            whole_day=False,
            now=now,
        )

    def test_are_the_owners_and_say_whose_where_nobody_knows_the_reader(self, page, promise):
        text = words_of(page())
        assert re.search(r"14:00 \(İstanbul [a-z]+\)</time>", text)
        assert "Bu sayfadaki bütün saatler: İstanbul saatiyle." in text

    def test_are_the_readers_once_the_browser_has_said_it_and_name_the_hour_that_the_words_give(
        self, client, page, promise
    ):
        client.cookies["zone"] = "Asia%2FUlaanbaatar"
        text = words_of(page())
        assert text.count("19:00 (14:00 İstanbul saatiyle)</time>") == 2  # at the step and where it was promised
        assert "Bu sayfadaki bütün saatler: Ulan Batur saatiyle." in text

    def test_need_no_second_hour_where_both_clocks_show_the_same(self, client, page, promise):
        client.cookies["zone"] = "Europe%2FIstanbul"
        assert "14:00</time>" in words_of(page())

    def test_name_the_day_too_where_the_words_meant_another(self, client, page, complaint, owner):
        now = timezone.now()
        due = (now + timedelta(days=2)).replace(hour=20, minute=0)  # 23:00 in Istanbul, the next day further east
        promises.make(
            complaint=complaint, owner=owner, made_in=reply(complaint, now), words="gece", due_at=due, whole_day=False,
            now=now,
        )  # fmt: skip
        client.cookies["zone"] = "Asia%2FUlaanbaatar"
        assert re.search(r"04:00 \(\w+ 23:00 İstanbul saatiyle\)</time>", words_of(page()))

    def test_are_the_owners_when_the_browser_talks_nonsense(self, client, page, promise):
        client.cookies["zone"] = "Middle/Earth"
        assert "14:00 (İstanbul" in words_of(page())

    def test_leave_a_promised_day_where_it_was(self, complaint, owner, now):
        promises.make(
            complaint=complaint,
            owner=owner,
            made_in=reply(complaint, now),
            words="yarın",
            due_at=(now + timedelta(days=1)).replace(hour=20, minute=59),  # the end of that day in Istanbul
            whole_day=True,
            now=now,
        )
        far = ZoneInfo("Asia/Ulaanbaatar")
        step = queries.page(complaint=complaint, now=now, reader=far).steps[2]
        assert step.at.astimezone(far).date() == (now + timedelta(days=1)).date()
        assert step.meant_in is None


class TestTheReceiptAndThePage:
    """What the letter says and what the page says agree, whoever opens it where."""

    @pytest.fixture
    def take_in(self, owner):
        def take_in(**fields):
            now = timezone.now()
            data = {"name": "Ayşe", "email": "ayse@mail.example", "text": "Kırık.", "language": "tr", **fields}
            return take_in_form(data={"token": "one", **data}, files=[], now=now)

        return take_in

    def hour(self, complaint):
        """The hour that the receipt says, and whose it is."""
        words = complaint.promises.get().words
        return re.search(r"(\d\d:\d\d) \((.+?)\)", words).groups()

    def test_the_letter_goes_by_the_customers_clock_where_the_browser_said_it(self, take_in):
        complaint = take_in(zone="Europe/London")
        hour, whose = self.hour(complaint)
        assert whose == "Londra saatiyle"
        due = complaint.promises.get().due_at
        assert f"{due.astimezone(ZoneInfo('Europe/London')):%H:%M}" == hour
        letter = message_from_bytes(bytes(Outgoing.objects.get().mime), policy=policy.default)
        assert f"{hour} (Londra saatiyle)" in letter.get_body(("plain",)).get_content()

    @pytest.mark.parametrize("elsewhere", ["", "Asia/Ulaanbaatar", "Europe/London"])
    def test_the_page_says_the_same_hour_wherever_it_is_opened(self, client, take_in, elsewhere):
        complaint = take_in(zone="Europe/London")
        if elsewhere:
            client.cookies["zone"] = elsewhere
        text = words_of(client.get(reverse("portal:follow", args=[complaint.key])))
        hour, whose = self.hour(complaint)
        assert f"{hour}</time>" in text
        assert f"Bu sayfadaki bütün saatler: {whose}." in text

    def test_without_it_both_go_by_the_owners_clock_and_say_so(self, client, take_in):
        complaint = take_in(zone="Mars/Base")
        hour, whose = self.hour(complaint)
        assert whose == "İstanbul saatiyle"
        assert f"{hour} ({whose})</time>" in words_of(client.get(reverse("portal:follow", args=[complaint.key])))

    def test_a_hand_over_to_another_zone_changes_no_hour(self, client, take_in, make_agent):
        complaint = take_in()
        before = self.hour(complaint)
        far = make_agent(name="Б. Номин", time_zone="Asia/Ulaanbaatar")
        complaints.hand_over(complaint=complaint, by=complaint.owner, to=far, reason="dil", now=timezone.now())
        text = words_of(client.get(reverse("portal:follow", args=[complaint.key])))
        assert "{} ({})</time>".format(*before) in text

    def test_who_wrote_by_mail_reads_both_hours_in_their_own_browser(self, client, take_in):
        complaint = take_in()
        client.cookies["zone"] = "Asia/Ulaanbaatar"
        text = words_of(client.get(reverse("portal:follow", args=[complaint.key])))
        assert re.search(r"\d\d:[03]0 \({} {}\)</time>".format(*self.hour(complaint)), text)


class TestWriting:
    def test_twice_in_a_row_is_one_message(self, page, complaint):
        for _ in range(2):
            page("write", **{"write-text": "Kutunun fotoğrafı ekte."})
        assert complaint.events.filter(kind=EventKind.CUSTOMER_WROTE).count() == 2  # the first is the complaint

    def test_reaches_the_owner_and_stands_on_the_page(self, page, complaint, client):
        Agent.objects.filter(pk=complaint.owner_id).update(name="Б. Номин", latin_name="B. Nomin")
        page("write", **{"write-text": "Kutunun fotoğrafı ekte."})
        shown = page().content.decode()
        assert "Kutunun fotoğrafı ekte." in shown
        assert ("B. Nomin" in shown, "Б. Номин" in shown) == (True, False)  # in letters that its reader reads
        complaint.refresh_from_db()
        assert complaint.turn == "ours"

    def test_brings_files_without_words(self, page, complaint):
        page("write", **{"write-files": SimpleUploadedFile("kutu.png", b"png", "image/png")})
        assert b"kutu.png" in page().content

    def test_is_kept_raw_as_it_came(self, page, complaint):
        page("write", **{"write-text": "Ekte.", "write-files": SimpleUploadedFile("kutu.png", b"png", "image/png")})
        arrival = Arrival.objects.get(channel="portal")
        kept = json.loads(bytes(arrival.raw))
        assert (kept["text"], b64decode(kept["files"][0]["content"])) == ("Ekte.", b"png")
        assert (arrival.state, arrival.event.complaint) == ("taken-in", complaint)

    def test_one_form_sent_twice_brings_its_files_once(self, page, complaint):
        once = {"once": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "write-text": "Ekte."}
        for body in (b"png", b"png", b"other"):  # the third was changed since, and counts
            page("write", **once, **{"write-files": SimpleUploadedFile("kutu.png", body, "image/png")})
        assert complaint.events.filter(kind=EventKind.CUSTOMER_WROTE).count() == 3  # the first is the complaint

    def test_a_form_has_a_name_of_its_own(self, page):
        assert len({re.search(r'name="once" value="([^"]+)"', page().content.decode())[1] for _ in range(2)}) == 2

    def test_what_the_virus_scanner_finds_is_parked_and_the_customer_told(self, page, complaint, settings, monkeypatch):
        settings.CLAMAV = "somewhere"
        monkeypatch.setattr(viruses, "scan", scanner)
        page("write", **{"write-files": SimpleUploadedFile("kutu.png", b"bad", "image/png")})
        answer = page()
        assert KEPT in answer.content.decode()
        assert b"kutu.png" not in answer.content
        arrival = Arrival.objects.get(channel="portal")
        assert (arrival.state, arrival.problem) == ("parked", "virus: Test.Signature-1")
        channels.retry(arrival=arrival, now=timezone.now(), anyway=True)
        assert b"kutu.png" in page().content

    def test_a_busy_database_loses_nothing(self, page, complaint, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setattr(channels, "take_in_page", _busy)
            page("write", **{"write-text": "Kutunun fotoğrafı ekte."})
        assert KEPT in page().content.decode()
        assert channels.retry_waiting(now=timezone.now()) == 1
        assert "Kutunun fotoğrafı ekte." in page().content.decode()

    def test_what_was_cut_off_is_parked(self, complaint, now):
        for raw in (b'{"page": 1, "te', b'{"page": 0, "text": "x", "files": []}', b"[]"):
            arrival = channels.keep_raw(channel="portal", identity=f"page 0 {raw}", raw=raw, now=now)
            assert channels.take_in(arrival=arrival, now=now) is None
            arrival.refresh_from_db()
            assert arrival.problem.startswith("cut")

    def test_erasing_empties_what_waits_unread(self, page, complaint, settings, monkeypatch, make_agent):
        settings.CLAMAV = "somewhere"
        monkeypatch.setattr(viruses, "scan", scanner)
        page("write", **{"write-files": SimpleUploadedFile("kutu.png", b"bad", "image/png")})
        complaints.erase(customer=complaint.customer, by=make_agent(role="administrator"), now=timezone.now())
        assert bytes(Arrival.objects.get(channel="portal").raw) == b""

    def test_opens_again_what_had_ended(self, page, complaint, now):
        complaints.say_content(complaint=complaint, by_customer=True, now=now)
        page("write", **{"write-text": "Yine kırık çıktı."})
        complaint.refresh_from_db()
        assert complaint.stage != Stage.RESOLVED

    def test_nothing_says_so(self, page):
        answer = page("write")
        assert answer.status_code == 422
        assert "text" in answer.context["write_form"].errors


with translation.override("tr"):
    KEPT = translation.gettext("We have kept what you wrote, and a person will look at it.")


def scanner(content: bytes, *, where: str) -> str:
    assert where == "somewhere"
    return "Test.Signature-1" if b"bad" in content else ""


def _busy(**_: object) -> None:
    raise OperationalError("database is locked")


class TestReachingSomebody:
    @pytest.mark.parametrize(
        ("what", "kind"), [("person", EventKind.ASKED_FOR_PERSON), ("manager", EventKind.ASKED_FOR_MANAGER)]
    )
    def test_is_one_press_away_and_counted_once(self, page, complaint, what, kind):
        page("ask", what)
        page("ask", what)
        assert complaint.events.filter(kind=kind).count() == 1
        assert [asked.what for asked in page().context["page"].asked] == [what]

    def test_names_who_was_told(self, page, complaint, owner, make_agent):
        lead = make_agent(name="Selin Lider", role="lead")
        owner.team.lead = lead
        owner.team.save()
        page("ask", "manager")
        assert page().context["page"].asked[0].told == "Selin Lider"

    def test_may_be_asked_for_again_after_somebody_came(self, page, complaint, now):
        page("ask", "person")
        reply(complaint, now + timedelta(days=400))
        assert page().context["page"].asked == ()
        page("ask", "person")
        assert complaint.events.filter(kind=EventKind.ASKED_FOR_PERSON).count() == 2

    def test_a_call_needs_a_number_and_takes_any_digits(self, page, complaint):
        assert page("ask", "call", **{"call-phone": "x"}).status_code == 422
        page("ask", "call", **{"call-phone": "۰۹۱۲۳۴۵۶۷۸۹"})
        assert complaint.events.get(kind=EventKind.ASKED_FOR_CALL).content.data["phone"] == "09123456789"

    def test_knows_the_number_that_they_gave_here_and_none_that_is_on_record(self, page):
        assert b"+905321112233" not in page().content
        page("ask", "call", **{"call-phone": "0555 444 33 22"})
        assert page().context["page"].phone == "0555 444 33 22"

    def test_has_no_other_wishes(self, page):
        assert page("ask", "money").status_code == 404

    @pytest.mark.parametrize("name", ["write", "content", "not-content", "rate"])
    def test_needs_a_button_and_not_a_link(self, client, complaint, name):
        client.get(reverse(f"portal:{name}", args=[complaint.key]))
        assert complaint.events.count() == 3


class TestSayingContent:
    def test_resolves_and_asks_two_questions(self, page, complaint):
        page("content")
        page("content")
        complaint.refresh_from_db()
        assert complaint.stage == Stage.RESOLVED
        assert complaint.events.filter(kind=EventKind.CONTENT).count() == 1
        assert page().context["page"].may_rate

    def test_lets_the_desk_off_the_word_it_promised_and_nothing_else(self, page, complaint, owner, now):
        acknowledgement.acknowledge(complaint=complaint, recipient="ayse@mail.example", subject="Vazo", now=now)
        answered = reply(complaint, now)
        given = {"words": "Yarın arayacağım", "due_at": now + timedelta(days=1), "whole_day": True}
        promises.make(complaint=complaint, owner=owner, made_in=answered, now=now, **given)
        page("content")
        states = Promise.objects.filter(complaint=complaint).values_list("made_in__kind", "state")
        assert sorted(states) == [(EventKind.ACKNOWLEDGED, State.WITHDRAWN), (EventKind.REPLIED, State.OPEN)]
        complaint.refresh_from_db()
        assert complaint.stage == Stage.RESOLVED
        page()

    def test_keeps_the_two_answers_once(self, page, complaint):
        page("content")
        assert page("rate", outcome="5").status_code == 422
        page("rate", outcome="5", handling="2")
        assert complaint.events.get(kind=EventKind.RATED).content.data == {"outcome": 5, "handling": 2}
        assert not page().context["page"].may_rate

    @pytest.mark.parametrize("mark", ["0", "6", "x", ""])
    def test_refuses_another_mark(self, page, mark):
        page("content")
        assert page("rate", outcome=mark, handling="3").status_code == 422

    def test_is_never_asked_of_who_is_not(self, page, complaint):
        page("not-content", **{"missing-text": "Vazo hâlâ yok."})
        complaint.refresh_from_db()
        assert complaint.stage != Stage.RESOLVED
        shown = page().context["page"]
        assert not shown.may_rate
        assert "Vazo hâlâ yok." in page().content.decode()
