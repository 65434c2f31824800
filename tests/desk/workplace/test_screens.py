"""What an agent sees and does in the browser, without one."""

import html
import json
import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.channels.models import Arrival
from amends.desk.channels.outbox import warn_owner
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import Attachment, Complaint, Draft, EventKind
from amends.desk.notices.models import Notice
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise
from amends.desk.remedies.models import Remedy
from amends.desk.workplace import actions, letters
from amends.desk.workplace.actions import Undertaken
from amends.intake.mail.looks import Picture

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def complaint(make_complaint, make_agent):
    owner = make_agent(name="Can Demir", language="en", goodwill_limit=100)
    return make_complaint(owner=owner, at=timezone.now() - timedelta(hours=3), heat=2, wish="A new parcel.")


@pytest.fixture
def desk(client, complaint):
    client.force_login(complaint.owner)
    return client


def address(name, *arguments):
    return reverse(f"workplace:{name}", args=arguments)


def page(answer):
    return answer.content.decode()


@pytest.mark.parametrize("name", ["inbox", "list", "counts", "palette", "new"])
def test_strangers_are_sent_to_sign_in(client, complaint, name):
    assert client.get(address(name)).status_code == 302


def test_the_list_says_who_waits_and_how_long(desk, complaint):
    text = page(desk.get(address("inbox")))
    assert "Ayşe Yılmaz" in text
    assert "Waits for us: 3 h" in text
    assert "row-heat-2" in text


@pytest.mark.parametrize("view", ["now", "mine", "team", "hot", "due", "waiting", "third", "all", "no-such"])
def test_every_view_opens(desk, view):
    assert desk.get(address("inbox"), {"view": view}).status_code == 200


@pytest.mark.parametrize(("view", "of"), [("now", "me"), ("mine", "me"), ("team", "team"), ("all", "all")])
def test_a_list_says_whose_complaints_can_change_it(desk, view, of):
    page = desk.get(address("inbox"), {"view": view}).content.decode()
    assert f'<ul id="list" class="list-rows" data-of="{of}"' in page
    assert re.search(r'data-me="\d+" data-team="\d*"', page)


def test_the_list_needs_few_questions(desk, complaint, make_complaint, django_assert_max_num_queries):
    for _ in range(5):
        make_complaint(owner=complaint.owner)
    with django_assert_max_num_queries(12):
        desk.get(address("inbox"))


def test_htmx_gets_the_complaint_alone(desk, complaint):
    whole = page(desk.get(address("complaint", complaint.number)))
    alone = page(desk.get(address("complaint", complaint.number), headers=HTMX))
    assert "<html" in whole
    assert "<html" not in alone
    assert "A new parcel." in alone
    assert "My parcel did not come." in alone


def test_words_of_a_stranger_are_shown_and_not_run(desk, make_complaint, complaint):
    row = make_complaint(
        owner=complaint.owner, subject="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>"
    )
    text = page(desk.get(address("complaint", row.number)))
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


def test_the_open_row_keeps_its_place_when_it_leaves_the_view(desk, complaint, make_complaint):
    other = make_complaint(owner=complaint.owner, at=timezone.now() - timedelta(hours=1))
    actions.reply(complaint=complaint, by=complaint.owner, text="Merhaba.", now=timezone.now())
    asked = {"view": "now", "open": complaint.number, "place": 0}
    text = page(desk.get(address("list"), asked, headers=HTMX))
    assert text.index(f'data-number="{complaint.number}"') < text.index(f'data-number="{other.number}"')
    assert f'data-number="{complaint.number}"' not in page(desk.get(address("list"), {"view": "now"}, headers=HTMX))


def test_a_cursor_that_is_none_is_not_found(desk):
    assert desk.get(address("list"), {"after": "nonsense"}).status_code == 404


def test_an_unknown_complaint_is_not_found(desk):
    for name in ("complaint", "now"):
        assert desk.get(address(name, 999999)).status_code == 404
    assert desk.get(address("sheet", 999999, "call")).status_code == 404


