"""One person who is here twice: found across scripts and slips, made one record, and two again."""

from datetime import timedelta
from decimal import Decimal

import pytest

from amends.desk.clocks.actions import add_group, put_into_group
from amends.desk.clocks.models import GroupMember
from amends.desk.complaints import actions, heard_names, inbox, one_person
from amends.desk.complaints.handing_out import hand_out
from amends.desk.complaints.models import Complaint
from amends.desk.complaints.sounding import sounds_near, sounds_of
from amends.desk.customers.actions import find_or_make
from amends.desk.customers.models import Customer

HOUR = timedelta(hours=1)

SAME = [
    ("Ayşe Yılmaz", "Ayse Yilmaz", "name"),
    ("Ayşe Yılmaz", "YILMAZ Ayşe", "name"),
    ("Ayşe Yılmaz", "آیشه ییلماز", "letters"),
    ("Ayşe Yılmaz", "Айше Йылмаз", "letters"),
    ("نرگس احمدی", "Narges Ahmadi", "letters"),
    ("نرگس احمدی", "Наргес Ахмади", "letters"),
    ("Б. Болормаа", "Bolormaa Bat", "letters"),
    ("Б. Болормаа", "Батын Болормаа", "nearly"),
    ("Mehmet Demirci", "Mehmet Demircı", "name"),
    ("Hannah Whitfield", "Hanna Whitfeild", "nearly"),
    ("Ганбаатар Дорж", "Ganbaatar Dorj", "letters"),
]
OTHERS = [
    ("Ayşe Yılmaz", "Ahmet Yılmaz"),
    ("Ali Can", "Ela Cen"),
    ("Б. Болормаа", "Д. Болормаа"),
    ("Reza Karimi", "Rosa Carmo"),
    ("Hannah Whitfield", "Anna Whitefox"),
]


@pytest.fixture
def agent(make_agent):
    return make_agent()


@pytest.mark.parametrize(("one", "other", "why"), SAME)
def test_two_writings_of_one_name_are_found(one, other, why):
    assert sounds_near(one) & set(sounds_of(other))
    assert sounds_near(other) & set(sounds_of(one))
    assert one_person.why_alike(one, other) == why


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_two_names_of_two_people_are_not(one, other):
    assert not sounds_near(one) & set(sounds_of(other)) or not one_person.why_alike(one, other)


@pytest.mark.django_db
class TestCandidates:
    def test_names_and_numbers_are_offered_the_surest_first(self, agent, make_customer):
        here = make_customer(name="Ayşe Yılmaz", phone="+905551112233")
        letters = make_customer(name="Айше Йылмаз", language="mn")
        number = make_customer(name="A. Y.", phone="05551112233")
        make_customer(name="Ahmet Yılmaz")
        heard_names.hear_new()
        found = one_person.candidates(customer=here, reader=agent)
        assert [(one.customer, one.why) for one in found] == [(number, "number"), (letters, "letters")]

    def test_who_is_behind_a_wall_is_not_offered(self, agent, make_agent, make_team, make_customer, make_complaint):
        closed = make_team(lead=make_agent())
        closed.is_closed = True
        closed.save()
        other = make_customer(name="Ayse Yilmaz")
        complaint = make_complaint(customer=other)
        Complaint.objects.filter(pk=complaint.pk).update(team=closed)
        here = make_customer(name="Ayşe Yılmaz")
        heard_names.hear_new()
        assert one_person.candidates(customer=here, reader=agent) == []
        with pytest.raises(one_person.UnableToJoin):
            one_person.join(other=other, into=here, by=agent, now=complaint.received_at)

    def test_a_corrected_name_is_heard_anew(self, agent, make_customer):
        here, other = make_customer(name="Ayşe Yılmaz"), make_customer(name="Kaya")
        heard_names.hear_new()
        actions.correct_customer(customer=other, name="Ayse Yilmaz")
        assert [one.customer for one in one_person.candidates(customer=here, reader=agent)] == [other]
        assert heard_names.hear_new() == 0

    def test_many_are_heard_in_steps_between_which_others_write(self, make_customer, monkeypatch):
        monkeypatch.setattr(heard_names, "_AT_ONCE", 2)
        for name in ("Ayşe Yılmaz", "Kaya Demir", "Bat Bold"):
            make_customer(name=name)
        rests = []
        assert heard_names.hear_new(rest=lambda: rests.append(1)) == 3
        assert len(rests) == 2

    def test_a_name_that_says_nothing_is_heard_once(self, make_customer):
        make_customer(name="Aya")
        assert [heard_names.hear_new(), heard_names.hear_new()] == [1, 0]


