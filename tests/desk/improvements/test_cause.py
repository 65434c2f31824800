"""Why it happened: proposed by the engine, confirmed or corrected by a person."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from amends.desk.academy.cures import beyond_training
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.actions import erase
from amends.desk.complaints.models import EventKind
from amends.desk.improvements import actions, outside, queries, tasks, words
from amends.desk.improvements.models import Cause, Theme
from amends.desk.remedies import rules
from amends.desk.third_parties.actions import party_of
from amends.desk.third_parties.models import Wait
from amends.desk.third_parties.queries import SLOW
from amends.engine.causes import LAYERS, Proposal
from amends.engine.causes.propose import SURE
from amends.engine.languages.vectors import VectorsMissingError

pytestmark = pytest.mark.django_db
LATE = "The parcel is two weeks late. I paid for express delivery and it still has not been delivered."


@pytest.fixture(autouse=True)
def _cues_alone(monkeypatch):
    """The model is not installed; what it adds is measured, not tested."""
    monkeypatch.setattr(actions, "load_vectors", lambda: None)


@pytest.fixture
def complaint(make_complaint, make_customer):
    return make_complaint(customer=make_customer(language="en", name="Ann Carter"), text=LATE)


class TestAProposal:
    def test_names_layer_and_theme_with_the_words_it_rests_on(self, complaint, now):
        cause = actions.propose(complaint=complaint, now=now)
        assert (cause.layer, cause.theme.name) == ("process", "late")
        assert cause.words
        assert cause.confirmed_at is None

    def test_loses_the_words_of_an_erased_person(self, complaint, now):
        cause = actions.propose(complaint=complaint, now=now)
        erase(customer=complaint.customer, by=complaint.owner, now=now)
        cause.refresh_from_db()
        assert (cause.words, cause.layer) == ("", "process")

    def test_made_twice_is_one(self, complaint, now):
        actions.propose(complaint=complaint, now=now)
        actions.propose(complaint=complaint, now=now)
        assert Cause.objects.count() == 1

    def test_keeps_nothing_where_nothing_points_anywhere(self, make_complaint, make_customer, now):
        complaint = make_complaint(customer=make_customer(language="en"), text="Hm.")
        assert actions.propose(complaint=complaint, now=now) is None
        assert not Cause.objects.exists()

    @pytest.mark.parametrize("layer", ["customer", "employee"])
    def test_lays_nothing_on_a_person_by_a_guess(self, complaint, now, monkeypatch, layer):
        sure = {"of it": 0.4}
        guess = lambda *_args, **_more: Proposal(layer, "", sure["of it"], (), said=("I ordered a lamp",))  # noqa: E731
        monkeypatch.setattr(actions, "propose_cause", guess)
        assert actions.propose(complaint=complaint, now=now) is None
        sure["of it"] = 0.55
        assert actions.propose(complaint=complaint, now=now).layer == layer

    def test_never_undoes_what_a_person_said(self, complaint, now):
        actions.confirm(complaint=complaint, layer="message", theme="sales-talk", by=complaint.owner, now=now)
        assert actions.propose(complaint=complaint, now=now).layer == "message"

    def test_is_the_party_outside_that_took_most_of_the_time_where_words_leave_it_open(
        self, make_complaint, make_customer, now
    ):
        complaint = make_complaint(customer=make_customer(language="en"), text="Hm.")
        party = party_of("Aras Kargo")
        wait = Wait.objects.create(complaint=complaint, party=party, since=complaint.received_at)
        assert actions.propose(complaint=complaint, now=wait.since + SLOW / 2) is None
        cause = actions.propose(complaint=complaint, now=wait.since + 2 * SLOW)
        assert (cause.layer, cause.theme, cause.words) == ("third-party", None, "Aras Kargo")
        assert cause.confidence < SURE

    def test_is_what_the_customer_said_surely_however_long_anybody_outside_took(self, complaint, now):
        Wait.objects.create(complaint=complaint, party=party_of("Aras Kargo"), since=complaint.received_at)
        late = Proposal("process", "late", SURE, ())
        assert outside.by_the_record(late, complaint=complaint, now=now + 2 * SLOW) is late


class TestALookAtACase:
    @pytest.fixture(autouse=True)
    def asked(self, monkeypatch):
        """Where the model is installed: what a worker is asked for is written down."""
        asked = []
        monkeypatch.setattr(actions, "_vectors_are_there", lambda: True)
        monkeypatch.setattr(actions, "_asked", actions._Asked())
        monkeypatch.setattr(tasks.propose_fully.__class__, "enqueue", lambda _task, *given: asked.append(given))
        return asked

    def test_shows_what_cues_see_and_has_a_worker_read_once_for_what_happened_since(self, complaint, asked, now):
        assert actions.at_a_look(complaint=complaint, now=now).layer == "process"
        assert actions.at_a_look(complaint=complaint, now=now).layer == "process"
        assert asked == [(complaint.pk,)]
        complaint.last_event_at = now + timedelta(minutes=1)
        actions.at_a_look(complaint=complaint, now=now)
        assert len(asked) == 2

    def test_shows_what_a_worker_proposed_until_it_reads_again(self, complaint, monkeypatch, now):
        late = actions.at_a_look(complaint=complaint, now=now)
        closer = lambda *_args, **_more: Proposal("third-party", "courier", 0.8, (), said=("delivered",))  # noqa: E731
        monkeypatch.setattr(actions, "propose_cause", closer)
        assert actions.at_a_look(complaint=complaint, now=now) == late
        assert tasks.propose_fully.func(complaint.pk)
        assert actions.at_a_look(complaint=complaint, now=now).layer == "third-party"

    def test_asks_nobody_where_a_person_said_it(self, complaint, asked, now):
        actions.confirm(complaint=complaint, layer="message", theme="sales-talk", by=complaint.owner, now=now)
        assert actions.at_a_look(complaint=complaint, now=now).layer == "message"
        assert not asked

    def test_of_a_complaint_that_is_gone_nothing_is_read(self):
        assert not tasks.propose_fully.func(0)

    def test_what_was_asked_first_is_forgotten_first(self):
        asked = actions._Asked(remembered=2)
        assert [asked.is_new(pk, 1) for pk in (1, 2, 1, 3, 1)] == [True, True, False, True, True]


class TestWhatARuleBroughtAbout:
    """Who does as they were told is not at fault (S3.2, S3.3)."""

    @pytest.fixture
    def rule(self, complaint, now):
        by = complaint.owner
        return rules.write(title="No refunds", text="None at all.", purpose="Margins.", owner=by, by=by, now=now)

    def test_is_never_proposed_as_an_employees_fault(self, complaint, rule, now, monkeypatch):
        rude = Proposal("employee", "rudeness", 0.9, (), said=("She was rude",))
        monkeypatch.setattr(actions, "propose_cause", lambda *_args, **_more: rude)
        assert actions.propose(complaint=complaint, now=now).layer == "employee"
        rules.say_trouble(complaint=complaint, rule=rule, by=complaint.owner, now=now)
        cause = Cause.objects.get()
        assert (cause.layer, cause.theme.name, cause.words) == ("process", "rules", "No refunds")
        assert actions.propose(complaint=complaint, now=now).layer == "process"
        assert list(beyond_training()) == [cause]
        rules.say_trouble(complaint=complaint, rule=None, by=complaint.owner, now=now)
        assert actions.propose(complaint=complaint, now=now).layer == "employee"
        assert not beyond_training().exists()

    def test_moves_to_the_rule_what_was_laid_on_an_employee(self, complaint, rule, now):
        actions.confirm(complaint=complaint, layer="employee", theme="rudeness", by=complaint.owner, now=now)
        rules.say_trouble(complaint=complaint, rule=rule, by=complaint.owner, now=now)
        cause = Cause.objects.get()
        assert (cause.layer, cause.theme.name) == ("process", "rules")
        assert cause.confirmed_at == now
        told = complaint.events.filter(kind=EventKind.CAUSE_CONFIRMED).order_by("-sequence").first()
        assert told.content.data["layer"] == "process"

    def test_leaves_a_cause_in_the_product_alone(self, complaint, rule, now):
        actions.confirm(complaint=complaint, layer="product", theme="weak", by=complaint.owner, now=now)
        rules.say_trouble(complaint=complaint, rule=rule, by=complaint.owner, now=now)
        assert Cause.objects.get().layer == "product"

    def test_cannot_be_laid_on_an_employee_afterwards(self, client, complaint, rule, now):
        rules.say_trouble(complaint=complaint, rule=rule, by=complaint.owner, now=now)
        with pytest.raises(actions.UnableToConfirm, match="A rule of ours"):
            actions.confirm(complaint=complaint, layer="employee", theme="", by=complaint.owner, now=now)
        client.force_login(complaint.owner)
        page = client.post(reverse("improvements:cause", args=[complaint.number]), {"layer": "employee", "theme": ""})
        assert 'role="alert"' in page.content.decode()
        assert Cause.objects.get().confirmed_at is None


class TestATheme:
    @pytest.mark.parametrize("language", ["tr", "fa", "mn"])
    def test_of_the_first_tree_is_named_in_the_readers_language(self, language):
        assert words.theme_words("defect", language=language) not in {"defect", "Broken or faulty"}

    def test_of_the_organisation_stays_as_it_was_written(self):
        assert words.theme_words("Kırık lavaş", language="fa") == "Kırık lavaş"

    def test_of_the_organisation_is_one_in_whatever_language_it_is_chosen(self, complaint, monkeypatch, now):
        said = {("Broken on the way", "tr"): "Yolda kırılmış"}
        monkeypatch.setattr(words, "say", lambda message, language: said.get((message, language), message))
        for name in ("Broken on the way", "Yolda kırılmış"):
            actions.confirm(complaint=complaint, layer="process", theme=name, by=complaint.owner, now=now)
        assert [theme.name for theme in Theme.objects.all()] == ["Broken on the way"]


class TestWhatAProposalRestsOn:
    @pytest.fixture
    def asked(self, monkeypatch):
        asked = {}
        monkeypatch.setattr(actions, "propose_cause", lambda _talk, **given: asked.update(given))
        return asked

    def test_are_sentence_vectors_and_the_last_note(self, complaint, now, asked, monkeypatch):
        vectors = object()
        monkeypatch.setattr(actions, "load_vectors", lambda: vectors)
        for said in ("Asked the courier.", "The courier left it in the wrong street."):
            complaints.note(complaint=complaint, by=complaint.owner, text=said, now=now)
        actions.propose(complaint=complaint, now=now)
        assert asked == {
            "language": "en",
            "note": "The courier left it in the wrong street.",
            "vectors": vectors,
        }

    def test_are_cues_alone_where_another_model_is_installed(self, complaint, now, asked, monkeypatch):
        def refuse():
            raise VectorsMissingError("other weights")

        monkeypatch.setattr(actions, "load_vectors", refuse)
        actions.propose(complaint=complaint, now=now)
        assert (asked["note"], asked["vectors"]) == ("", None)

    def test_are_cues_alone_where_many_are_proposed_at_once(self, complaint, now, asked, monkeypatch):
        monkeypatch.setattr(actions, "load_vectors", object)
        actions.propose(complaint=complaint, now=now, by_cues=True)
        assert asked["vectors"] is None


def test_a_person_who_was_quicker_than_the_engine_is_right(complaint, now, monkeypatch):
    engine = actions.propose_cause

    def slow(talk, **given):
        actions.confirm(complaint=complaint, layer="message", theme="sales-talk", by=complaint.owner, now=now)
        return engine(talk, **given)

    monkeypatch.setattr(actions, "propose_cause", slow)
    assert actions.propose(complaint=complaint, now=now).layer == "message"


class TestConfirming:
    def test_stands_in_the_timeline(self, complaint, now):
        actions.propose(complaint=complaint, now=now)
        cause = actions.confirm(complaint=complaint, layer="process", theme="late", by=complaint.owner, now=now)
        event = complaint.events.get(kind=EventKind.CAUSE_CONFIRMED)
        assert event.content.data == {"layer": "process", "theme": "late", "proposed": "process"}
        assert cause.confirmed_by == complaint.owner

    def test_keeps_the_proposal_beside_a_correction(self, complaint, now):
        actions.propose(complaint=complaint, now=now)
        actions.confirm(complaint=complaint, layer="third-party", theme="", by=complaint.owner, now=now)
        pane = queries.pane(complaint=complaint, cause=Cause.objects.get(), language="en")
        assert pane.was_corrected
        assert pane.theme == ""

    def test_another_layer_does_not_take_the_theme_that_stood_there(self, complaint, now):
        actions.confirm(complaint=complaint, layer="employee", theme="rude", by=complaint.owner, now=now)
        again = actions.confirm(complaint=complaint, layer="product", theme="rude", by=complaint.owner, now=now)
        assert (again.layer, again.theme) == ("product", None)
        chosen = actions.confirm(complaint=complaint, layer="process", theme="late", by=complaint.owner, now=now)
        assert chosen.theme.name == "late"

    def test_takes_the_organisations_own_theme(self, complaint, now):
        actions.confirm(complaint=complaint, layer="process", theme="  Plum \x00 season ", by=complaint.owner, now=now)
        assert Theme.objects.get().name == "Plum season"
        assert queries.theme_names(language="en")[0] == "Plum season"

    @pytest.mark.parametrize("layer", ["", "weather", "organisation"])
    def test_refuses_another_layer(self, complaint, now, layer):
        with pytest.raises(actions.UnableToConfirm):
            actions.confirm(complaint=complaint, layer=layer, theme="", by=complaint.owner, now=now)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_theme_chosen_in_any_language_is_kept_under_one_name(language):
    assert words.theme_called(words.theme_words("late", language=language)) == "late"


class TestThePane:
    def path(self, complaint):
        return reverse("improvements:cause", args=[complaint.number])

    def test_is_for_people_of_the_desk(self, client, complaint):
        assert client.get(self.path(complaint)).status_code == 302

    @pytest.mark.parametrize("language", words.LANGUAGES)
    def test_opens_in_every_language_and_confirms_in_one_click(self, client, complaint, language):
        complaint.owner.language = language
        complaint.owner.save()
        client.force_login(complaint.owner)
        page = client.get(self.path(complaint))
        shown = page.context["cause"]
        assert not shown.is_confirmed
        client.post(self.path(complaint), {"layer": shown.layer, "theme": shown.theme})
        assert Cause.objects.get().confirmed_by == complaint.owner
        assert Cause.objects.get().theme.name == "late"

    def test_corrects_in_one_click(self, client, complaint):
        client.force_login(complaint.owner)
        page = client.get(self.path(complaint)).content.decode()
        one_click = re.findall(r'<button type="submit"[^>]*name="layer" value="([^"]+)"', page)
        assert set(one_click) == set(LAYERS) - {"process"}
        client.post(self.path(complaint), {"layer": "message"})
        cause = Cause.objects.get()
        assert (cause.layer, cause.theme, cause.proposed_layer) == ("message", None, "process")
        assert cause.confirmed_at is not None

    def test_is_a_part_for_scripts_and_a_page_without_them(self, client, complaint):
        client.force_login(complaint.owner)
        assert b"<html" in client.get(self.path(complaint)).content
        assert client.get(self.path(complaint), headers={"HX-Request": "true"}).content.count(b"<html") == 0

    def test_says_what_is_missing(self, client, complaint):
        client.force_login(complaint.owner)
        assert b"Choose where the cause lies" in client.post(self.path(complaint), {"theme": "x"}).content


def test_the_page_above_them_is_the_one_of_all_causes(client, make_agent):
    client.force_login(make_agent())
    answer = client.get("/desk/causes/")
    assert (answer.status_code, answer["Location"]) == (302, "/desk/insight/causes/")