def test_a_reply_through_the_page_enters_its_promises(desk, complaint):
    due = timezone.localtime(timezone.now() + timedelta(days=2), complaint.owner.calendar().zone)
    row = {"words": "I will call", "start": 0, "end": 11, "due_at": f"{due:%Y-%m-%dT%H:%M}", "whole_day": False}
    answer = desk.post(
        address("reply", complaint.number), {"text": "I will call.", "promises": json.dumps([row])}, headers=HTMX
    )
    assert answer.status_code == 204
    assert f"changed-{complaint.number}" in json.loads(answer["HX-Trigger"])
    assert abs(Promise.objects.get().due_at - due) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "broken", ["{", "[1]", '[{"words": "x"}]', '[{"words":"x","start":0,"end":1,"due_at":"soon"}]', "7"]
)
def test_a_broken_promise_field_is_refused_in_words(desk, complaint, broken):
    answer = desk.post(address("reply", complaint.number), {"text": "Hi.", "promises": broken}, headers=HTMX)
    assert answer.status_code == 409
    assert "once more" in page(answer)
    assert not complaint.events.filter(kind=EventKind.REPLIED).exists()


def test_a_plain_browser_comes_back_to_the_complaint(desk, complaint):
    answer = desk.post(address("reply", complaint.number), {"text": ""}, follow=True)
    assert "The reply is empty." in page(answer)


def test_a_draft_is_kept_and_comes_back(desk, complaint):
    assert desk.post(address("draft", complaint.number), {"text": "Sevgili Ayşe"}).status_code == 204
    assert Draft.objects.get().text == "Sevgili Ayşe"
    assert "Sevgili Ayşe</textarea>" in page(desk.get(address("complaint", complaint.number)))


@pytest.mark.parametrize(
    "name", ["put-right", "bring-in", "hand-over", "call", "take-five", "third-party", "content", "close"]
)
def test_every_sheet_opens(desk, complaint, name):
    answer = desk.get(address("sheet", complaint.number, name), headers=HTMX)
    assert answer.status_code == 200
    assert "<dialog" in page(answer)


def test_a_remedy_above_the_limit_is_asked_for_with_its_reason(desk, complaint, make_agent):
    given = {"kind": "refund", "cost": "500", "currency": "TRY", "when": "now"}
    answer = desk.post(address("put-right", complaint.number), given, headers=HTMX)
    assert answer.status_code == 422
    assert "Write in a few words why" in page(answer)
    given["reason"] = "It broke twice."
    answer = desk.post(address("put-right", complaint.number), given, headers=HTMX)
    assert "Nobody else here may say yes" in page(answer)
    make_agent(name="Emma Wright", role="administrator")
    answer = desk.post(address("put-right", complaint.number), given, headers=HTMX)
    assert answer.status_code == 200
    assert "Emma Wright" in page(answer)
    assert "is asked for a yes" in page(answer)
    assert not Remedy.objects.exists()
    del given["reason"]
    assert desk.post(address("put-right", complaint.number), given | {"cost": "90"}, headers=HTMX).status_code == 204
    assert Remedy.objects.get().cost == 90


def test_a_cost_is_read_in_any_digits_and_wants_its_money(desk, complaint):
    given = {"kind": "refund", "cost": "۱۲٫۵", "currency": "", "when": "now"}
    assert "In which money?" in page(desk.post(address("put-right", complaint.number), given, headers=HTMX))
    given["currency"] = "TRY"
    assert desk.post(address("put-right", complaint.number), given, headers=HTMX).status_code == 204
    assert Remedy.objects.get().cost == Decimal("12.5")


def test_what_is_only_decided_is_never_taken_for_done(desk, complaint):
    sheet = page(desk.get(address("put-right", complaint.number), headers=HTMX))
    assert not re.search(r"<input[^>]*name=.when.[^>]*checked", sheet)
    given = {"kind": "replacement", "cost": "0"}
    answer = desk.post(address("put-right", complaint.number), given, headers=HTMX)
    assert answer.status_code == 422
    assert "Say whether it is done already" in page(answer)
    assert not Remedy.objects.exists()