@pytest.mark.django_db
class TestOneRecord:
    @pytest.fixture
    def two(self, make_customer, make_complaint, agent, now):
        into = make_customer(
            name="Ayşe Yılmaz",
            email="ayse@mail.example",
            orders=2,
            yearly_value=100,
            currency="TRY",
            note="Calls late.",
        )
        other = make_customer(
            name="Айше Йылмаз",
            email="",
            phone="+97699112233",
            orders=3,
            yearly_value=50,
            currency="TRY",
            say="eye-SHEH",
        )
        make_complaint(customer=into, owner=agent)
        make_complaint(customer=other, owner=agent, text="Илгээмж ирээгүй.")
        return into, other

    def test_everything_goes_to_the_one_that_stays(self, two, agent, now):
        into, other = two
        one_person.join(other=other, into=into, by=agent, now=now)
        into.refresh_from_db()
        assert (into.complaints.count(), other.complaints.count()) == (2, 0)
        assert (into.orders, into.yearly_value, into.say, into.note) == (5, Decimal(150), "eye-SHEH", "Calls late.")
        found = find_or_make(name="Айше", language="mn", phone="+97699112233", now=now)
        assert found == into
        for name in ("Йылмаз", "Yılmaz"):  # found under either name
            assert len(inbox.inbox(agent=agent, view="all", now=now, search=name)) == 2

    def test_it_is_taken_apart_and_stands_as_it_stood(self, two, agent, now, make_complaint):
        into, other = two
        before = [Customer.objects.values().get(pk=one.pk) for one in two]
        joining = one_person.join(other=other, into=into, by=agent, now=now)
        since = make_complaint(customer=Customer.objects.get(pk=into.pk), owner=agent)
        assert [one.name for one in one_person.joined(customer=into)] == ["Айше Йылмаз"]
        one_person.take_apart(joining=joining, by=agent, now=now + HOUR)
        assert [Customer.objects.values().get(pk=one.pk) for one in two] == before
        assert other.complaints.count() == 1
        assert other.contact_ways.get().value == "+97699112233"
        assert since in into.complaints.all()  # what came since stays with the one that stayed
        assert one_person.joined(customer=into) == []
        with pytest.raises(one_person.UnableToTakeApart):
            one_person.take_apart(joining=joining, by=agent, now=now + HOUR)

    def test_what_was_corrected_since_stays_corrected(self, two, agent, now):
        into, other = two
        joining = one_person.join(other=other, into=into, by=agent, now=now)
        actions.correct_customer(customer=Customer.objects.get(pk=into.pk), say="AY-sheh")
        one_person.take_apart(joining=joining, by=agent, now=now + HOUR)
        into.refresh_from_db()
        assert (into.say, into.orders) == ("AY-sheh", 2)

    def test_a_group_comes_along_and_goes_back(self, two, agent, now):
        into, other = two
        group = add_group(name="Shops")
        put_into_group(complaint=other.complaints.get(), group=group)
        joining = one_person.join(other=other, into=into, by=agent, now=now)
        assert GroupMember.objects.get().customer == into
        one_person.take_apart(joining=joining, by=agent, now=now + HOUR)
        assert GroupMember.objects.get().customer == other

    def test_the_record_that_stays_keeps_its_own_group_and_what_was_changed_since(self, two, agent, now):
        into, other = two
        groups = [add_group(name=name) for name in ("Shops", "Clubs", "Schools")]
        put_into_group(complaint=into.complaints.get(), group=groups[0])
        put_into_group(complaint=other.complaints.get(), group=groups[1])
        joining = one_person.join(other=other, into=into, by=agent, now=now)
        assert set(GroupMember.objects.values_list("customer", "group__name")) == {
            (into.pk, "Shops"),
            (other.pk, "Clubs"),
        }
        one_person.take_apart(joining=joining, by=agent, now=now + HOUR)
        put_into_group(complaint=into.complaints.get(), group=None)
        joining = one_person.join(other=other, into=into, by=agent, now=now + 2 * HOUR)
        put_into_group(complaint=into.complaints.first(), group=groups[2])
        one_person.take_apart(joining=joining, by=agent, now=now + 3 * HOUR)
        assert set(GroupMember.objects.values_list("customer", "group__name")) == {(into.pk, "Schools")}

    def test_one_record_goes_into_one_other(self, two, agent, now, make_customer):
        into, other = two
        third = make_customer(name="Ayse Yilmaz")
        with pytest.raises(one_person.UnableToJoin):
            one_person.join(other=into, into=into, by=agent, now=now)
        joining = one_person.join(other=other, into=into, by=agent, now=now)
        with pytest.raises(one_person.UnableToJoin):
            one_person.join(other=other, into=third, by=agent, now=now)
        one_person.join(other=into, into=third, by=agent, now=now)
        assert third.complaints.count() == 2
        with pytest.raises(one_person.UnableToTakeApart):  # the later one first
            one_person.take_apart(joining=joining, by=agent, now=now)

    def test_who_is_erased_is_erased_under_both_names(self, two, agent, now, tmp_path):
        into, other = two
        one_person.join(other=other, into=into, by=agent, now=now)
        heard_names.hear_new()
        with (tmp_path / "all.zip").open("wb") as file:
            hand_out(customer=into, now=now, into=file)
        assert b"person.json" in (tmp_path / "all.zip").read_bytes()
        actions.erase(customer=into, by=agent, now=now + HOUR)
        other.refresh_from_db()
        assert (other.name, other.say) == ("", "")
        assert not other.sounds.exists()
        assert into.joinings.get().moved == {}
