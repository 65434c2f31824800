"""A drill of one's own: from a moment of the desk to something that is offered, and to a file."""

import json
from dataclasses import replace
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from amends.desk.academy import actions, drills, making, own
from amends.desk.academy.forms import filled
from amends.desk.academy.models import OwnDrill, OwnVersion
from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints import actions as complaints
from amends.desk.example.training import training
from amends.desk.improvements import actions as improvements
from amends.desk.promises.models import Promise, State
from amends.engine.drills import play
from amends.engine.drills.checking import roads
from amends.engine.drills.reading import script_of, situation_of
from amends.engine.drills.situation import ENDINGS
from amends.engine.failings import get
from amends.engine.languages.wording import say

pytestmark = pytest.mark.django_db
GOOD = (
    "I am very sorry that you waited. I will send the parcel tomorrow before noon.",
    "I am sorry about the trouble. You will have the parcel on Friday, I will see to it myself.",
)


@pytest.fixture
def moment(make_complaint, make_customer, make_agent, now):
    """A reply with an excuse in it."""
    owner = make_agent(name="Hakan Demirel")
    customer = make_customer(name="Emma Clarke", language="en")
    complaint = make_complaint(
        customer=customer, owner=owner, text="Emma Clarke here. Where is parcel 4711123? You promised it for Monday."
    )
    event = complaints.append(
        complaint=complaint,
        kind="replied",
        by="agent",
        agent=owner,
        text="Dear Ms Clarke, we were very busy this week. Hakan",
        now=now,
    )
    Seen.objects.create(event=event, kind=Kind.FAILING, name="excuse", start=17, end=40, confidence=0.9)
    return event


@pytest.fixture
def plan(moment):
    proposed = own.propose(event=moment, ground="excuse", language="en").plan
    return replace(
        proposed,
        title="Busy week",
        scene="It is Wednesday.",
        opening=proposed.opening.replace("•••", "of mine"),
        bad="Dear customer, we were very busy this week.",
        good=GOOD,
    )


def test_moments_are_found_without_names(moment):
    [row] = own.moments(ground="excuse").rows
    shown = f"{row.asked} {row.answered}"
    assert "busy this week" in shown
    for name in ("Emma", "Clarke", "Hakan", "4711123"):
        assert name not in shown
    assert [one.name for one in own.grounds(language="en")] == ["excuse"]


def test_a_broken_promise_is_a_ground_as_well(moment, now):
    assert [one.name for one in own.grounds(language="en")] == ["excuse"]
    Promise.objects.create(
        complaint=moment.complaint,
        owner=moment.agent,
        made_in=moment,
        words="You have it on Monday.",
        made_at=now,
        due_at=now,
        warn_at=now,
        state=State.BROKEN,
        settled_at=now,
    )
    assert own.grounds(language="en")[0].name == own.BROKEN
    [row] = own.moments(ground=own.BROKEN).rows
    assert row.event == moment.pk
    assert own.propose(event=moment, ground=own.BROKEN, language="en").plan.failing == "broken-promise"


def test_a_proposal_has_nobody_in_it(moment):
    proposal = own.propose(event=moment, ground="excuse", language="en")
    words = proposal.plan.every_word
    for name in ("Emma", "Clarke", "Hakan", "4711123"):
        assert name not in words
    assert proposal.covered >= 4


@pytest.mark.parametrize("layer", ["product", "process", "message", "third-party", "customer"])
def test_no_drill_is_made_where_no_training_cures_the_cause(client, moment, make_agent, now, layer):
    reader = make_agent(role="lead", language="en")
    improvements.confirm(complaint=moment.complaint, layer=layer, theme="", by=reader, now=now)
    found = own.moments(ground="excuse")
    assert (found.rows, found.beyond) == ((), 1)
    with pytest.raises(own.UnableToMake, match="Not a matter of training"):
        own.propose(event=moment, ground="excuse", language="en")
    client.force_login(reader)
    page = client.get(reverse("academy:own-find") + "?by=excuse").content.decode()
    assert "no training cures that" in page
    assert reverse("academy:own-make", args=[moment.pk]) not in page


def test_where_the_cause_lies_with_employees_a_drill_is_made(moment, make_agent, now):
    improvements.confirm(complaint=moment.complaint, layer="employee", theme="", by=make_agent(), now=now)
    assert [row.event for row in own.moments(ground="excuse").rows] == [moment.pk]


def test_names_left_in_it_keep_it_from_being_kept(moment, plan, make_agent, now):
    with pytest.raises(own.UnableToMake, match="Clarke"):
        own.save(plan=replace(plan, scene="Ms Clarke waits."), by=make_agent(), now=now, event=moment)
    with pytest.raises(own.UnableToMake, match="•••"):
        own.save(plan=replace(plan, scene="••• waits."), by=make_agent(), now=now, event=moment)


