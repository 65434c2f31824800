"""A shop's program files a complaint and follows it to the answer, by the API alone."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from amends.desk.api import actions as doors
from amends.desk.api import deliver
from amends.desk.api.models import Message
from amends.desk.channels import actions as channels
from amends.desk.channels.models import Outgoing
from amends.desk.jobs.post import Outcome


class Post:
    """Takes every letter."""

    is_open = True

    def __init__(self) -> None:
        self.to: list[str] = []

    def deliver(self, *, mime: bytes, sender: str, recipient: str) -> Outcome:
        self.to.append(recipient)
        return Outcome("sent")


@pytest.mark.django_db(transaction=True)
def test_a_complaint_is_filed_answered_and_ends_content(make_program, make_agent, now):
    deniz = make_agent(name="Deniz Kaya", languages=["en"])
    doors.set_up(
        name="Shop", address="https://shop.example/hooks", kinds=["received", "replied", "content"],
        by=make_agent(role="administrator"), now=now,
    )  # fmt: skip
    shop = make_program(agent=deniz)

    # The shop files it, and is told who is on it.
    filed = shop(
        "POST",
        "complaints",
        {
            "name": "Ada Hill", "email": "ada@mail.example", "language": "en", "wish": "A new one by Saturday.",
            "text": "My parcel has not come for three weeks.",
        },
        key=uuid.uuid4().hex,
    )  # fmt: skip
    assert filed.status_code == 201
    number = filed.json()["number"]
    at = f"complaints/{number}"
    assert filed.json()["owner_name"]
    assert [one["number"] for one in shop("GET", "complaints?view=all").json()["complaints"]] == [number]

    # The answer is read before it goes: what is vague is found, and nothing was sent by reading.
    judged = shop("POST", "check", {"reply": "We will get back to you soon.", "language": "en", "reader": "cues"})
    assert judged.status_code == 200
    assert "vague-promise" in judged.content.decode()
    assert not Outgoing.objects.filter(event__kind="replied").exists()

    # It is answered, with a time that can be kept, and the letter leaves.
    due = (timezone.now() + timedelta(days=2)).isoformat()
    answered = shop(
        "POST",
        f"{at}/reply",
        {
            "text": "I am sorry, Ms Hill. I sent a new one today.",
            "promises": [{"words": "a call when it is there", "due_at": due}],
        },
        key=uuid.uuid4().hex,
    )
    assert (answered.status_code, answered.json()["goes_by"]) == (201, "mail")
    post = Post()
    channels.deliver_due(now=timezone.now() + timedelta(hours=1), post=post)
    assert post.to == ["ada@mail.example"] * 2  # that it came, and the answer

    # Whoever reads it sees both sides and what is owed; the promise is kept, the customer content.
    whole = shop("GET", at).json()
    turns = whole["conversation"]["turns"]
    assert [turn["by"] for turn in turns if turn["by"] in {"customer", "agent"}] == ["customer", "agent"]
    owed = shop("GET", f"{at}/promises").json()["promises"]
    mine = next(one for one in owed if one["words"] == "a call when it is there")
    assert shop("POST", f"promises/{mine['id']}/keep", {}, key=uuid.uuid4().hex).status_code < 300
    assert shop("POST", f"{at}/content", {}, key=uuid.uuid4().hex).status_code < 300
    assert shop("GET", at).json()["stage"] == "resolved"

    # And the shop's address has heard of each step once.
    deliver.listen(now=timezone.now())
    deliver.listen(now=timezone.now())
    told = Message.objects.order_by("event").values_list("event__kind", flat=True)
    assert list(told) == ["received", "replied", "content"]
