"""Tags and links as pages show them: on a case, several at once, in the list of the house."""

import json

import pytest
from django.urls import reverse

from amends.desk.complaints import links, tags
from amends.desk.complaints.models import Link, Tag, Tagging

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def address(name, *arguments):
    return reverse(f"workplace:{name}", args=arguments)


def page(answer):
    return answer.content.decode()


def said(answer):
    return json.loads(answer["HX-Trigger"])["said"]


def undo(desk, answer):
    return desk.post(said(answer)["undo"], {"line": said(answer)["line"]}, headers=HTMX)


def test_a_case_is_tagged_found_and_freed_of_a_tag(desk, agent, make_complaint, now):
    row, other = make_complaint(owner=agent), make_complaint(owner=agent)
    answer = desk.post(address("tag", row.number), {"names": "Kargo, late"}, headers=HTMX)
    assert said(answer)["words"] == "Tagged: Kargo, late"
    assert page(desk.post(address("tag", row.number), {"names": "kargo"}, headers=HTMX)).count("already") == 1
    assert desk.post(address("tag", row.number), {"names": " , "}, headers=HTMX).status_code == 422
    desk.post(address("tag", other.number), {"add": "late"}, headers=HTMX)
    sheet = page(desk.get(address("tag", other.number), headers=HTMX))
    assert 'name="add" value="Kargo"' in sheet  # often used, and not on it yet
    assert 'name="add" value="late"' not in sheet
    kargo = Tag.objects.get(key="kargo")
    assert "Kargo" in page(desk.get(address("complaint", row.number)))
    for asked in ({"tag": kargo.pk}, {"q": "#kargo"}):
        text = page(desk.get(address("inbox"), {"view": "all", **asked}))
        assert f'data-number="{row.number}"' in text
        assert f'data-number="{other.number}"' not in text
    assert f'name="tag" value="{kargo.pk}"' in page(desk.get(address("inbox"), {"view": "all", "tag": kargo.pk}))
    answer = desk.post(address("untag", row.number, kargo.pk), headers=HTMX)
    assert Tagging.objects.filter(tag=kargo).count() == 0
    undo(desk, answer)
    assert Tagging.objects.filter(tag=kargo).count() == 1


def test_several_are_tagged_at_once_and_back(desk, agent, make_complaint):
    rows = [make_complaint(owner=agent) for _ in range(3)]
    numbers = [row.number for row in rows]
    tags.put_on(complaint=rows[0], names=["late"], by=agent, now=rows[0].received_at)
    assert 'value="late"' in page(desk.get(address("together", "tag"), {"number": numbers}, headers=HTMX))
    given = {"number": numbers, "names": "late", "what": "on"}
    answer = desk.post(address("together", "tag"), given, headers=HTMX)
    assert said(answer)["words"] == "2 tagged."
    assert "It has this tag already." in page(answer)
    undo(desk, answer)
    assert Tagging.objects.count() == 1
    answer = desk.post(address("together", "tag"), {**given, "what": "off"}, headers=HTMX)
    assert said(answer)["words"] == "1 rid of the tag."
    assert not Tagging.objects.exists()


def test_administrators_keep_the_list(desk, agent, make_agent, make_complaint, now):
    client, row = desk, make_complaint(owner=agent)
    assert "No tag yet" in page(desk.get(address("tags")))
    tags.put_on(complaint=row, names=["late", "delay"], by=agent, now=now)
    late, delay = Tag.objects.get(key="late"), Tag.objects.get(key="delay")
    assert "Rename" not in page(desk.get(address("tags")))
    assert desk.post(address("change-tag", late.pk, "retire")).status_code == 403
    client.force_login(make_agent(role="administrator", language="en"))
    steps = [
        (late, "rename", {"name": "Delay"}, "Merge them instead"),
        (late, "rename", {"name": "Late!"}, "is called “Late!” now"),
        (late, "merge", {"into": late.pk}, "Choose another tag"),
        (late, "merge", {"into": delay.pk}, "on 0 more complaints"),
        (delay, "retire", {}, "is offered no more"),
        (delay, "use-again", {}, "is offered again"),
    ]
    for tag, what, given, words in steps:
        assert words in page(client.post(address("change-tag", tag.pk, what), given, follow=True))
    assert client.post(address("change-tag", late.pk, "retire")).status_code == 404  # it is merged
    assert client.post(address("change-tag", delay.pk, "burn")).status_code == 404
    assert [(one.name, one.all) for one in tags.listed()] == [("delay", 1)]


def test_a_link_has_a_door_on_both_sides(desk, agent, make_complaint, django_assert_max_num_queries):
    part, whole = make_complaint(owner=agent), make_complaint(owner=agent, subject="The whole story")
    assert "both have the same cause" in page(desk.get(address("link", part.number), headers=HTMX))
    for number, trouble in [("nine", "no complaint of this number"), (part.number, "the same complaint")]:
        answer = desk.post(address("link", part.number), {"number": number, "how": "same-cause"}, headers=HTMX)
        assert answer.status_code == 422
        assert trouble in page(answer)
    persian = str(whole.number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    answer = desk.post(address("link", part.number), {"number": f"#{persian}", "how": "part-of"}, headers=HTMX)
    assert said(answer)["words"] == "Linked. It is seen on both."
    with django_assert_max_num_queries(15):
        text = page(desk.get(address("now", part.number)))
    assert "The whole story" in text
    assert f'href="{address("complaint", whole.number)}"' in text
    assert f'href="{address("complaint", part.number)}"' in page(desk.get(address("now", whole.number)))
    undo(desk, answer)
    assert links.of(complaint=part) == links.of(complaint=whole) == []
    assert "Taken back" in said(undo(desk, answer))["words"]  # a second time there is nothing to take back
    desk.post(address("link", part.number), {"number": whole.number, "how": "holds"}, headers=HTMX)
    answer = desk.post(address("unlink", whole.number, part.number), headers=HTMX)
    assert not Link.objects.exists()
    undo(desk, answer)
    assert [one.how for one in links.of(complaint=part)] == ["holds"]
    assert desk.post(address("unlink", part.number, part.number), headers=HTMX).status_code == 409
