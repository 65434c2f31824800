"""Merging, splitting and own fields as the pages offer them."""

import json

import pytest
from django.urls import reverse

from amends.desk.complaints import actions, fields
from amends.desk.complaints.models import Complaint, Field
from amends.desk.people.models import Role

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def address(name, *arguments):
    return reverse(f"workplace:{name}", args=arguments)


def page(answer):
    return answer.content.decode()


def said(answer):
    return json.loads(answer["HX-Trigger"])["said"]


def test_two_are_merged_read_as_one_and_taken_apart(desk, agent, make_complaint, make_customer, now):
    customer = make_customer()
    first = make_complaint(customer=customer, owner=agent)
    second = make_complaint(customer=customer, owner=agent, text="It is still not here.")
    stranger = make_complaint(owner=agent)
    assert f'value="{second.number}"' in page(desk.get(address("merge", first.number), headers=HTMX))
    given = {"number": str(stranger.number), "stays": "this"}
    answer = desk.post(address("merge", first.number), given, headers=HTMX)
    assert (answer.status_code, "one person" in page(answer)) == (422, True)
    answer = desk.post(address("merge", first.number), {"number": "77777", "stays": "this"}, headers=HTMX)
    assert answer.status_code == 422
    answer = desk.post(address("merge", second.number), {"number": f"#{first.number}", "stays": "that"}, headers=HTMX)
    assert said(answer)["words"] == f"Merged: #{second.number} goes on in #{first.number}."
    for number in (first.number, second.number):
        text = page(desk.get(address("complaint", number)))
        assert "It is still not here." in text
        assert "Take it out again" in text
    desk.post(said(answer)["undo"], {"line": said(answer)["line"]}, headers=HTMX)
    assert "It is still not here." not in page(desk.get(address("now", first.number), headers=HTMX))
    # And once more, by the button on the timeline, which goes on standing there.
    desk.post(address("merge", first.number), {"number": second.number, "stays": "this"}, headers=HTMX)
    event = first.events.filter(kind="merged").last()
    desk.post(address("apart", first.number, event.pk), headers=HTMX)
    assert Complaint.objects.get(pk=second.pk).merged_into is None
    assert desk.post(address("apart", first.number, event.pk), headers=HTMX).status_code == 409


def test_a_part_is_split_off_and_put_back(desk, agent, make_complaint, now):
    row = make_complaint(owner=agent)
    other = actions.customer_writes(complaint=row, text="And the bill is wrong.", channel="mail", now=now)
    assert "And the bill is wrong." in page(desk.get(address("split", row.number), headers=HTMX))
    assert desk.post(address("split", row.number), {"subject": "x"}, headers=HTMX).status_code == 422
    given = {"event": other.pk, "subject": "The bill"}
    answer = desk.post(address("split", row.number), given, headers=HTMX)
    new = Complaint.objects.get(subject="The bill")
    assert f"#{new.number}" in said(answer)["words"]
    assert address("complaint", new.number) in page(desk.get(address("complaint", row.number)))
    desk.post(said(answer)["undo"], {"line": said(answer)["line"]}, headers=HTMX)
    assert Complaint.objects.get(pk=new.pk).merged_into_id == row.pk


def test_fields_are_filled_in_as_their_reader_writes(desk, agent, make_complaint):
    row = make_complaint(owner=agent)
    sheet = page(desk.get(address("fill-in", row.number), headers=HTMX))
    assert "This team asks for no fields of its own." in sheet
    assert "btn-primary" not in sheet
    names = {"fa": "بها"}
    field = fields.keep(field=None, name="Price", names=names, kind="number")
    agent.language = "fa"
    agent.save()
    desk.post(address("fill-in", row.number), {f"field-{field.pk}": "۱٬۲۵۰٫۵"}, headers=HTMX)
    assert 'value="۱۲۵۰٫۵"' in page(desk.get(address("fill-in", row.number), headers=HTMX))
    assert "۱۲۵۰٫۵" in page(desk.get(address("beside", row.number)))
    event = row.events.get(kind="filled-in")
    assert (event.content.data["called"]["fa"], event.content.data["called"]["en"]) == ("بها", "Price")


def test_fields_are_kept_filled_in_and_found(client, desk, agent, make_agent, make_complaint):
    row, other = make_complaint(owner=agent), make_complaint(owner=agent)
    assert "we note" not in page(desk.get(address("beside", row.number)))
    chief = make_agent(role=Role.ADMINISTRATOR)
    client.force_login(chief)
    new = {"name": "Batch", "name_tr": "Parti", "kind": "choice", "choices": "A1\nA2", "needed_to_close": "on"}
    assert client.post(address("own-fields"), {**new, "choices": ""}).status_code == 422
    assert client.post(address("own-fields"), new).status_code == 302
    field = Field.objects.get()
    assert (field.names, field.needed_to_close) == ({"tr": "Parti"}, True)
    assert 'value="Batch"' in page(client.get(address("own-field", field.pk)))
    client.post(address("own-field", field.pk), {**new, "kind": "text", "choices": "A1\nA2\nB7"})
    assert (Field.objects.get().kind, len(Field.objects.get().choices)) == ("choice", 3)
    client.force_login(agent)
    assert desk.get(address("own-fields")).status_code == 403
    assert "Batch" in page(desk.get(address("beside", row.number)))
    assert "B7" in page(desk.get(address("fill-in", row.number), headers=HTMX))
    box = f"field-{field.pk}"
    assert desk.post(address("fill-in", row.number), {box: "zz"}, headers=HTMX).status_code == 422
    assert said(desk.post(address("fill-in", row.number), {box: "b7"}, headers=HTMX))["words"] == "Filled in."
    assert "B7" in page(desk.get(address("beside", row.number)))
    assert "filled in: Batch" in page(desk.get(address("complaint", row.number)))
    answer = desk.post(address("narrow"), {"view": "all", "field": field.pk, "says": "b7"}, headers=HTMX)
    text = page(desk.get(answer["HX-Redirect"]))
    assert f'data-number="{row.number}"' in text
    assert f'data-number="{other.number}"' not in text
    assert "Batch: b7" in text
    fields.retire(field=field, now=row.received_at)
