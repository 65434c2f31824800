"""Questions that are put into words once: they say what Django's own would, whatever stands in the blanks."""

from datetime import timedelta

import pytest
from django.db.models import BigIntegerField, CharField, Count, DateTimeField, F, IntegerField, Q, Value
from django.db.models.functions import Concat

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent
from amends.desk.web import questions
from amends.desk.web.questions import Among, Blank

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Nothing is known that another test has asked."""
    monkeypatch.setattr(questions, "_known", {})


@pytest.fixture
def three(make_complaint, make_agent, now):
    owner = make_agent(name="Can")
    return [make_complaint(owner=owner, at=now + timedelta(hours=hour)) for hour in range(3)]


class TestWhatComesBack:
    def test_rows_as_tuples_in_their_order(self, three):
        def since():
            rows = Complaint.objects.filter(received_at__gte=Blank("since", DateTimeField())).order_by("-received_at")
            return rows.values_list("number", "received_at", "live")

        found = questions.ask("since", since, since=three[1].received_at)
        assert found == [(one.number, one.received_at, True) for one in (three[2], three[1])]

    def test_rows_of_a_model_with_what_was_fetched_along(self, three, django_assert_num_queries):
        def whole():
            rows = Complaint.objects.filter(pk=Blank("pk", BigIntegerField())).select_related("owner", "team")
            return rows.annotate(said=Concat("subject", Value(" 100 %")))

        with django_assert_num_queries(1):
            (found,) = questions.ask("whole", whole, pk=three[0].pk)
            assert (found, found.owner.name, found.team) == (three[0], "Can", None)
            assert found.said == f"{three[0].subject} 100 %"
        assert vars(found.owner).keys() == vars(Agent.objects.filter(pk=found.owner_id)[0]).keys()

    def test_lists_in_columns(self, make_agent):
        agent = make_agent(languages=["tr", "fa"])
        rows = questions.ask("spoken", lambda: Agent.objects.filter(pk=Blank("pk", BigIntegerField())), pk=agent.pk)
        assert [row.languages for row in rows] == [["tr", "fa"]]

    def test_how_many_there_are(self, three):
        def theirs():
            return Complaint.objects.filter(owner=Blank("owner", BigIntegerField())).values("pk")

        assert questions.count("theirs", theirs, owner=three[0].owner_id) == 3
        assert questions.count("theirs", theirs, owner=0) == 0
        assert questions.count("first of them", lambda: theirs()[:2], owner=three[0].owner_id) == 2

    def test_what_is_counted_in_columns(self, three):
        def counted():
            rows = Complaint.objects.annotate(all=Value(1)).values("all")
            old = Q(received_at__lt=Blank("since", DateTimeField()))
            return rows.annotate(every=Count("pk"), old=Count("pk", filter=old)).values_list("every", "old")

        assert questions.ask("counted", counted, since=three[2].received_at) == [(3, 2)]
        assert questions.ask("counted", counted, since=three[0].received_at) == [(3, 0)]

    def test_nothing_where_nothing_can_be(self):
        assert questions.ask("none", lambda: Complaint.objects.filter(pk__in=[])) == []
        assert questions.count("none", lambda: Complaint.objects.filter(pk__in=[])) == 0


class TestChanges:
    def test_rows_are_changed_and_counted(self, three):
        def one():
            return Complaint.objects.filter(pk=Blank("pk", BigIntegerField()), live=True)

        to = {"subject": Blank("subject", CharField()), "heat": Blank("heat", IntegerField())}
        assert questions.change("said", one, to, pk=three[1].pk, subject="50 %", heat=2) == 1
        assert questions.change("said", one, to, pk=0, subject="none", heat=1) == 0
        assert list(Complaint.objects.order_by("pk").values_list("subject", "heat")) == [
            (three[0].subject, three[0].heat), ("50 %", 2), (three[2].subject, three[2].heat),
        ]  # fmt: skip


class TestBlanks:
    @pytest.mark.parametrize("words", ["50 % off", "a 'quoted' one", "%s", "شکایت", "\\"])
    def test_any_words(self, three, words):
        Complaint.objects.filter(pk=three[1].pk).update(subject=words)
        subject = Blank("subject", CharField())
        found = questions.ask(
            "of a subject", lambda: Complaint.objects.filter(subject=subject).values_list("pk"), subject=words
        )
        assert found == [(three[1].pk,)]

    @pytest.mark.parametrize("words", ["50 % off", "a 'quoted' one", "%s"])
    def test_any_words_beside_them(self, three, words):
        Complaint.objects.filter(pk=three[1].pk).update(subject=words)
        pk = Blank("pk", BigIntegerField())
        found = questions.ask(
            ("beside", words), lambda: Complaint.objects.filter(subject=words, pk=pk).values_list("pk"), pk=three[1].pk
        )
        assert found == [(three[1].pk,)]

    @pytest.mark.parametrize("some", [[], [0], [0, 1], [0, 1, 2]])
    def test_one_of_however_many(self, three, some):
        pks = {three[place].pk for place in some}
        found = questions.ask("some", lambda: Complaint.objects.filter(Among("pk", "some")).values_list("pk"), some=pks)
        assert {pk for (pk,) in found} == pks

    def test_in_a_condition_of_several(self, three):
        def either():
            mine = Q(owner=Blank("owner", BigIntegerField()))
            return Complaint.objects.filter(mine | Among(F("pk"), "some")).values_list("pk").order_by("pk")

        assert questions.ask("either", either, owner=0, some=[three[2].pk]) == [(three[2].pk,)]
        assert len(questions.ask("either", either, owner=three[0].owner_id, some=[])) == 3


class TestWhatIsKept:
    def test_it_is_put_into_words_once(self, three):
        said = []

        def one():
            said.append("said")
            return Complaint.objects.filter(pk=Blank("pk", BigIntegerField())).values_list("number")

        assert [questions.ask("one", one, pk=row.pk) for row in three] == [[(row.number,)] for row in three]
        assert said == ["said"]

    def test_no_more_shapes_than_a_desk_has(self, monkeypatch):
        monkeypatch.setattr(questions, "MOST", 8)
        for place in range(30):
            questions.ask(place, lambda: Agent.objects.values_list("pk"))
        assert len(questions._known) <= 8

    def test_a_question_belongs_to_no_thread_and_no_transaction(self, three):
        """What is kept holds no connection: another thread has its own."""
        questions.ask("all", lambda: Complaint.objects.select_related("owner"))
        (question,) = [one for name, one in questions._known.items() if name[1] == "all"]
        assert not [value for value in vars(question).values() if type(value).__name__ == "DatabaseWrapper"]


class TestTogether:
    def test_counts_are_asked_in_one_question_each_as_by_itself(self, three, make_agent, django_assert_num_queries):
        def of(agent):
            return questions.Count("of one", lambda: of_one().filter(live=True), {"agent": agent.pk})

        def of_one():
            return Complaint.objects.filter(owner=Blank("agent", BigIntegerField())).values("pk")

        nobody = questions.Count("of nobody", lambda: Complaint.objects.none().values("pk"), {})
        late = questions.Count(
            "late", lambda: Complaint.objects.filter(received_at__gt=Blank("at", DateTimeField())).values("pk"),
            {"at": three[0].received_at},
        )  # fmt: skip
        counts = [of(three[0].owner), nobody, of(make_agent()), late]
        for _time in range(2):
            with django_assert_num_queries(1):
                assert questions.together(counts) == [3, 0, 0, 2]
        assert [one.asked() for one in counts] == [3, 0, 0, 2]

    def test_nothing_is_asked_where_there_can_be_nothing(self, django_assert_num_queries):
        nobody = questions.Count("of nobody", lambda: Complaint.objects.none().values("pk"), {})
        with django_assert_num_queries(0):
            assert questions.together([nobody, nobody]) == [0, 0]
            assert questions.together([]) == []