def test_an_open_promise_outlives_the_customers_content(desk, complaint):
    agent = complaint.owner
    later = timezone.now() + timedelta(days=2)
    event = complaints.append(
        complaint=complaint, kind="replied", by="agent", agent=agent, text="By then.", now=timezone.now()
    )
    promise = promises.make(
        complaint=complaint, owner=agent, made_in=event, words="the new chair", due_at=later, whole_day=False,
        now=timezone.now(),
    )  # fmt: skip
    asked = "A promise to them is still open."
    assert asked in page(desk.get(address("sheet", complaint.number, "content"), headers=HTMX))
    answer = desk.post(address("content", complaint.number), headers=HTMX)
    assert "stays on the ledger" in answer.headers["HX-Trigger"]
    promise.refresh_from_db()
    assert promise.state == "open"
    shown = page(desk.get(address("complaint", complaint.number)))
    assert asked in shown
    assert address("withdraw", promise.pk) in shown
    promises.withdraw(promise=promise, by=agent, yes="phone", now=timezone.now())
    assert asked not in page(desk.get(address("complaint", complaint.number)))


def test_the_sheet_for_closing_says_what_is_promised_still_and_what_was_broken(desk, complaint):
    agent, now = complaint.owner, timezone.now()

    def sheet():
        return page(desk.get(address("sheet", complaint.number, "close"), headers=HTMX))

    assert "Nothing is left to do" in sheet()
    assert "promise" not in sheet().lower()
    event = complaints.append(
        complaint=complaint, kind="replied", by="agent", agent=agent, text="Both.", now=now - timedelta(hours=1)
    )
    for words, due in (("the new chair", now + timedelta(days=2)), ("a call from us", now - timedelta(days=300))):
        promises.make(
            complaint=complaint, owner=agent, made_in=event, words=words, due_at=due, whole_day=False,
            now=due - timedelta(days=4),
        )  # fmt: skip
    promises.break_due(now=now)
    owed, broken = sheet().split("A promise to them was broken.")
    assert "A promise to them is still open." in owed
    assert "the new chair" in owed
    assert f"{(now + timedelta(days=2)).astimezone(ZoneInfo(agent.time_zone)):%H:%M}" in owed
    assert "a call from us" in broken
    assert f"{(now - timedelta(days=300)).astimezone(ZoneInfo(agent.time_zone)):%-d %B}" in broken
    assert "the new chair" not in broken
    assert "Nothing is left to do" not in owed + broken


def test_an_expert_comes_in_and_the_owner_stays(desk, complaint, make_agent):
    expert = make_agent(name="Emma Wright")
    given = {"agent": expert.pk, "question": "Is there another one in stock?"}
    assert desk.post(address("bring-in", complaint.number), given, headers=HTMX).status_code == 204
    complaint.refresh_from_db()
    assert complaint.owner.name == "Can Demir"
    assert complaint.companions.get().agent == expert
    desk.force_login(expert)
    shown = page(desk.get(address("complaint", complaint.number)))
    asked = shown[: shown.index("Is there another one in stock?")]
    assert asked[asked.rindex("<details") :].startswith("<details open>")  # nobody has to unfold what they are asked


def test_a_hand_over_needs_its_reason(desk, complaint, make_agent):
    to = make_agent(name="Emma Wright")
    assert desk.post(address("hand-over", complaint.number), {"to": to.pk}, headers=HTMX).status_code == 422
    given = {"to": to.pk, "reason": "She speaks the language."}
    assert desk.post(address("hand-over", complaint.number), given, headers=HTMX).status_code == 204
    complaint.refresh_from_db()
    assert complaint.owner != to
    assert complaint.takeovers.get().asked == to  # it is theirs when they say yes


def test_a_call_with_a_promise_needs_its_time(desk, complaint):
    given = {"minutes": "Spoke.", "promised": "a new parcel"}
    answer = desk.post(address("call", complaint.number), given, headers=HTMX)
    assert answer.status_code == 422
    assert "A promise needs a time." in page(answer)


def test_taking_five_waiting_content_and_closing(desk, complaint):
    form = desk.get(address("take-five", complaint.number), headers=HTMX).context["form"]
    rest = {name: form[name].value() for name in form.fields}
    assert desk.post(address("take-five", complaint.number), rest, headers=HTMX).status_code == 204
    promises.keep(promise=Promise.objects.get(), by=complaint.owner, now=timezone.now())
    waits = {"who": "Kargo", "until": f"{timezone.now() + timedelta(days=2):%Y-%m-%dT%H:%M}", "told": "write"}
    assert desk.post(address("third-party", complaint.number), waits, headers=HTMX).status_code == 204
    promises.keep(promise=Promise.objects.get(state="open"), by=complaint.owner, now=timezone.now())
    assert desk.post(address("content", complaint.number), headers=HTMX).status_code == 204
    assert desk.post(address("close", complaint.number), headers=HTMX).status_code == 204
    complaint.refresh_from_db()
    assert complaint.stage == "closed"


