"""Names of agents in letters that their customers read."""

import pytest
from django.utils import translation

from amends.desk.channels.acknowledgement import acknowledge
from amends.desk.people.scripts import reads
from amends.desk.portal import queries as portal


@pytest.mark.parametrize(
    ("language", "name", "does"),
    [
        ("en", "نرگس احمدی", False),
        ("fa", "نرگس احمدی", True),
        ("mn", "Б. Номин", True),
        ("tr", "Б. Номин", False),
        ("fa", "Б. Номин", False),
        ("fa", "Deniz Kaya", True),
        ("mn", "", True),
    ],
)
def test_readers_read_their_own_letters_and_latin_ones(language, name, does):
    assert reads(language, name) is does


@pytest.mark.django_db
class TestAPersianAgent:
    @pytest.fixture
    def narges(self, make_agent):
        return make_agent(name="نرگس احمدی", latin_name="Narges Ahmadi", language="fa")

    def test_is_called_as_customers_read(self, narges, make_agent):
        assert narges.name_for("en") == "Narges Ahmadi"
        assert narges.name_for("fa") == "نرگس احمدی"
        assert make_agent(name="آرش کریمی").name_for("tr") == "آرش کریمی"  # nobody has written it otherwise

    @pytest.mark.parametrize("language", ["en", "fa"])
    def test_confirms_receipt_under_that_name(self, narges, make_complaint, make_customer, language, now):
        complaint = make_complaint(owner=narges, customer=make_customer(language=language, name="Ann Carter"))
        event = acknowledge(complaint=complaint, recipient="ann@mail.example", subject="Broken", now=now)
        assert narges.name_for(language) in event.content.text

    def test_stands_so_on_the_customers_page(self, narges, make_complaint, make_customer, now):
        complaint = make_complaint(owner=narges, customer=make_customer(language="en", name="Ann Carter"))
        with translation.override("en"):
            assert portal.page(complaint=complaint, now=now).owner == "Narges Ahmadi"
        with translation.override("fa"):
            assert portal.page(complaint=complaint, now=now).owner == "نرگس احمدی"
