"""A colleague's judgement beside the engine's."""

import pytest
from django.urls import reverse

from amends.desk.academy import actions, drills, opinions
from amends.engine.drills import script_of, situation

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(practise, make_agent, now):
    attempt = practise("bad", agent=make_agent(name="Alp"))
    actions.show(attempt=attempt, shown=True, now=now)
    attempt.refresh_from_db()
    return attempt


def test_only_what_was_shown_is_seen_and_judged(client, practise, make_agent, shown, now):
    hidden = practise("good")
    reader = make_agent()
    client.force_login(reader)
    assert client.get(reverse("academy:opinion", args=[hidden.pk])).status_code == 404
    assert client.get(reverse("academy:opinion", args=[shown.pk])).status_code == 200
    with pytest.raises(actions.UnableToPractise):
        actions.give_opinion(attempt=hidden, place=0, by=reader, would_do=True, words="", now=now)


def test_nobody_judges_themselves(shown, now):
    with pytest.raises(actions.UnableToPractise):
        actions.give_opinion(attempt=shown, place=0, by=shown.agent, would_do=True, words="", now=now)


def test_the_engines_opinion_is_seen_after_ones_own(client, make_agent, shown):
    client.force_login(make_agent(language="en"))
    here = reverse("academy:opinion", args=[shown.pk])
    assert "the engine:" not in client.get(here).content.decode()
    client.post(here, {"would_do-0": "no", "words-0": "Say sorry first."})
    page = client.get(here).content.decode()
    assert "the engine: would not do" in page
    assert "Say sorry first." in page


def test_what_was_written_about_another_answer_is_not_lost(client, make_agent, shown):
    client.force_login(make_agent(language="en"))
    here = reverse("academy:opinion", args=[shown.pk])
    # Words without a yes or no are given back, and nothing is kept half.
    page = client.post(here, {"would_do-0": "no", "words-0": "Colder.", "words-1": "Not yet sure.", "at": "0"})
    assert page.status_code == 200
    assert not shown.opinions.exists()
    for words in ("Colder.", "Not yet sure.", "Nothing is lost."):
        assert words in page.content.decode()
    client.post(here, {"would_do-0": "no", "words-0": "Colder.", "would_do-1": "no", "words-1": "Not sure.", "at": "1"})
    assert sorted(shown.opinions.values_list("place", "words")) == [(0, "Colder."), (1, "Not sure.")]
    assert "Say yes or no first." in client.post(here, {}).content.decode()


def test_the_agreement_has_its_count(make_agent, shown, now):
    for place, would_do in ((0, False), (1, True)):
        actions.give_opinion(attempt=shown, place=place, by=make_agent(), would_do=would_do, words="", now=now)
    found = opinions.agreements()
    assert (found.with_engine.n, found.with_engine.agreed, found.with_engine.too_few) == (2, 1, True)
    assert found.among_people.n == 0


def test_its_author_reads_what_was_said(client, make_agent, shown, now):
    actions.give_opinion(attempt=shown, place=0, by=make_agent(name="Bora"), would_do=False, words="Colder.", now=now)
    client.force_login(shown.agent)
    page = client.get(reverse("academy:attempt", args=[shown.pk])).content.decode()
    assert "Colder." in page
    assert "Bora" in page


def test_what_is_shown_no_longer_is_gone(client, make_agent, shown):
    client.force_login(shown.agent)
    client.post(reverse("academy:show", args=[shown.pk]))
    reader = make_agent()
    assert opinions.shown(reader=reader, language="en") == []


NOTES, FIGURES = "jackson-street", "too-many-complaints"
LANGUAGES = ["en", "fa", "mn", "tr"]


@pytest.fixture
def shown_notes(make_agent, now):
    """`shown_notes("good", language="tr")`: notes of a note-taking drill, shown to colleagues."""

    def show(kind="good", *, language="en"):
        attempt = actions.begin(agent=make_agent(name="Alp"), slug=NOTES, language=language, now=now)
        written = getattr(script_of(NOTES, language).answers["notes"], kind)[0]
        attempt = actions.answer(attempt=attempt, text=written, now=now)
        actions.show(attempt=attempt, shown=True, now=now)
        attempt.refresh_from_db()
        return attempt

    return show


@pytest.fixture
def shown_figures(make_agent, now):
    """A director's choice: one measure that does not fit, the others with their reasons."""
    one = situation(FIGURES)
    fits = [(each.key, min(each.because)) for each in one.measures if each.fits]
    wrong = next(each.key for each in one.measures if not each.fits)
    attempt = actions.begin(agent=make_agent(name="Alp"), slug=FIGURES, language="en", now=now)
    choices = [(wrong, next(iter(one.figures))), *fits][: one.choose]
    attempt = actions.choose(attempt=attempt, choices=choices, now=now)
    actions.show(attempt=attempt, shown=True, now=now)
    attempt.refresh_from_db()
    return attempt


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["good", "bad"])
def test_notes_are_judged_beside_the_engine(client, make_agent, shown_notes, kind, language):
    attempt = shown_notes(kind, language=language)
    client.force_login(make_agent(role="lead", language=language))
    here = reverse("academy:opinion", args=[attempt.pk])
    page = client.get(here).content.decode()
    assert script_of(NOTES, language).complaint[:40].split("\n")[0][:30] in page
    client.post(here, {"would_do-0": "yes", "words-0": "Bravo."})
    [one] = opinions.judged(
        drill=drills.find(NOTES), attempt=attempt, reader=make_agent(language=language), language=language
    )
    assert one.engine_would_do == (kind == "good")
    assert kind == "good" or one.remarks
    client.force_login(attempt.agent)
    assert "Bravo." in client.get(reverse("academy:attempt", args=[attempt.pk])).content.decode()


def test_each_measure_of_a_director_is_judged_beside_the_engine(client, make_agent, shown_figures):
    reader = make_agent(role="lead", language="en")
    client.force_login(reader)
    here = reverse("academy:opinion", args=[shown_figures.pk])
    assert "<table" in client.get(here).content.decode()
    told = {f"would_do-{place}": "no" if place == 0 else "yes" for place in range(len(shown_figures.said))}
    client.post(here, told | {"words-1": "As the figures.", "at": "1"})
    rows = opinions.judged(drill=drills.find(FIGURES), attempt=shown_figures, reader=reader, language="en")
    assert [one.engine_would_do for one in rows] == [False] + [True] * (len(rows) - 1)
    found = opinions.agreements()
    assert (found.with_engine.n, found.with_engine.agreed) == (len(rows), len(rows))
    client.force_login(shown_figures.agent)
    page = client.get(reverse("academy:attempt", args=[shown_figures.pk])).content.decode()
    assert "As the figures." in page
    assert "(leads)" in page


def test_the_agreement_is_told_for_each_kind_once_more_than_one_was_judged(client, make_agent, shown, shown_notes, now):
    reader = make_agent(language="en")
    actions.give_opinion(attempt=shown, place=0, by=reader, would_do=True, words="", now=now)
    assert opinions.agreements().by_kind == ()
    actions.give_opinion(attempt=shown_notes(), place=0, by=reader, would_do=True, words="", now=now)
    rows = opinions.agreements().by_kind
    assert [(row.found.n, row.found.agreed) for row in rows] == [(1, 0), (1, 1)]
    client.force_login(reader)
    page = client.get(reverse("academy:shown")).content.decode()
    assert page.count("alike on") == 3