def test_closing_while_somebody_waits_is_refused_in_words(desk, complaint):
    answer = desk.post(address("close", complaint.number), headers=HTMX)
    assert answer.status_code == 422
    assert "waits for an answer" in page(answer)


def test_a_promise_is_kept_moved_and_withdrawn(desk, complaint):
    now = timezone.now()
    three = [Undertaken(words=f"p{n}", start=0, end=2, due_at=now + timedelta(days=n)) for n in (1, 2, 3)]
    actions.reply(complaint=complaint, by=complaint.owner, text="p", undertaken=three, now=now)
    kept, moved, withdrawn = Promise.objects.order_by("due_at")
    assert desk.post(address("keep", kept.pk), headers=HTMX).status_code == 204
    assert desk.post(address("keep", kept.pk), headers=HTMX).status_code == 409
    assert desk.get(address("move", moved.pk), headers=HTMX).status_code == 200
    later = f"{now + timedelta(days=9):%Y-%m-%dT%H:%M}"
    assert desk.post(address("move", moved.pk), {"due_at": later}, headers=HTMX).status_code == 422
    assert desk.post(address("move", moved.pk), {"due_at": later, "yes": "phone"}, headers=HTMX).status_code == 204
    assert desk.post(address("withdraw", withdrawn.pk), {"yes": "mail"}, headers=HTMX).status_code == 204
    assert list(Promise.objects.order_by("pk").values_list("state", "moved")) == [
        ("kept", 0),
        ("open", 1),
        ("withdrawn", 0),
    ]


def test_the_board_lays_out_promises_and_names_the_denominator(desk, complaint):
    now = timezone.now()
    one = Undertaken(words="Yarın ararım", start=0, end=3, due_at=now + timedelta(hours=30))
    actions.reply(complaint=complaint, by=complaint.owner, text="p", undertaken=[one], now=now)
    promises.keep(promise=Promise.objects.get(), by=complaint.owner, now=now - timedelta(minutes=1))
    actions.reply(complaint=complaint, by=complaint.owner, text="p", undertaken=[one], now=now)
    text = page(desk.get(reverse("promises:board")))
    assert "Yarın ararım" in text
    assert "1 of 1 kept" in text
    assert "<html" not in page(desk.get(reverse("promises:board"), headers=HTMX))


@pytest.mark.django_db(transaction=True)
def test_a_complaint_told_on_the_telephone_is_typed_in(desk, complaint):
    given = {
        "channel": "phone",
        "name": "رضا کریمی",
        "language": "fa",
        "phone": "+98 912 000 0000",
        "text": "بسته نرسید.",
    }
    answer = desk.post(address("new"), given)
    row = Complaint.objects.exclude(pk=complaint.pk).get()
    assert answer["Location"] == address("complaint", row.number)
    assert row.owner == complaint.owner


def test_a_typed_in_complaint_needs_a_way_to_answer(desk):
    answer = desk.post(address("new"), {"channel": "phone", "name": "Ali", "language": "tr", "text": "…"})
    assert answer.status_code == 422
    assert "so that we can answer" in page(answer)


def test_the_palette_finds_actions_and_complaints(desk, complaint):
    assert "Take five" in page(desk.get(address("palette"), {"q": "take", "number": complaint.number}))
    assert "Take five" not in page(desk.get(address("palette"), {"q": "take"}))
    assert str(complaint.number) in page(desk.get(address("palette"), {"q": "ayse"}))