def test_an_answer_that_does_not_please_is_told(moment, plan, make_agent, now):
    for number, good in ((1, ("Which floor?", GOOD[1])), (2, (GOOD[0], "Which floor?"))):
        with pytest.raises(own.UnableToMake, match=f"Good answer {number} does not make the customer content"):
            own.save(plan=replace(plan, good=good), by=make_agent(), now=now, event=moment)


TWO_QUESTIONS = (
    "سفارش قابلمهٔ من دو بار ثبت شده و دو بار از حسابم برداشت کرده‌اید. "
    "پول دومی کِی برمی‌گردد و قابلمهٔ اضافه را چطور پس بدهم؟"
)
FIRST_ANSWERED = "خیلی متأسفم و عذر می‌خواهم. پول دومی را خودم فردا تا ساعت ۱۲ به حسابتان برمی‌گردانم"


@pytest.mark.parametrize("failing", ["vague-promise", "not-listening", "brush-off"])
def test_what_the_coach_only_tries_out_refuses_no_good_answer(failing):
    words = making.first_words()["fa"]
    plan = making.Plan(
        language="fa",
        failing=failing,
        title="دو بار برداشت",
        scene="دوشنبه است.",
        task="جواب بدهید.",
        learn="جواب بدهید.",
        name=words["name"],
        is_who=words["is_who"],
        before=(),
        opening=TWO_QUESTIONS,
        good=(FIRST_ANSWERED, f"{FIRST_ANSWERED}. قابلمه را هم فردا پیک ما می‌برد."),
        bad="درخواست شما بررسی و نتیجه در اسرع وقت به اطلاعتان خواهد رسید.",
        ranks=("agent",),
    )
    situation, script = making.tables(plan)
    one = situation_of(situation, slug="own")
    judged = play(one, script_of(script, language="fa", of=one), [plan.good[0]]).exchanges[0].judgement
    assert [found.failing for found in judged.failings] == ["not-listening"]
    assert making.troubles(situation, script, language="fa") == []


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_a_failing_in_a_good_answer_is_named_with_what_to_do_instead(plan, language):
    stumbling = replace(plan, good=(GOOD[0], "Dear customer, we were very busy this week."))
    with override(language):
        told = "\n".join(making.troubles(*making.tables(stumbling), language="en"))
    excuse = get("excuse")
    assert say(excuse.title, language) in told
    assert say(excuse.instead, language) in told
    assert ("۲" if language == "fa" else "2") in told


def test_a_bad_answer_that_pleases_is_told(moment, plan, make_agent, now):
    with pytest.raises(own.UnableToMake, match="The bad answer makes the customer content"):
        own.save(plan=replace(plan, bad=GOOD[0]), by=make_agent(), now=now, event=moment)


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_it_takes_two_to_six_answers_to_each_of_three_ends(language):
    plan = next(card.plan for card in training().own if card.plan.language == language)
    situation, script = making.tables(plan)
    one = situation_of(situation, slug="own")
    words = script_of(script, language=language, of=one)
    found = roads(one, words)
    assert set(found) == set(ENDINGS)
    assert all(2 <= len(said) <= 6 for said in found.values())
    # What was put right is spoiled by a needless last word.
    spoils = words.answers[making.GOODBYE].bad[0]
    assert play(one, words, [plan.good[0], spoils, spoils]).ended == "gone"


def test_it_is_offered_only_after_somebody_has_read_it(moment, plan, make_agent, now):
    reader = make_agent(role="lead")
    version = own.save(plan=plan, by=reader, now=now, event=moment)
    slug = drills.slug_of(version.drill_id)
    assert slug not in {drill.slug for drill in drills.shelf()}
    with pytest.raises(own.UnableToMake):
        own.check(version=version, has_read=False, by=reader, now=now)
    own.check(version=version, has_read=True, by=reader, now=now)
    assert slug in {drill.slug for drill in drills.shelf()}
    attempt = actions.begin(agent=reader, slug=slug, language="tr", now=now)
    assert attempt.language == "en"
    answered = actions.answer(attempt=attempt, text=GOOD[1], now=now)
    assert answered.ended == ""
    assert actions.answer(attempt=answered, text="Thank you for telling us.", now=now).ended == "content"
    own.put_aside(drill=version.drill, aside=True, now=now)
    assert slug not in {drill.slug for drill in drills.shelf()}
    assert drills.find(slug).script("en").title == "Busy week"


