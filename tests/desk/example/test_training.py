"""What Karvan has practised: true when it is played again, laid out on every desk, moved along with the days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.desk.academy import actions, certificate, leading, making, opinions
from amends.desk.academy.models import Attempt, Opinion, OwnVersion, Rank, Trainee
from amends.desk.example import founding, training
from amends.desk.example.stories import company
from amends.engine.drills import Choice, compare, play, script_of, situation, weigh

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
A_DAY = timedelta(days=1)


@pytest.mark.parametrize("card", training.training().practised, ids=lambda card: card.key)
def test_played_again_it_ends_as_the_file_says(card):
    one, script = situation(card.drill), script_of(card.drill, card.language)
    if one.kind == "figures":
        ended = weigh(one, [Choice(measure=m, because=f) for m, f in map(str.split, card.said)]).ended
    elif one.kind == "notes":
        ended = compare(one, script, card.answers[0]).ended
    else:
        played = play(one, script, card.answers)
        ended = played.ended
        assert len(played.exchanges) == len(card.answers)
        if card.engine:
            found = "".join("n" if each.judgement.failings else "y" for each in played.exchanges)
            assert found == card.engine
    assert ended == card.ended
    assert all(len(letters) == len(card.engine) for letters in card.opinions.values())
    assert card.words.keys() <= card.opinions.keys()


@pytest.mark.parametrize("card", training.training().own, ids=lambda card: card.plan.language)
def test_own_drills_play_to_their_ends(card):
    situation_table, script = making.tables(card.plan)
    assert making.troubles(situation_table, script, language=card.plan.language) == []


@pytest.fixture
def agents(db):
    agents = founding.found(company=company(), now=NOW)
    training.lay_out(agents=agents, now=NOW)
    return agents


def test_somebody_has_never_been_trained_and_their_lead_sees_it(agents):
    found = leading.coverage(reader=agents["elif"], now=NOW)
    assert (found.everybody.ever.k, found.everybody.ever.n) == (7, 8)
    assert [team.names for team in found.mine] == [("Can Öztürk",)]


def test_the_judges_agree_often_and_kappa_is_told_with_its_count(agents):
    found = opinions.agreements()
    for each in (found.with_engine, found.among_people):
        assert not each.too_few
        assert each.kappa is not None
        assert 0 < each.kappa < 1
    assert found.with_engine.n == Opinion.objects.count() > 30


def test_the_director_has_earned_the_paper_and_nobody_else_has(agents):
    on_paths = {name: Trainee.objects.get(agent=agent) for name, agent in agents.items() if name != "can"}
    assert on_paths["temuujin"].rank == Rank.DIRECTOR
    earned = {
        name
        for name, trainee in on_paths.items()
        if certificate.earned(agent=agents[name], trainee=trainee, language="mn") is not None
    }
    assert earned == {"temuujin"}


def test_own_drills_in_every_language_one_of_them_unread(agents):
    versions = OwnVersion.objects.all()
    assert {one.language for one in versions} == {"en", "fa", "mn", "tr"}
    assert [one.language for one in versions if one.checked_at is None] == ["mn"]


def test_everything_lies_in_the_past_in_its_order(agents):
    for attempt in Attempt.objects.all():
        assert attempt.ended_at is not None
        assert attempt.started_at < attempt.ended_at < (attempt.shown_at or NOW) <= NOW
    assert all(one.attempt.shown_at < one.at < NOW for one in Opinion.objects.select_related("attempt"))


def test_it_moves_along_and_leaves_a_visitors_own_doings_alone(agents):
    shown = Attempt.objects.filter(agent=agents["deniz"], shown_at__isnull=False).earliest("started_at")
    before = shown.started_at
    actions.show(attempt=shown, shown=False, now=NOW)
    theirs = actions.begin(agent=agents["deniz"], slug="plums", language="tr", now=NOW)
    actions.choose_rank(agent=agents["nomin"], rank="lead", now=NOW)
    training.move_along(agents=agents, now=NOW + 7 * A_DAY)
    shown.refresh_from_db()
    assert shown.started_at == before + 7 * A_DAY
    assert shown.shown_at is None
    assert Attempt.objects.get(pk=theirs.pk).started_at == NOW
    assert Trainee.objects.get(agent=agents["nomin"]).since == NOW
    assert Trainee.objects.get(agent=agents["deniz"]).since == shown.started_at


def test_on_the_same_day_nothing_is_moved(agents):
    before = list(Attempt.objects.order_by("pk").values_list("started_at", flat=True))
    training.move_along(agents=agents, now=NOW + timedelta(hours=3))
    assert list(Attempt.objects.order_by("pk").values_list("started_at", flat=True)) == before
