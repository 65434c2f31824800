"""What a complaint is about: a product and a branch of the organisation's own lists."""

import pytest
from django.utils import translation

from amends.desk.complaints import actions, listed
from amends.desk.complaints.as_conversation import as_conversation
from amends.desk.complaints.models import Branch, EventKind, Product
from amends.desk.complaints.queries import conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def kettle():
    return listed.keep("product", entry=None, name="Kettle", names={"fa": "کتری", "en": "Kettle"})


def test_an_entry_is_one_in_every_language(kettle):
    assert kettle.names == {"fa": "کتری"}
    assert [one.name for one in listed.choices("product", language="fa")] == ["کتری"]
    assert [one.name for one in listed.choices("product", language="mn")] == ["Kettle"]


def test_a_name_is_there_once_and_is_none_when_empty(kettle):
    for name in ("kettle", " "):
        with pytest.raises(listed.UnableToList):
            listed.keep("product", entry=None, name=name, names={})
    assert listed.keep("product", entry=kettle.pk, name="Kettles", names={}).name == "Kettles"
    assert listed.keep("branch", entry=None, name="Kettle", names={}).pk


def test_what_is_retired_is_chosen_no_more_and_stays_where_it_was_chosen(kettle, now):
    listed.retire("product", entry=kettle.pk, now=now)
    assert listed.choices("product", language="en") == []
    assert len(listed.choices("product", language="en", also=kettle.pk)) == 1
    listed.bring_back("product", entry=kettle.pk)
    assert len(listed.choices("product", language="en")) == 1


@pytest.mark.parametrize("told", ["", "x", "²", "9" * 20, "0", "404"])
def test_no_number_chooses_nothing(told):
    assert listed.branch(told) is None


def test_what_it_is_about_stands_in_the_timeline_and_comes_back_from_it(kettle, make_complaint, now):
    complaint, shop = make_complaint(), Branch.objects.create(name="Kadıköy")
    by = complaint.owner
    assert actions.place(complaint=complaint, product=kettle, branch=shop, by=by, now=now) is not None
    assert actions.place(complaint=complaint, product=kettle, branch=shop, by=by, now=now) is None  # said before
    assert (complaint.product, complaint.branch) == (kettle, shop)
    told = [one for one in conversation(complaint=complaint, reader=by) if one.kind == EventKind.PLACED]
    assert [one.sentence for one in told] == [f"{by.name} noted what it is about: Kettle · Kadıköy"]
    with translation.override("fa"):
        [event] = [one for one in conversation(complaint=complaint, reader=by) if one.kind == EventKind.PLACED]
        assert "کتری · Kadıköy" in event.sentence
    assert ("branch", "Kadıköy") in as_conversation(complaint=complaint, now=now).facts.other

    type(complaint).objects.update(product=None, branch=None)
    actions.rebuild(complaint=complaint)
    complaint.refresh_from_db()
    assert (complaint.product_id, complaint.branch_id) == (kettle.pk, shop.pk)

    actions.erase(customer=complaint.customer, by=by, now=now)
    actions.rebuild(complaint=complaint)
    complaint.refresh_from_db()
    assert complaint.product_id == kettle.pk

    actions.place(complaint=complaint, product=None, branch=None, by=by, now=now)
    assert (complaint.product_id, complaint.branch_id) == (None, None)
    assert Product.objects.count() == 1
