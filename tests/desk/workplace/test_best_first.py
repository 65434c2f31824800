"""What fits a search best comes first where somebody asks for it; otherwise the newest and most urgent does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from amends.desk.complaints.search import fit

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def order(answer, *rows):
    text = answer.content.decode()
    return sorted(rows, key=lambda row: text.index(f'data-number="{row.number}"'))


def test_a_title_with_the_words_stands_before_words_in_passing(desk, agent, make_complaint):
    now = timezone.now()
    title = make_complaint(owner=agent, subject="Sapphire lamp broken", at=now - timedelta(days=3))
    passing = make_complaint(owner=agent, text="By the way: the lamp is sapphire.", at=now - timedelta(days=30))
    asked = {"view": "all", "q": "sapphire lamp"}
    newest = desk.get("/desk/list/", asked, headers=HTMX)
    assert order(newest, title, passing) == [passing, title]  # who waited longest
    assert "best fit first" in newest.content.decode()
    best = desk.get("/desk/list/", {**asked, "best": "1"}, headers=HTMX)
    assert order(best, title, passing) == [title, passing]
    assert 'name="best" value="1"' in best.content.decode()
    assert "list-order" not in desk.get("/desk/list/", {"view": "all"}, headers=HTMX).content.decode()


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("1052", {"number": 1052}, {"subject": "1052 pieces"}),
        ("ayşe", {"name": "Ayşe Yılmaz"}, {"subject": "For Ayşe"}),
        ("lamp", {"subject": "The lamp"}, {"subject": "The lampshade"}),
        ("blue lamp", {"subject": "My blue lamp"}, {"subject": "A lamp, and blue paint"}),
        ("کتاب", {"subject": "كتاب من"}, {"subject": "نامه"}),
    ],
)
def test_a_fit_is_weighed(query, better, worse):
    none = {"number": 1, "name": "", "subject": ""}
    assert fit(query, **{**none, **better}) > fit(query, **{**none, **worse})
