"""Products and branches: kept by administrators, said of a complaint in one step."""

import pytest
from django.urls import reverse

from amends.desk.complaints import listed
from amends.desk.complaints.models import Branch, Product
from amends.desk.people.models import Role

pytestmark = pytest.mark.django_db
LISTS = "/desk/improvements/lists/"


def test_administrators_keep_the_lists_and_nobody_else(client, make_agent):
    client.force_login(make_agent(role=Role.LEAD))
    assert client.get(LISTS).status_code == 403
    client.force_login(make_agent(role=Role.ADMINISTRATOR, language="fa"))
    assert client.get(LISTS).status_code == 200
    client.post(LISTS, {"list": "product", "name": " Kettle ", "name_fa": "کتری", "name_en": "Kettle"})
    kettle = Product.objects.get()
    assert (kettle.name, kettle.names) == ("Kettle", {"fa": "کتری"})
    assert client.post(LISTS, {"list": "product", "name": "KETTLE"}).status_code == 422
    client.post(LISTS, {"list": "product", "entry": kettle.pk, "name": "Kettles"})
    client.post(LISTS, {"list": "product", "entry": kettle.pk, "act": "retire"})
    kettle.refresh_from_db()
    assert (kettle.name, kettle.retired_at is None) == ("Kettles", False)
    client.post(LISTS, {"list": "product", "entry": kettle.pk, "act": "bring-back"})
    assert [one.name for one in listed.choices("product", language="en")] == ["Kettles"]
    for wrong in ({"list": "team"}, {"list": "branch", "entry": "9"}, {"list": "branch", "act": "retire"}):
        assert client.post(LISTS, {"name": "x", **wrong}).status_code == 404


def test_a_complaint_is_placed_beside_its_cause_in_one_step(client, make_complaint):
    complaint = make_complaint()
    client.force_login(complaint.owner)
    pane = reverse("improvements:cause", args=[complaint.number])
    assert b'name="product"' not in client.get(pane).content  # no list, no question
    kettle, shop = Product.objects.create(name="Kettle"), Branch.objects.create(name="Kadıköy")
    assert b'name="branch"' in client.get(pane).content
    answer = client.post(
        reverse("improvements:about", args=[complaint.number]),
        {"product": kettle.pk, "branch": shop.pk},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 204
    complaint.refresh_from_db()
    assert (complaint.product, complaint.branch) == (kettle, shop)


def test_a_complaint_that_is_typed_in_says_it_too(client, make_agent):
    client.force_login(make_agent(language="en"))
    told = {"channel": "phone", "name": "Ayşe", "phone": "+905321234567", "language": "tr", "text": "Çaydanlık."}
    new = reverse("workplace:new")
    assert b'name="product"' not in client.get(new).content
    kettle = Product.objects.create(name="Kettle")
    assert b'name="product"' in client.get(new).content
    client.post(new, {**told, "product": kettle.pk})
    assert kettle.complaints.count() == 1