def test_a_strangers_file_never_runs_as_our_page(desk, complaint):
    upload = complaints.Upload(name="a.html", media_type="text/html", body=b"<script>alert(1)</script>")
    complaints.customer_writes(complaint=complaint, text="x", channel="mail", now=timezone.now(), attachments=[upload])
    answer = desk.get(address("file", Attachment.objects.get().pk))
    assert answer["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer["Content-Disposition"]
    assert "sandbox" in answer["Content-Security-Policy"]
    answer.close()


def test_counts_are_exact(desk, complaint):
    assert 'id="count-now" hx-swap-oob="true">1<' in page(desk.get(address("counts")))


def test_a_list_drawn_again_keeps_its_length(desk, complaint, make_complaint, monkeypatch):
    monkeypatch.setattr("amends.desk.workplace.queries.PAGE", 2)
    for _ in range(4):
        make_complaint(owner=complaint.owner)
    assert page(desk.get(address("list"), headers=HTMX)).count('class="row ') == 2
    assert page(desk.get(address("list"), {"shown": 4}, headers=HTMX)).count('class="row ') == 4
    assert page(desk.get(address("list"), {"shown": "x"}, headers=HTMX)).count('class="row ') == 2


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ("mail-failed", "A letter could not be sent: the customer does not have it"),
        ("mail-maybe-sent", "The line broke while a letter was sent: the customer may not have it"),
        ("mail-returned", "A letter came back: the customer does not have it"),
    ],
)
def test_a_letter_that_did_not_come_through_is_told_in_the_conversation(desk, complaint, about, words):
    now = timezone.now()
    said = actions.reply(complaint=complaint, by=complaint.owner, text="It is on its way.", now=now)
    warn_owner(outgoing=said.outgoing.get(), about=about, detail="550 <no such box>", now=now)
    text = page(desk.get(address("complaint", complaint.number)))
    assert words in text
    assert f'href="#said-{said.pk}"' in text
    assert f'id="said-{said.pk}"' in text
    assert "550 &lt;no such box&gt;" in text


def test_pictures_of_a_mail_are_seen_and_other_files_are_named(desk, complaint):
    files = [
        Upload(name="box.png", media_type="image/png", body=b"png", content_id="box@mail.example"),
        Upload(name="box.svg", media_type="image/svg+xml", body=b"<svg/>"),
    ]
    complaints.append(
        complaint=complaint, kind="customer-wrote", by="customer", text="", attachments=files, now=timezone.now()
    )
    text = page(desk.get(address("complaint", complaint.number)))
    png, svg = (address("file", Attachment.objects.get(name=name).pk) for name in ("box.png", "box.svg"))
    assert f'<img src="{png}"' in text
    assert f'<img src="{svg}"' not in text
    assert svg in text


def test_the_field_asks_in_the_direction_of_the_page(desk, complaint):
    complaint.owner.language = "fa"
    complaint.owner.save()
    shown = page(desk.get(address("complaint", complaint.number)))
    assert re.search(r"<textarea[^>]*dir=.ltr.[^>]*placeholder=.(&#x2067;|\u2067)", shown)


def test_a_letter_is_shown_as_it_came_and_runs_nothing(desk, complaint, make_complaint):
    event = complaints.customer_writes(
        complaint=complaint, text="Where is it?", channel="mail", now=timezone.now()
    )  # fmt: skip
    raw = b"From: a@b.example\r\nX-Spam: no\r\n\r\n<script>alert(1)</script>"
    Arrival.objects.create(
        channel="mail", identity="x", raw=raw, size=len(raw), received_at=event.at, state="taken-in", event=event
    )
    address = f"/desk/{complaint.number}/raw/{event.pk}/"
    assert address in desk.get(f"/desk/{complaint.number}/").text
    answer = desk.get(address)
    assert answer.content == raw
    assert answer["Content-Type"].startswith("text/plain")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert desk.get(f"/desk/{make_complaint().number}/raw/{event.pk}/").status_code == 404
    assert desk.get(f"/desk/{complaint.number}/raw/{complaint.events.first().pk}/").status_code == 404


