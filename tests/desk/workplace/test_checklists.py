"""Lists of the house's own, ticked off on a complaint."""

import pytest
from django.urls import reverse

from amends.desk.complaints import actions as complaints
from amends.desk.complaints import fields
from amends.desk.complaints.models import Complaint, Event, Field, FieldValue
from amends.desk.people.models import Role

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def address(name, *arguments):
    return reverse(f"workplace:{name}", args=arguments)


@pytest.fixture
def checklist():
    return fields.keep(
        field=None, name="Return", names={"tr": "İade"}, kind="checklist", choices="Ask for a photo\nBook the courier",
        choices_in={"tr": "Fotoğraf iste\nKargoyu çağır", "fa": "عکس بخواهید"}, needed_to_close=True,
    )  # fmt: skip


@pytest.fixture
def row(agent, make_complaint):
    return make_complaint(owner=agent)


def photo(checklist):
    return checklist.choices[0]["key"]


def test_a_line_is_ticked_off_and_told_in_the_readers_language(desk, agent, row, checklist):
    beside = desk.get(address("beside", row.number)).content.decode()
    assert "Ask for a photo" in beside
    assert "0 of 2" in beside
    place = address("tick", row.number, checklist.pk) + f"?key={photo(checklist)}"
    assert desk.post(place, {"on": "1"}, headers=HTMX).status_code == 204
    assert "1 of 2" in desk.get(address("beside", row.number)).content.decode()
    assert "ticked off: Return: Ask for a photo" in desk.get(address("complaint", row.number)).content.decode()
    agent.language = "tr"
    agent.save()
    assert "İade: Fotoğraf iste" in desk.get(address("complaint", row.number)).content.decode()
    desk.post(place, headers=HTMX)
    assert not FieldValue.objects.exists()


def test_twice_is_once_and_a_line_that_is_none_is_refused(desk, agent, row, checklist, now):
    ticked = {"complaint": row, "field": checklist.pk, "key": photo(checklist), "on": True, "by": agent, "now": now}
    assert fields.tick(**ticked) is not None
    assert fields.tick(**ticked) is None
    assert Event.objects.filter(kind="filled-in").count() == 1
    for wrong in ({"key": "no-such"}, {"field": checklist.pk + 1}):
        with pytest.raises(fields.UnableToFillIn):
            fields.tick(**{**ticked, **wrong})


def test_it_is_closed_when_all_of_it_is_ticked_off(agent, row, checklist, now):
    complaints.append(complaint=row, kind="replied", by="agent", agent=agent, text="Done.", now=now)
    complaints.say_content(complaint=row, by_customer=True, now=now)
    told = {"complaint": Complaint.objects.get(pk=row.pk), "by": agent, "now": now}
    fields.tick(**told, field=checklist.pk, key=photo(checklist), on=True)
    with pytest.raises(complaints.UnableToClose, match="Return"):
        complaints.close(**told)
    fields.tick(**told, field=checklist.pk, key=checklist.choices[1]["key"], on=True)
    complaints.close(**told)
    assert Complaint.objects.get(pk=row.pk).stage == "closed"


def test_what_is_ticked_follows_from_the_events(agent, row, checklist, now):
    event = fields.tick(complaint=row, field=checklist.pk, key=photo(checklist), on=True, by=agent, now=now)
    FieldValue.objects.all().delete()
    complaints.rebuild(complaint=row)
    assert FieldValue.objects.get().text == photo(checklist)
    assert event.content.data["called"]["tr"] == "İade: Fotoğraf iste"


def test_another_team_is_not_asked(client, row, make_agent, make_team, checklist):
    Field.objects.update(team=make_team())
    client.force_login(row.owner)
    assert "Ask for a photo" not in client.get(address("beside", row.number)).content.decode()


def test_administrators_write_the_lines_in_each_language(client, make_agent, checklist):
    client.force_login(make_agent(role=Role.ADMINISTRATOR))
    place = address("own-field", checklist.pk)
    assert "Kargoyu çağır" in client.get(place).content.decode()
    lines = {"name": "Return", "choices": "Book the courier\nWeigh it", "choices_mn": "Шуудан дуудах\nЖинлэх"}
    assert client.post(place, lines).status_code == 302
    kept = Field.objects.get()
    assert [one["name"] for one in kept.choices if not one.get("retired")] == ["Book the courier", "Weigh it"]
    assert fields.as_lines_in(kept, "mn") == "Шуудан дуудах\nЖинлэх"
    assert kept.choices[0]["key"] == checklist.choices[1]["key"]
