"""Who goes first when more is asked for than can be answered."""

import pytest
from django.urls import NoReverseMatch, reverse

from amends.desk.web.patience import ALL_DAY, BESIDE, patience


@pytest.mark.parametrize(
    "name",
    [
        "workplace:inbox",
        "workplace:list",
        "workplace:complaint",
        "workplace:reply",
        "workplace:note",
        "portal:complain",
        "portal:follow",
        "portal:chat-say",
        "portal:chat",
    ],
)
def test_what_somebody_clicked_or_sent_goes_first(name):
    assert patience(at(name)) == 0


@pytest.mark.parametrize(
    "name",
    [
        "workplace:outside",
        "workplace:cool",
        "workplace:beside",
        "workplace:heat",
        "workplace:now",
        "workplace:draft",
        "workplace:draft-files",
        "workplace:live",
        "clocks:pane",
        "coaching:read",
        "coaching:course",
        "improvements:cause",
        "portal:chat-events",
    ],
)
def test_what_a_page_asks_by_itself_may_come_later(name):
    assert patience(at(name)) == BESIDE


@pytest.mark.parametrize(
    "name", ["workplace:here", "workplace:present", "workplace:gone", "workplace:counts", "portal:chat-here"]
)
def test_what_it_asks_all_day_long_comes_last(name):
    assert patience(at(name)) == ALL_DAY


def test_a_list_that_is_open_draws_itself_anew_last():
    assert patience(at("workplace:list"), b"view=now&around=1&shown=30") == ALL_DAY


def at(name):
    """Return the address of a view, whatever it is about."""
    for arguments in ({}, {"number": 1001}, {"key": "k3y"}):
        try:
            return reverse(name, kwargs=arguments)
        except NoReverseMatch:
            continue
    pytest.fail(f"There is no {name}.")