def test_a_change_is_a_new_version_that_waits_while_the_old_one_is_offered(moment, plan, make_agent, now):
    reader = make_agent(role="lead")
    first = own.save(plan=plan, by=reader, now=now, event=moment)
    own.check(version=first, has_read=True, by=reader, now=now)
    second = own.save(plan=replace(plan, title="A busy week"), by=reader, now=now, drill=first.drill)
    assert second.number == 2
    assert drills.find(drills.slug_of(first.drill_id)).situation.version == 1
    [row] = own.library()
    assert (row.number, row.is_checked, row.is_offered) == (2, False, True)


def test_a_plan_is_read_back_as_it_was(plan):
    situation, script = making.tables(plan)
    again = making.plan_of(situation, script, language="en")
    assert again is not None
    assert filled(again) == filled(plan)


def from_elsewhere(version):
    """The file of a drill that this desk has never seen."""
    file = own.as_file(version) | {"id": "7d3f3c1e-6d0a-4c55-9a39-0d6f3f3f9b11"}
    return json.dumps(file).encode()


def test_a_file_goes_from_one_desk_to_another(client, moment, plan, make_agent, now):
    reader = make_agent(role="lead")
    version = own.save(plan=plan, by=reader, now=now, event=moment)
    client.force_login(reader)
    raw = client.get(reverse("academy:own-download", args=[version.pk])).content
    with pytest.raises(own.UnableToMake, match="here already"):
        own.take_in(raw=raw, by=reader, now=now)
    [taken] = own.take_in(raw=from_elsewhere(version), by=reader, now=now)
    assert taken.drill_id != version.drill_id
    assert (taken.script, taken.situation) == (version.script, version.situation)
    assert taken.checked_at is None


def test_a_changed_file_is_the_next_version_of_the_same_drill(moment, plan, make_agent, now):
    reader = make_agent(role="lead")
    version = own.save(plan=plan, by=reader, now=now, event=moment)
    [first] = own.take_in(raw=from_elsewhere(version), by=reader, now=now)
    changed = json.loads(from_elsewhere(version))
    changed["script"]["title"] = "A busy week elsewhere"
    [second] = own.take_in(raw=json.dumps(changed).encode(), by=reader, now=now)
    assert (second.drill_id, second.number, second.checked_at) == (first.drill_id, 2, None)
    assert OwnDrill.objects.get(pk=second.drill_id).title == "A busy week elsewhere"


def test_all_that_is_offered_goes_in_one_file_and_comes_back(client, moment, plan, make_agent, now):
    reader = make_agent(role="lead", language="en")
    version = own.save(plan=plan, by=reader, now=now, event=moment)
    own.save(plan=replace(plan, title="Nobody has read it"), by=reader, now=now, event=moment)
    own.check(version=version, has_read=True, by=reader, now=now)
    client.force_login(reader)
    found = client.get(reverse("academy:own-download-all")).json()
    assert [one["script"]["title"] for one in found["drills"]] == ["Busy week"]
    OwnDrill.objects.all().delete()
    found["drills"].append(found["drills"][0] | {"id": "7d3f3c1e-6d0a-4c55-9a39-0d6f3f3f9b11"})
    client.post(
        reverse("academy:own"), {"file": SimpleUploadedFile("drills.json", json.dumps(found).encode())}, follow=True
    )
    assert OwnDrill.objects.count() == 2
    assert {one.checked_at for one in OwnVersion.objects.all()} == {None}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"format": "amends-drills/1", "drills": []}',
        b'{"format": "amends-drills/1", "drills": [1]}',
        b'{"format": "other"}',
        b'{"format": "amends-drill/1", "language": "xx"}',
        b"[" * 9000,
    ],
)
def test_what_is_no_drill_is_refused(make_agent, now, raw):
    with pytest.raises(own.UnableToMake):
        own.take_in(raw=raw, by=make_agent(), now=now)


def test_a_broken_drill_is_refused_with_its_reason(plan, make_agent, now):
    situation, script = making.tables(plan)
    del script["endings"]["gone"]
    file = making.as_file(situation, script, language="en", version=1)
    with pytest.raises(own.UnableToMake, match=r"endings\.gone is missing"):
        own.take_in(raw=json.dumps(file).encode(), by=make_agent(), now=now)


