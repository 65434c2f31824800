"""A stranger complains: nothing is lost, a robot stays out, and sending twice is sending once."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext, override

from amends.desk.channels.models import Arrival
from amends.desk.complaints.models import Complaint
from amends.desk.portal import kept_files, robots

FORM = "/complain/"
WORDS = {
    "text": "Kutu ezik geldi, vazo kırıktı.",
    "wish": "Yeni bir vazo, cumartesiye kadar.",
    "name": "Ayşe Yılmaz",
    "email": "ayse@mail.example",
    "phone": "",
    "website": "",
}


@pytest.fixture(autouse=True)
def desk(make_agent):
    return make_agent(name="Deniz Kaya")


@pytest.fixture
def send(client):
    """`send(name=…)` fills the form in as a person does: some seconds after it was shown."""

    def post(*, ago=timedelta(minutes=2), **change):
        stamp = robots.stamp(now=timezone.now() - ago)
        return client.post(FORM, {**WORDS, "stamp": stamp, "once": "2f1f1e9e-6f0a-4a5e-9a55-0d5d8f4f2b11", **change})

    return post


@pytest.mark.django_db(transaction=True)
class TestSending:
    def test_makes_a_complaint_with_an_owner_and_leads_to_its_page(self, send, client, desk):
        answer = send()
        complaint = Complaint.objects.get()
        assert answer.url == reverse("portal:follow", args=[complaint.key]) + "?new"
        assert (complaint.owner, complaint.customer.name) == (desk, "Ayşe Yılmaz")
        assert complaint.wish == WORDS["wish"]
        page = client.get(answer.url).content.decode()
        assert "Deniz Kaya" in page
        assert WORDS["text"] in page

    def test_twice_is_one_complaint_and_says_so(self, send, client):
        first, second = send(), send()
        assert first.url.partition("?")[0] == second.url.partition("?")[0]
        assert Complaint.objects.count() == Arrival.objects.count() == 1
        with override("tr"):  # the customer's language
            told = gettext(
                "You had sent this form already, and it arrived: this is its page. Nothing was taken in twice."
            )
        assert escape(told) in client.get(second.url).content.decode()

    def test_again_with_other_words_loses_none_of_them(self, send):
        send()
        page = send(text="Kutu ezik geldi, iki vazo kırıktı.")
        assert Complaint.objects.count() == 1
        assert page.context["write_form"].initial["text"] == "Kutu ezik geldi, iki vazo kırıktı."
        assert "iki vazo" in page.content.decode()

    def test_late_twice_leads_to_what_it_became(self, send):
        send()
        assert send(ago=timedelta(days=30)).url.endswith("?again")

    def test_needs_no_cookies(self, client, send):
        client.handler.enforce_csrf_checks = True
        client.cookies.clear()
        assert send().status_code == 302

    def test_takes_a_telephone_in_place_of_an_address(self, send):
        assert send(email="", phone="۰۹۱۲ ۳۴۵ ۶۷۸۹").status_code == 302
        assert Complaint.objects.get().customer.contact_ways.get().kind == "phone"

    def test_brings_files(self, send, client):
        send(files=[SimpleUploadedFile("vazo.jpg", b"\xff\xd8\xff picture", "image/jpeg")])
        page = client.get(reverse("portal:follow", args=[Complaint.objects.get().key])).content.decode()
        link = re.search(r'href="(/c/[^"]+/files/\d+/)"', page)[1]
        file = client.get(link)
        assert file.getvalue() == b"\xff\xd8\xff picture"
        assert file["Content-Disposition"] == 'attachment; filename="vazo.jpg"'
        assert "sandbox" in file["Content-Security-Policy"]

    @pytest.mark.parametrize(
        "change",
        [
            {"text": "<script>alert(1)</script>", "name": "<img src=x onerror=alert(1)>"},
            {"name": "\u202eevil\u202c", "text": "\u202e backwards"},
            {"text": "\x00 nul", "wish": "\x00"},
            {"text": "😀" * 5000},
            {"text": "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace")},
        ],
    )
    def test_takes_strange_words_as_words(self, send, client, change):
        answer = send(**change)
        if answer.status_code == 302:
            page = client.get(answer.url).content.decode()
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "\u202e" not in page
        else:
            assert answer.status_code == 422


@pytest.mark.django_db
class TestAnError:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"text": "  "}, "text"),
            ({"name": ""}, "name"),
            ({"email": "", "phone": ""}, "email"),
            ({"email": "ayse@"}, "email"),
            ({"phone": "call me"}, "phone"),
            ({"text": "x" * 50_001}, "text"),
            ({"website": "https://spam.example"}, "website"),
        ],
    )
    def test_stands_at_its_field_and_loses_nothing(self, send, change, field):
        page = send(**change)
        assert page.status_code == 422
        assert list(page.context["form"].errors) == [field]
        for name in {"wish", "name"} - change.keys():
            assert WORDS[name] in page.content.decode()
        assert not Arrival.objects.exists()

    def test_is_tied_to_its_field_for_screen_readers(self, send):
        page = send(name="").content.decode()
        assert 'aria-invalid="true"' in page
        assert 'id="id_name_error"' in page

    def test_keeps_the_files_that_came(self, send, client):
        page = send(name="", files=[SimpleUploadedFile("vazo.jpg", b"picture", "image/jpeg")])
        assert "vazo.jpg" in page.content.decode()
        signed = re.search(r'name="kept" value="([^"]+)"', page.content.decode())[1]
        assert [file.name for file in kept_files.known(signed)] == ["vazo.jpg"]

    def test_refuses_a_file_that_is_too_large(self, send, settings):
        settings.ATTACHMENT_LIMIT = 10
        page = send(files=[SimpleUploadedFile("film.mp4", b"x" * 11, "video/mp4")])
        assert "film.mp4" in str(page.context["form"].errors["files"])

    def test_refuses_too_many_files(self, send):
        page = send(files=[SimpleUploadedFile(f"{number}.txt", b"x", "text/plain") for number in range(11)])
        assert "files" in page.context["form"].errors


@pytest.mark.django_db(transaction=True)
def test_files_that_waited_come_along_with_the_right_form(send, client):
    page = send(name="", files=[SimpleUploadedFile("vazo.jpg", b"picture", "image/jpeg")]).content.decode()
    signed = re.search(r'name="kept" value="([^"]+)"', page)[1]
    send(kept=signed)
    attachment = Complaint.objects.get().events.get(attachments__isnull=False).attachments.get()
    with attachment.file.open() as file:
        assert (attachment.name, file.read()) == ("vazo.jpg", b"picture")


@pytest.mark.django_db
class TestARobot:
    @pytest.mark.parametrize(
        ("ago", "why"),
        [
            (timedelta(seconds=1), "within three seconds"),
            (timedelta(days=8), "more than a week"),
            (-timedelta(hours=1), "without its mark"),
        ],
    )
    def test_is_told_by_its_haste_and_a_person_reads_why(self, send, ago, why):
        page = send(ago=ago)
        assert page.status_code == 422
        assert why in page.content.decode()
        assert not Arrival.objects.exists()

    def test_is_not_who_mends_one_field_at_once(self, send, client):
        page = send(name="").content.decode()
        stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]
        assert client.post(FORM, {**WORDS, "stamp": stamp, "once": ""}).status_code == 302

    def test_gains_nothing_by_sending_the_same_haste_again(self, send, client):
        page = send(ago=timedelta(0)).content.decode()
        stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]
        assert client.post(FORM, {**WORDS, "stamp": stamp, "once": ""}).status_code == 422

    @pytest.mark.parametrize("stamp", ["", "x", "1234:abc:def", "\x00"])
    def test_cannot_make_the_time_up(self, send, stamp):
        assert send(stamp=stamp).status_code == 422

    def test_cannot_name_files_that_are_not_its_own(self, send, settings):
        assert kept_files.known("../../secret.key") == []


class TestFilesThatWait:
    def test_are_swept_after_a_day(self, settings):
        kept_files.keep([SimpleUploadedFile("a.txt", b"a", "text/plain")])
        assert kept_files.sweep(now=timezone.now()) == 0
        assert kept_files.sweep(now=timezone.now() + timedelta(days=2)) == 1

    def test_are_none_on_a_new_desk(self, settings):
        assert kept_files.sweep(now=timezone.now()) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
def test_the_form_speaks_every_language(client, language):
    page = client.get(FORM, headers={"Accept-Language": language})
    text = page.content.decode()
    assert page.status_code == 200
    assert f'<html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"' in text
    assert not re.search(r"%\(\w+\)s|\{\w+\}|\{\{|\{%", text)
    assert page["X-Robots-Tag"].startswith("noindex")


@pytest.mark.django_db
def test_the_start_page_is_the_form_for_strangers_and_the_desk_for_its_people(client, desk):
    assert client.get("/").url == FORM
    client.force_login(desk)
    assert client.get("/").url == reverse("workplace:inbox")


def test_the_form_stands_in_pages_of_our_own_sites_and_leads_out_of_their_frame(client, settings):
    settings.CHAT_SITES = ["https://shop.example"]
    answer = client.get(f"{FORM}?language=fa")
    page = answer.content.decode()
    assert "frame-ancestors 'self' https://shop.example" in answer["Content-Security-Policy"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert 'dir="rtl"' in page
    assert '<form method="post" target="_top"' in page
    assert 'class="language-switch"' not in page  # the site has chosen, and a frame keeps no cookie
    alone = client.get(reverse("portal:lost"))
    assert "frame-ancestors 'none'" in alone["Content-Security-Policy"]
