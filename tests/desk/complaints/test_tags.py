"""Tags: one list for the house, free to add to, found again by filter and search, kept in order by administrators."""

from datetime import timedelta

import pytest

from amends.desk.complaints import actions, queries, tags
from amends.desk.complaints.models import Complaint, Tag, Tagging
from amends.desk.complaints.timeline import Happened

MINUTE = timedelta(minutes=1)


@pytest.fixture
def agent(make_agent, make_team):
    return make_agent(team=make_team())


def names(complaint):
    return [word.name for word in tags.of(complaint_ids=[complaint.pk]).get(complaint.pk, [])]


def rebuilt(complaint):
    """What a complaint carries, which is the same when it is counted from its events alone."""
    before = names(complaint)
    Tagging.objects.filter(complaint=complaint).delete()
    assert actions.rebuild(complaint=Complaint.objects.get(pk=complaint.pk)) == []
    assert names(complaint) == before
    return before


def found(agent, words, now, **filters):
    rows = queries.inbox(agent=agent, view="all", search=words, filters=queries.Filters(**filters), now=now)
    return sorted(row.number for row in rows)


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ([("tagged", [1, 2])], [1, 2]),
        ([("tagged", [1, 2]), ("untagged", [1])], [2]),
        ([("untagged", [1]), ("tagged", [2])], [2]),
        ([("tagged", [1]), ("untagged", [2, 1]), ("noted", [3])], []),
        ([("tagged", [1]), ("untagged", [1]), ("tagged", [1])], [1]),
    ],
)
def test_the_events_say_what_is_carried(told, left, now):
    story = [Happened(kind=kind, at=now, by="agent", data={"tags": ids}) for kind, ids in told]
    assert tags.carried(story) == left


def test_names_are_read_out_of_one_line():
    assert tags.split(" #kargo, Gecikme ;  ,مرسوله، تأخیر\nx") == ["kargo", "Gecikme", "مرسوله", "تأخیر", "x"]


@pytest.mark.django_db
class TestACase:
    def test_is_tagged_in_the_words_of_the_house(self, agent, make_complaint, now):
        first, second = make_complaint(owner=agent, at=now), make_complaint(owner=agent, at=now)
        tags.put_on(complaint=first, names=["Kargo", "İADE"], by=agent, now=now)
        tags.put_on(complaint=second, names=["kargo", "iade ", "Late delivery"], by=agent, now=now)
        assert rebuilt(first) == ["Kargo", "İADE"]
        assert rebuilt(second) == ["Kargo", "Late delivery", "İADE"]
        assert Tag.objects.count() == 3
        said = queries.conversation(complaint=second, reader=agent)[-1].sentence
        assert said == f"{agent.name} tagged it: Kargo, İADE, Late delivery"
        assert "tagged" not in [item.kind for item in queries.conversation(complaint=second, reader=None)]
        late = Tag.objects.get(name="Late delivery")
        for words, numbers in [
            ("#kargo", {first, second}),
            ("#KAR #late-delivery", {second}),
            ("#kargo parcel", {first, second}),
            ("#kargo nothing", set()),
            (f"#kargo #{first.number}", {first}),
            ("#unheard", set()),
        ]:
            assert found(agent, words, now) == sorted(one.number for one in numbers), words
        assert found(agent, "", now, tag=late.pk) == [second.number]
        saved = {"a": ("team", queries.Filters(tag=late.pk)), "b": ("team", queries.Filters())}
        counts = queries.views_with_counts(agent=agent, now=now, saved=saved)
        assert (counts["a"], counts["b"]) == (1, 2)

    def test_loses_a_tag_and_has_it_again(self, agent, make_complaint, now):
        complaint = make_complaint(owner=agent, at=now)
        on = tags.put_on(complaint=complaint, names=["one", "two"], by=agent, now=now)
        off = tags.take_off(complaint=complaint, tags=[Tag.objects.get(name="one").pk], by=agent, now=now + MINUTE)
        assert rebuilt(complaint) == ["two"]
        actions.undo(event=off, by=agent, now=now + 2 * MINUTE)
        assert rebuilt(complaint) == ["one", "two"]
        actions.undo(event=on, by=agent, now=now + 3 * MINUTE)
        assert rebuilt(complaint) == []
        with pytest.raises(tags.UnableToTag):
            tags.take_off(complaint=complaint, tags=[1], by=agent, now=now)

    @pytest.mark.parametrize("given", [[], ["  "], ["…"], ["twice"], [str(n) for n in range(tags.MOST)]])
    def test_takes_no_nonsense(self, agent, make_complaint, now, given):
        complaint = make_complaint(owner=agent, at=now)
        tags.put_on(complaint=complaint, names=["twice"], by=agent, now=now)
        with pytest.raises(tags.UnableToTag):
            tags.put_on(complaint=complaint, names=given, by=agent, now=now)


@pytest.mark.django_db
class TestTheList:
    def test_is_renamed_merged_and_retired(self, agent, make_complaint, now):
        first, second = make_complaint(owner=agent, at=now), make_complaint(owner=agent, at=now)
        tags.put_on(complaint=first, names=["cargo", "kargo"], by=agent, now=now)
        tags.put_on(complaint=second, names=["cargo"], by=agent, now=now)
        cargo, kargo = Tag.objects.get(key="cargo"), Tag.objects.get(key="kargo")
        with pytest.raises(tags.UnableToKeepTag):
            tags.rename(tag=cargo, name="KARGO")
        assert tags.merge(tag=cargo, into=kargo, now=now) == 1
        assert rebuilt(first) == rebuilt(second) == ["kargo"]
        tags.rename(tag=kargo, name="Kargo firması")
        assert rebuilt(second) == ["Kargo firması"]
        assert [(one.name, one.live, one.all) for one in tags.listed()] == [("Kargo firması", 2, 2)]
        # The old word leads to the new one, and what was put on under it comes off.
        with pytest.raises(tags.UnableToTag, match="already"):
            tags.put_on(complaint=second, names=["cargo"], by=agent, now=now)
        tags.take_off(complaint=second, tags=[kargo.pk], by=agent, now=now + MINUTE)
        assert rebuilt(second) == []
        for tag, into in [(kargo, kargo), (cargo, kargo), (kargo, cargo)]:
            with pytest.raises(tags.UnableToKeepTag):
                tags.merge(tag=Tag.objects.get(pk=tag.pk), into=Tag.objects.get(pk=into.pk), now=now)
        tags.retire(tag=kargo, now=now)
        assert tags.offered() == tags.often(agent=agent) == []
        assert rebuilt(first) == ["Kargo firması"]
        with pytest.raises(tags.UnableToTag, match="not used any more"):
            tags.put_on(complaint=second, names=["cargo"], by=agent, now=now)
        tags.use_again(tag=kargo)
        assert [word.name for word in tags.offered()] == ["Kargo firması"]
