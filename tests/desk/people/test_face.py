"""What customers see: changed by administrators, kept with who changed it, shown on pages, in chats and letters."""

import itertools
import re
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from amends.desk.channels.models import Outgoing
from amends.desk.complaints.models import Complaint
from amends.desk.people import face, logos
from amends.desk.people.models import Face, FaceChange, Organisation, Role
from amends.desk.web import colours

pytestmark = pytest.mark.django_db


def chunk(name, words):
    return struct.pack(">I", len(words)) + name + words + struct.pack(">I", zlib.crc32(name + words))


def png(*, width=3, height=2, extra=b"", drawn=None):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    drawn = zlib.compress(b"\0" + b"\x20" * 3 * width) if drawn is None else drawn
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", drawn) + chunk(b"IEND", b"")


def jpeg(*, height=2, width=3):
    size = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    place = b"\xff\xe1" + struct.pack(">H", 10) + b"Exif\0\0Hi"
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\1\1\0\0\x3f\0" + b"\x12\x34"
    return b"\xff\xd8" + place + size + scan + b"\xff\xd9"


@pytest.fixture
def told(make_agent, now):
    """A change of what customers see, with some of it said."""
    by = make_agent(role=Role.ADMINISTRATOR)

    def change(**given):
        usual = {
            "name": "",
            "logo": None,
            "without_logo": False,
            "colour": "",
            "welcome": {},
            "site": "",
            "privacy": "",
        }
        return face.change(**{**usual, "languages": face.USUAL, **given}, by=by, now=now)

    return change


@pytest.fixture
def house(make_team, now):
    return Organisation.objects.create(name="Pamir", language="tr", calendar=make_team().calendar, founded_at=now)


@pytest.fixture
def administrator(client, make_agent):
    agent = make_agent(role=Role.ADMINISTRATOR, language="en")
    client.force_login(agent)
    return agent


class TestColours:
    def test_can_be_read_in_both_themes_whatever_was_chosen(self):
        parts = ("00", "5f", "a0", "ff")
        for one in ("".join(each) for each in itertools.product(parts, repeat=3)):
            for shades, grounds, words in (
                (colours.for_light(f"#{one}"), ("#ffffff", "#fffefc", "#f6f4f0", "#eeebe5"), ("#27241f", "#5f5951")),
                (colours.for_dark(f"#{one}"), ("#211f1c", "#191816", "#1b2022"), ("#ece8e1", "#b3aba0")),
            ):
                for ground in (*grounds, shades.wash, shades.on_primary):
                    assert colours.contrast(shades.primary, ground) >= colours.ENOUGH, one
                for word in words:
                    assert colours.contrast(word, shades.wash) >= colours.ENOUGH, one

    def test_stay_as_they_are_where_they_can_be_read(self):
        assert colours.for_light("#0F5F63").primary == "#0f5f63"
        assert colours.for_dark("#5fbdb8").primary == "#5fbdb8"

    def test_are_written_as_pages_write_them(self):
        assert colours.plain(" #0aF ") == "#00aaff"
        with pytest.raises(colours.UnableToReadColour):
            colours.plain("red; background: url(x)")


class TestLogos:
    def test_are_kept_without_what_draws_nothing(self):
        written = chunk(b"tEXt", b"Author\0Ayse") + chunk(b"eXIf", b"41.0 N")
        assert logos.checked(png(extra=written) + b"<script>").body == png()
        kept = logos.checked(jpeg() + b"<script>")
        assert kept.kind == "image/jpeg"
        assert b"Exif" not in kept.body
        assert kept.body.endswith(b"\xff\xd9")

    @pytest.mark.parametrize(
        ("body", "why"),
        [
            (b"<svg onload='x()'/>", "kind"),
            (b"GIF89a....", "kind"),
            (png() + b"\0" * logos.LARGEST, "bytes"),
            (png(width=2001), "points"),
            (jpeg(height=3000), "points"),
            (png(drawn=b"not packed"), "broken"),
            (png()[:-14], "broken"),
            (png().replace(b"IEND", b"IEMD"), "broken"),
            (jpeg()[:-2], "broken"),
            (b"\xff\xd8\xff", "broken"),
        ],
    )
    def test_are_refused_with_the_reason(self, body, why):
        with pytest.raises(logos.UnableToTakeLogo, match=why):
            logos.checked(body)


class TestChanging:
    def test_is_kept_with_who_did_it_and_what_it_was(self, told, house):
        assert told(name="Pamir A.Ş.", colour="#aa0000", welcome={"tr": " Hoş   geldiniz "}) == 3
        assert told(name="Pamir A.Ş.", colour="#aa0000", welcome={"tr": "Hoş geldiniz"}) == 0
        house.refresh_from_db()
        assert house.name == "Pamir A.Ş."
        lines = {one.what: (one.before, one.after) for one in face.changes()}
        assert lines == {
            "name": ("Pamir", "Pamir A.Ş."),
            "colour": ("", "#aa0000"),
            "welcome": ("", "tr: Hoş geldiniz"),
        }

    def test_of_a_logo_leaves_the_old_one_unless_it_is_another(self, told):
        logo = logos.checked(png())
        told(logo=logo)
        told(colour="#aa0000")
        assert face.look().logo == logo.digest
        told(without_logo=True, colour="#aa0000")
        assert face.look().logo == ""
        assert FaceChange.objects.filter(what="logo").count() == 2

    def test_to_no_language_is_refused(self, told):
        with pytest.raises(ValueError, match="no language"):
            told(languages=[])
        assert not Face.objects.exists()


