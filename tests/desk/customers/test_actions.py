import pytest

from amends.desk.customers import actions
from amends.desk.customers.models import ContactWay, Customer
from amends.desk.customers.words import one_line, safe_html


@pytest.mark.django_db
class TestFinding:
    def test_an_address_is_found_however_it_is_written(self, now):
        one = actions.find_or_make(name="Ayşe", language="tr", email="Ayse@Mail.example", now=now)
        same = actions.find_or_make(name="A. Yılmaz", language="en", email=" ayse@mail.EXAMPLE ", now=now)
        assert same == one
        assert Customer.objects.get().name == "Ayşe"  # a name is corrected by a person

    def test_a_number_is_found_in_any_digits(self, now):
        one = actions.find_or_make(name="رضا", language="fa", phone="۰۰۹۸ (۲۱) ۱۲۳۴", now=now)
        assert actions.find_or_make(name="رضا", language="fa", phone="+98-21-1234", now=now) == one

    def test_a_new_way_is_added_to_who_was_found(self, now):
        one = actions.find_or_make(name="A", language="tr", email="a@mail.example", now=now)
        actions.find_or_make(name="A", language="tr", email="a@mail.example", phone="0555", now=now)
        assert actions.find_or_make(name="A", language="tr", phone="0555", now=now) == one
        assert ContactWay.objects.count() == 2

    def test_a_way_of_somebody_else_stays_theirs(self, now):
        one = actions.find_or_make(name="A", language="tr", email="a@mail.example", now=now)
        two = actions.find_or_make(name="B", language="tr", phone="0555", now=now)
        assert actions.find_or_make(name="A", language="tr", email="a@mail.example", phone="0555", now=now) == one
        assert actions.find_or_make(name="B", language="tr", phone="0555", now=now) == two

    def test_without_any_way_everybody_is_new(self, now):
        assert actions.find_or_make(name="A", language="tr", now=now) != actions.find_or_make(
            name="A", language="tr", now=now
        )

    @pytest.mark.parametrize(
        ("name", "email", "kept"),
        [
            ("  Ayşe\n Yılmaz ", "", "Ayşe Yılmaz"),
            ("evil\u202egpj.exe\u2066", "", "evilgpj.exe"),
            ("می\u200cنا", "", "می\u200cنا"),
            ("", "ayse@mail.example", "ayse"),
            ("x" * 500, "", "x" * 199 + "…"),
        ],
    )
    def test_a_name_is_kept_as_written_but_for_what_turns_the_line(self, now, name, email, kept):
        assert actions.find_or_make(name=name, language="xx", email=email, now=now).name == kept


class TestCorrecting:
    def test_changes_the_record(self, make_customer):
        customer = actions.correct(customer=make_customer(), name=" Ayşe  Yıldız", honorific="Hanım")
        customer.refresh_from_db()
        assert (customer.name, customer.honorific) == ("Ayşe Yıldız", "Hanım")

    @pytest.mark.parametrize("fields", [{"name": " "}, {"erased_at": None}, {"language": "klingon"}, {"orders": -1}])
    def test_refuses_what_does_not_fit(self, make_customer, fields):
        with pytest.raises(actions.UnableToCorrect):
            actions.correct(customer=make_customer(), **fields)


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<script>x</script><b>a</b>", "<b>a</b>"),
        ('<a href="javascript:x">a</a>', '<a rel="noopener noreferrer nofollow">a</a>'),
        ('<img src="data:image/svg+xml,x">', "<img>"),
        ('<img src="cid:1@x">', '<img src="cid:1@x">'),
        ('<p dir="rtl" style="position:fixed" id="x">س</p>', '<p dir="rtl">س</p>'),
        ("<form><input></form><iframe></iframe>", ""),
    ],
)
def test_html_of_strangers_does_nothing(html, safe):
    assert safe_html(html) == safe


def test_a_line_is_cut_without_a_trailing_space():
    assert one_line("ab cd", limit=3) == "ab…"
