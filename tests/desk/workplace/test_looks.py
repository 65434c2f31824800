"""How a complaint looks to its agent: whose words stand where, and nothing said twice."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.channels.acknowledgement import acknowledge
from amends.desk.people.models import Role

pytestmark = pytest.mark.django_db
SAID = "The lid of the jar arrived cracked, and my sister's birthday is on Sunday."


@pytest.fixture
def owner(make_agent, make_team):
    return make_agent(name="Hannah", language="en", team=make_team())


@pytest.fixture
def complaint(make_complaint, make_customer, owner):
    return make_complaint(customer=make_customer(name="Margaret"), owner=owner, subject="", text=SAID)


@pytest.fixture
def look(client, owner):
    client.force_login(owner)
    return lambda name, *args: client.get(reverse(f"workplace:{name}", args=args)).content.decode()


def test_our_receipt_stands_on_our_side(look, complaint):
    event = acknowledge(complaint=complaint, recipient="m@mail.example", subject="", now=timezone.now())
    page = look("complaint", complaint.number)
    assert f'id="said-{event.pk}" class="turn turn-agent"' in page
    first = complaint.events.get(kind="customer-wrote")
    assert f'id="said-{first.pk}" class="turn turn-customer"' in page


def test_a_row_says_its_sentence_once(look, complaint):
    row = look("inbox").split('data-number="')[1].split("</li>")[0]
    assert len(re.findall(r">[^<]*The lid of the jar[^<]*<", row)) == 1
    assert "row-line" not in row


def test_a_row_goes_on_where_its_title_was_cut(look, complaint):
    complaint.preview = SAID
    complaint.subject = "The lid of the jar arrived cracked…"
    complaint.save()
    row = look("inbox").split('data-number="')[1].split("</li>")[0]
    assert '<span class="row-line" dir="ltr">… and my sister&#x27;s birthday is on Sunday.</span>' in row


def test_letters_that_wait_take_one_line_that_opens(look, complaint, owner, settings):
    settings.SMTP = ""
    acknowledge(complaint=complaint, recipient="m@mail.example", subject="", now=timezone.now())
    assert '<details class="next-bar next-bar-small">' in look("complaint", complaint.number)
    assert "Ask an administrator to set it up." in look("complaint", complaint.number)
    owner.role = Role.ADMINISTRATOR
    owner.save()
    assert f'href="{reverse("channels:arrivals")}">Set it up</a>' in look("complaint", complaint.number)