class TestThePage:
    def fields(self, **given):
        words = {f"welcome_{code}": "" for code in ("tr", "fa", "mn", "en")}
        usual = {"name": "Pamir", "colour": "", "site": "", "privacy": "", "kept": "", "first": "tr"}
        return {**usual, **words, "languages": ["tr", "en"], **given}

    def test_keeps_what_an_administrator_says(self, client, administrator, house):
        sent = self.fields(
            colour="#A00", site="pamir.example", welcome_tr="Merhaba", logo=SimpleUploadedFile("a.png", png())
        )
        assert client.post(reverse("people:face"), sent).status_code == 302
        seen = face.look()
        assert (seen.colour, seen.site, seen.languages) == ("#aa0000", "https://pamir.example", ("tr", "en"))
        shown = client.get(reverse("people:face")).content.decode()
        assert reverse("people:logo", args=[seen.logo]) in shown
        assert "tr: Merhaba" in shown
        answer = client.get(reverse("people:logo", args=[seen.logo]))
        assert (answer["Content-Type"], answer.content) == ("image/png", png())
        assert "sandbox" in answer["Content-Security-Policy"]
        assert client.get(reverse("people:logo", args=["0" * 16])).status_code == 404

    def test_looks_first_and_keeps_nothing_until_it_is_said(self, client, administrator, house):
        tried = self.fields(colour="#ffee00", look="1", logo=SimpleUploadedFile("a.png", png()))
        answer = client.post(reverse("people:face"), tried)
        page = answer.content.decode()
        assert "Not saved yet." in page
        assert "data:image/png;base64," in page
        assert colours.for_light("#ffee00").primary in page
        assert not Face.objects.exists()
        client.post(reverse("people:face"), self.fields(kept=answer.context["kept"]))
        assert face.look().logo == logos.checked(png()).digest

    @pytest.mark.parametrize(
        "wrong",
        [
            {"colour": "teal"},
            {"site": "ftp://pamir.example"},
            {"privacy": "javascript:alert(1)"},
            {"languages": []},
            {"first": "mn"},
            {"logo": SimpleUploadedFile("a.svg", b"<svg/>")},
            {"name": ""},
        ],
    )
    def test_refuses_what_cannot_be(self, client, administrator, house, wrong):
        assert client.post(reverse("people:face"), self.fields(**wrong)).status_code == 422
        assert not Face.objects.exists()


class TestCustomers:
    def test_see_it_on_the_form_and_in_the_chat(self, client, told, house, make_agent):
        told(
            colour="#aa0000",
            welcome={"tr": "Hoş geldiniz <b>"},
            site="https://pamir.example",
            privacy="https://pamir.example/kvkk",
            logo=logos.checked(png()),
        )
        for name in ("portal:complain", "portal:chat"):
            answer = client.get(reverse(name), headers={"Accept-Language": "tr"})
            page = answer.content.decode()
            nonce = re.search(r'<style nonce="([\w-]{22,})">', page)[1]
            assert f"style-src 'self' 'nonce-{nonce}';" in answer["Content-Security-Policy"]
            assert "Hoş geldiniz &lt;b&gt;" in page
            assert "#aa0000" in page
            assert "https://pamir.example/kvkk" in page
            assert reverse("people:logo", args=[face.look().logo]) in page

    def test_see_the_house_where_nobody_said_otherwise(self, client, house, make_agent):
        make_agent()
        answer = client.get(reverse("portal:complain"))
        page = answer.content.decode()
        assert "<style" not in page
        assert "style-src 'self';" in answer["Content-Security-Policy"]
        assert "customer-logo" not in page

    @pytest.mark.parametrize(
        ("wants", "cookie", "language"),
        [("fa,tr;q=0.5", "", "tr"), ("fa", "", "en"), ("fa", "tr", "tr"), ("tr", "fa", "tr"), ("", "", "en")],
    )
    def test_are_spoken_to_in_a_language_that_is_offered(self, client, told, wants, cookie, language):
        told(languages=["en", "tr"])
        if cookie:
            client.cookies["django_language"] = cookie
        for name in ("portal:complain", "portal:chat"):
            page = client.get(reverse(name), headers={"Accept-Language": wants}).content.decode()
            assert f'<html lang="{language}"' in page
        form = client.get(reverse("portal:complain")).content.decode()
        assert 'value="tr"' in form
        assert 'value="fa"' not in form

    def test_are_taken_in_whatever_they_write_and_answered_in_the_first(
        self, client, told, house, make_agent, post_form
    ):
        told(languages=["en", "tr"], privacy="https://pamir.example/privacy", colour="#aa0000")
        complaint = post_form("سلام، بسته‌ای که سفارش داده بودم هنوز به دستم نرسیده و هیچ‌کس پاسخ نمی‌دهد.")
        assert complaint.language == "fa"
        letter = bytes(Outgoing.objects.get(complaint=complaint).mime).decode()
        assert "Content-Language: en" in letter
        page = client.get(reverse("portal:follow", args=[complaint.key])).content.decode()
        assert '<html lang="en"' in page


@pytest.fixture
def post_form(make_agent, now):
    from amends.desk.channels.form.actions import take_in_form

    make_agent(languages=["en", "fa"])

    def post(text) -> Complaint:
        data = {"name": "Sara", "email": "sara@example.org", "phone": "", "text": text, "wish": "", "language": "en"}
        return take_in_form(data={**data, "zone": "", "token": "t1"}, files=[], address="", now=now)

    return post
