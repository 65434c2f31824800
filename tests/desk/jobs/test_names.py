"""Everything that works in the background has a name that people understand."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from amends.desk.jobs import names, periods


def test_every_periodic_work_of_the_desk_has_a_name():
    assert [path for path in periods.table() if names.name_of(path) == path] == []


@pytest.mark.django_db
class TestTheAdministration:
    @pytest.fixture
    def page(self, client, make_agent):
        client.force_login(make_agent(name="Temuujin D.", role="administrator", language="en"))
        return client.get(reverse("admin:index")).content.decode()

    def test_shows_only_what_has_no_page_of_its_own(self):
        assert sorted(model.__name__ for model in admin.site._registry) == ["Agent", "Calendar", "Customer", "Team"]

    def test_leads_back_to_the_desk(self, page):
        assert f'href="{reverse("workplace:inbox")}"' in page

    def test_names_rooms_as_people_do(self, page):
        assert re.search(r">\s*Customers\s*</a>", page)
        assert "Tasks Database Backend" not in page