class TestTheLetterAsItLooked:
    HTML = b'<p style="color:red">Where?</p><img src="https://spy.example/a.gif" alt="Logo"><script>alert(1)</script>'

    @pytest.fixture
    def letter(self, complaint):
        event = complaints.customer_writes(
            complaint=complaint, text="Where?", html="<p>Where?</p>", channel="mail", now=timezone.now()
        )  # fmt: skip
        raw = b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + self.HTML
        Arrival.objects.create(
            channel="mail", identity="x", raw=raw, size=len(raw), received_at=event.at, state="taken-in", event=event
        )
        return event

    def test_it_stands_in_a_frame_in_which_nothing_runs_or_is_fetched(self, desk, complaint, letter):
        address = f"/desk/{complaint.number}/letter/{letter.pk}/"
        assert f'hx-get="{address}"' in desk.get(f"/desk/{complaint.number}/").text
        shown = desk.get(address).text
        assert f'<iframe sandbox src="{address}inside/"' in shown
        assert "1 picture from elsewhere is not shown." in shown
        inside = desk.get(f"{address}inside/")
        assert inside["X-Frame-Options"] == "SAMEORIGIN"
        policy = inside["Content-Security-Policy"].split("; ")
        assert {"sandbox", "default-src 'none'", "img-src data:"} <= {*policy}
        assert '<p style="color:red">Where?</p>' in inside.text
        assert "spy.example" not in inside.text
        assert "script" not in inside.text

    def test_pictures_come_when_this_reader_asks_on_the_page(self, desk, complaint, letter, monkeypatch, make_agent):
        asked = []

        def bring(addresses):
            asked.extend(addresses)
            return {one: Picture("image/gif", b"GIF89a") for one in addresses}

        monkeypatch.setattr(letters, "looks", partial(letters.looks, bringing=bring))
        address = f"/desk/{complaint.number}/letter/{letter.pk}/"
        shown = desk.post(address).text
        assert "not shown" not in shown
        inside = html.unescape(re.search(r'src="([^"]+)"', shown)[1])
        assert "data:image/gif" in desk.get(inside).text
        assert asked == ["https://spy.example/a.gif"]
        monkeypatch.setattr(letters, "looks", partial(letters.looks, bringing=lambda _addresses: {}))
        assert "1 picture did not come" in desk.get(inside).text
        asked.clear()
        desk.get(f"{address}inside/?pictures=yes")
        desk.force_login(make_agent())  # whoever gets hold of the address
        desk.get(inside)
        assert asked == []

    def test_words_alone_and_other_peoples_letters_are_not_found(self, desk, complaint, letter, make_complaint):
        for what in ("", "inside/"):
            assert desk.get(f"/desk/{make_complaint().number}/letter/{letter.pk}/{what}").status_code == 404
        Arrival.objects.update(raw=b"From: a@b.example\r\n\r\nWhere?")
        assert desk.get(f"/desk/{complaint.number}/letter/{letter.pk}/").status_code == 404
        assert desk.get(f"/desk/{complaint.number}/letter/{letter.pk}/inside/").status_code == 404


@pytest.mark.parametrize(("hour", "shows"), [(11, True), (22, False)])
def test_the_browser_is_told_of_notices_in_working_hours_alone(desk, complaint, monkeypatch, hour, shows):
    at = datetime(2026, 11, 24, hour, tzinfo=ZoneInfo(complaint.owner.time_zone))  # a Tuesday
    event = complaint.events.latest("sequence")
    Notice.objects.update_or_create(
        event=event, agent=complaint.owner, defaults={"complaint": complaint, "kind": "customer-wrote", "at": at}
    )
    monkeypatch.setattr("amends.desk.workplace.lists.timezone.now", lambda: at + timedelta(minutes=1))
    assert ("data-event" in desk.get("/desk/counts/").text) == shows


class TestSendAndThen:
    def send(self, desk, complaint, **more):
        answer = desk.post(address("reply", complaint.number), {"text": "It is on its way.", **more}, headers=HTMX)
        complaint.refresh_from_db()
        return answer

    def test_it_is_closed_or_put_aside_once_the_reply_is_on_its_way(self, desk, complaint, make_complaint):
        assert page(self.send(desk, complaint, then="close")) == "On its way, and closed."
        assert complaint.stage == "closed"
        other = make_complaint(owner=complaint.owner)
        assert "put aside until" in page(self.send(desk, other, then="aside"))
        assert other.snoozed_until is not None
        assert self.send(desk, make_complaint(owner=complaint.owner)).status_code == 204

    def test_the_reply_goes_also_where_it_cannot_be_closed(self, desk, complaint):
        promises = json.dumps([{
            "words": "It is on its way", "start": 0, "end": 16,
            "due_at": (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"), "whole_day": False,
        }])  # fmt: skip
        told = page(self.send(desk, complaint, then="close", promises=promises))
        assert told.startswith("On its way, but not closed.")
        assert complaint.stage == "answered"