def test_erasing_a_customer_takes_unread_drills_along(moment, plan, make_agent, now):
    reader = make_agent()
    own.save(plan=plan, by=reader, now=now, event=moment)
    read = own.save(plan=plan, by=reader, now=now, event=moment)
    own.check(version=read, has_read=True, by=reader, now=now)
    complaints.erase(customer=moment.complaint.customer, by=reader, now=now)
    assert [one.pk for one in OwnVersion.objects.all()] == [read.pk]
    assert OwnDrill.objects.get().complaint is None


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_a_lead_makes_one_in_the_pages(client, moment, plan, make_agent, language):
    client.force_login(make_agent(role="lead", language=language))
    assert client.get(reverse("academy:own")).status_code == 200
    assert "busy this week" in client.get(reverse("academy:own-find") + "?by=excuse").content.decode()
    here = reverse("academy:own-make", args=[moment.pk]) + "?by=excuse"
    assert client.get(here).status_code == 200
    made = client.post(here, filled(plan))
    assert made.status_code == 302, made.context["form"].errors
    assert client.get(made["Location"]).status_code == 200
    client.post(made["Location"], {"read": "on"})
    version = OwnVersion.objects.get()
    assert version.checked_at is not None
    assert client.get(reverse("academy:own-edit", args=[version.pk])).status_code == 200
    assert client.get(reverse("academy:drill", args=[drills.slug_of(version.drill_id)])).status_code == 200


def test_whoever_checks_it_sees_every_word(client, moment, plan, make_agent, now):
    reader = make_agent(role="lead", language="en")
    version = own.save(plan=plan, by=reader, now=now, event=moment)
    client.force_login(reader)
    page = unescape(client.get(reverse("academy:own-version", args=[version.pk])).content.decode())
    plain = page.replace("\u2068", "").replace("\u2069", "")
    for text in own.other_words(version.script, shown=()):
        assert text in plain


def test_agents_do_not_enter_the_library(client, moment, make_agent):
    client.force_login(make_agent())
    for address in ("academy:own", "academy:own-find"):
        assert client.get(reverse(address)).status_code == 403


def test_one_drill_that_cannot_be_read_any_more_does_not_close_the_shelf(moment, plan, make_agent, now):
    reader = make_agent()
    version = own.save(plan=plan, by=reader, now=now, event=moment)
    own.check(version=version, has_read=True, by=reader, now=now)
    version.refresh_from_db()
    version.situation["kind"] = "song"
    version.save()
    assert drills.slug_of(version.drill_id) not in {drill.slug for drill in drills.shelf()}
    with pytest.raises(drills.UnableToFind):
        drills.find(drills.slug_of(version.drill_id))


def test_moments_rest_on_findings_that_count(moment):
    Seen.objects.create(event=moment, kind=Kind.FAILING, name="arguing", start=0, end=4, confidence=0.9)  # a preview
    Seen.objects.create(event=moment, kind=Kind.HINT, name="rule-book", start=0, end=4, confidence=0.3)
    assert [one.name for one in own.grounds(language="en")] == ["excuse"]
    assert own.moments(ground="arguing").rows == ()
    assert own.moments(ground="rule-book").rows == ()


def test_moments_say_their_language_and_are_chosen_by_it(client, moment, make_agent, make_complaint, now):
    owner = make_agent()
    complaint = make_complaint(owner=owner, text="Paketim nerede?")
    reply = complaints.append(
        complaint=complaint, kind="replied", by="agent", agent=owner, text="Çok yoğunduk.", language="tr", now=now
    )
    Seen.objects.create(event=reply, kind=Kind.FAILING, name="excuse", start=0, end=4, confidence=0.9)
    found = own.moments(ground="excuse", reader="tr")
    assert found.languages == ("tr", "en")
    assert [row.event for row in own.moments(ground="excuse", language="tr").rows] == [reply.pk]
    client.force_login(make_agent(role="lead", language="en"))
    page = client.get(reverse("academy:own-find") + "?by=excuse").content.decode()
    assert "Türkçe" in page
    assert "English" in page
    assert "Çok yoğunduk" not in client.get(reverse("academy:own-find") + "?by=excuse&in=en").content.decode()


def test_what_is_here_already_is_news_and_no_trouble(client, moment, plan, make_agent, now):
    reader = make_agent(role="lead", language="en")
    version = own.save(plan=plan, by=reader, now=now, event=moment)
    client.force_login(reader)
    raw = client.get(reverse("academy:own-download", args=[version.pk])).content
    page = client.post(reverse("academy:own"), {"file": SimpleUploadedFile("drill.json", raw)}, follow=True)
    assert "Everything in this file is here already." in page.content.decode()
    assert [message.level_tag for message in page.context["messages"]] == ["info"]


def test_the_desks_own_name_is_taken_out(moment, settings, now):
    settings.ORGANISATION = "Karvan"
    reply = complaints.append(
        complaint=moment.complaint,
        kind="replied",
        by="agent",
        agent=moment.agent,
        text="Thank you for choosing Karvan, we were very busy this week.",
        now=now,
    )
    assert "Karvan" not in own.propose(event=reply, ground="excuse", language="en").plan.every_word
