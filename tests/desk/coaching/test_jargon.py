"""The organisation's list of jargon: written by administrators and service quality, used by the coach."""

import pytest
from django.urls import reverse

from amends.desk.coaching import jargon, queries
from amends.desk.coaching.models import JargonChange, JargonList
from amends.desk.people.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def complaint(make_complaint, make_customer):
    return make_complaint(customer=make_customer(name="Olivia Carter", language="en"))


@pytest.fixture
def quality(client, make_agent):
    agent = make_agent(role=Role.QUALITY, language="en")
    client.force_login(agent)
    return agent


def written(client, **given):
    words = {f"{what}_{code}": "" for what in ("jargon", "everyday") for code in ("tr", "fa", "mn", "en")}
    return client.post(reverse("coaching:jargon"), {**words, **given})


def remarks(complaint, text, now):
    found = queries.read_draft(complaint=complaint, agent=complaint.owner, text=text, now=now).findings
    return [one for one in found if one.name == "jargon" and not one.hint]


class TestTheList:
    def test_is_kept_with_who_changed_what(self, client, quality):
        assert written(client, jargon_en="blue slip = return label\nPOS", everyday_en="RMA").status_code == 302
        assert JargonList.objects.get().jargon == [["blue slip", "return label"], ["POS", ""]]
        assert written(client, jargon_en="POS = till", everyday_en="RMA").status_code == 302
        assert written(client, jargon_en=" POS  =till ", everyday_en="RMA\n").status_code == 302
        last = JargonChange.objects.order_by("-pk").first()
        assert JargonChange.objects.count() == 2
        assert (last.by, last.language) == (quality, "en")
        assert (last.came, last.went) == ("POS = till", "blue slip = return label\nPOS")
        page = client.get(reverse("coaching:jargon")).content.decode()
        assert "blue slip = return label" in page

    @pytest.mark.parametrize(
        "wrong",
        [
            {"jargon_en": "a"},
            {"jargon_en": "(a|b) = c"},
            {"jargon_tr": "İade\niade"},
            {"everyday_fa": "<script>"},
            {"jargon_en": "RMA", "everyday_en": "rma"},
            {"jargon_en": "RMA = " + "x" * 61},
            {"everyday_en": "\n".join(f"word{n}" for n in range(501))},
        ],
    )
    def test_refuses_what_is_no_word(self, client, quality, wrong):
        assert written(client, **wrong).status_code == 422
        assert not JargonList.objects.exists()


class TestTheCoach:
    def test_offers_the_plain_word(self, client, quality, complaint, now):
        text = "Dear Ms Carter, I have put a blue slip into the parcel for you."
        assert remarks(complaint, text, now) == []
        written(client, jargon_en="blue slip = return label")
        (one,) = remarks(complaint, text, now)
        assert (one.words, one.instead) == ("blue slip", "In plain words: return label.")
        mended = text[: one.replace_start] + one.replacement + text[one.replace_end :]
        assert mended == "Dear Ms Carter, I have put a return label into the parcel for you."

    def test_leaves_a_word_with_an_ending_to_its_author(self, client, quality, make_complaint, make_customer, now):
        customer = make_customer(name="Şule Özgül", language="tr")
        written(client, jargon_tr="iade fişi = iade etiketi")
        (one,) = remarks(make_complaint(customer=customer, language="tr"), "İade fişinizi yarın gönderiyorum.", now)
        assert one.words == "İade fişinizi"
        assert "iade etiketi" in one.instead
        assert one.replacement == ""

    def test_hears_no_jargon_in_what_is_none_here(self, client, quality, complaint, now):
        text = "We will open an RMA for you."
        assert remarks(complaint, text, now)
        written(client, everyday_en="RMA")
        assert not remarks(complaint, text, now)

    def test_asks_for_the_list_once(self, complaint, now, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert not jargon.house_words()
