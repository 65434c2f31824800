"""
The customer's side: complain, follow, write, ask for somebody, say content.

These pages know nobody by a cookie: the form is for strangers, and the key in the address is the only right to a
complaint. So there is nothing that another site could borrow, and the CSRF check, which would lose the words of
somebody whose browser keeps no cookies, is left out. Scripts are not needed anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from amends.desk.channels.form.actions import UnableToTakeForm, take_in_form, taken_before
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Attachment, Complaint
from amends.desk.people.face import Look
from amends.desk.portal import actions, beside, forms, kept_files, queries, robots
from amends.desk.web.files import SentFile
from amends.desk.web.middleware import zone_of_a_person
from amends.desk.web.pictures import PICTURES

View = Callable[..., HttpResponse]


def for_customers(view: View) -> View:
    """Speak the customer's language, and keep the page out of caches and search engines."""

    @csrf_exempt
    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # An agent who looks at a customer's page sees what the customer sees, not their own language.
        look = look_of(request)
        named = request.GET.get("language", "")[:2]  # by a site that shows the form in a page of its own
        with translation.override(named if look.speaks(named) else look.language_for(request)):
            request.LANGUAGE_CODE = translation.get_language() or "en"
            request.offered = look.offered
            return _private(view(request, *args, **kwargs))

    return served


def with_complaint(view: View) -> View:
    """Find the complaint behind the key, and speak its language unless the customer chose another."""

    @for_customers
    @wraps(view)
    def found(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
        complaint = queries.find(key=key)
        if complaint is None:
            return render(request, "portal/unknown.html", {"form": forms.LostForm()}, status=404)
        if queries.has_expired(complaint=complaint, now=timezone.now()):
            words = request.POST.get("write-text", "") or request.POST.get("missing-text", "")
            return render(request, "portal/expired.html", {"form": forms.LostForm(), "words": words}, status=410)
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        look = look_of(request)
        usual = complaint.language if look.speaks(complaint.language) else request.LANGUAGE_CODE
        chosen = cookie if cookie and look.speaks(cookie) else usual
        clock = queries.clock_of(complaint=complaint, reader=_readers_zone(request))
        with translation.override(chosen), timezone.override(clock.zone):
            request.LANGUAGE_CODE = translation.get_language() or "en"
            return view(request, complaint, **kwargs)

    return found


def look_of(request: HttpRequest) -> Look:
    """What customers see of the organisation, looked up once for a page."""
    found: Look = request.face
    return found


def _readers_zone(request: HttpRequest) -> ZoneInfo | None:
    """The reader's own time zone, once their browser has said it."""
    return zone_of_a_person(unquote(request.COOKIES.get("zone", "")))


def _private(answer: HttpResponse) -> HttpResponse:
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "same-origin"  # the key never travels to another site
    return answer


def home(request: HttpRequest) -> HttpResponse:
    return redirect("workplace:inbox" if request.user.is_authenticated else "portal:complain")


# ── Complaining ──────────────────────────────────────────────────────────────


@for_customers
@xframe_options_exempt
def complain(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    if request.method != "POST":
        return _show_form(request, forms.ComplainForm(), now=now)
    form = forms.ComplainForm(request.POST, request.FILES)
    kept = kept_files.known(request.POST.get("kept", ""))
    stamped = request.POST.get("stamp", "")
    if form.is_valid() and (before := taken_before(token=_once(request))) is not None:
        return _came_before(request, before, text=form.cleaned_data["text"])
    if form.is_valid() and (doubt := robots.doubt(stamped=stamped, now=now)):
        form.add_error(None, DOUBTS[doubt])
    if not form.is_valid():
        return _show_form(request, form, now=now, kept=[*kept, *kept_files.keep(_good_files(form))])
    words = form.cleaned_data
    try:
        complaint = take_in_form(
            data={
                **{name: words[name] for name in ("name", "email", "phone", "text", "wish")},
                "language": translation.get_language() or "en",
                "zone": str(_readers_zone(request) or ""),
                "token": _once(request),
            },
            files=[*kept_files.fetch(kept), *words["files"]],
            address=request.META.get("REMOTE_ADDR", ""),
            now=now,
        )
    except UnableToTakeForm as trouble:
        form.add_error(None, str(trouble))
        return _show_form(request, form, now=now, kept=[*kept, *kept_files.keep(words["files"])])
    return redirect(f"{reverse('portal:follow', args=[complaint.key])}?new")


DOUBTS = {
    "hasty": translation.gettext_lazy(
        "This came within three seconds, which is how robots write, so it has not been taken in yet. "
        "If you are a person, press 'Send' once more. What you wrote is still here."
    ),
    "old": translation.gettext_lazy(
        "This page had been open for more than a week, so it has not been taken in yet. "
        "Look over what you wrote, then press 'Send' once more."
    ),
    "unmarked": translation.gettext_lazy(
        "This page came back without its mark, as a copy of it does, so it has not been taken in yet. "
        "Look over what you wrote, then press 'Send' once more."
    ),
}


def _came_before(request: HttpRequest, complaint: Complaint, *, text: str) -> HttpResponse:
    """The form was sent before: lead to what became of it, and let nothing that was changed since be lost."""
    if actions.said_first(complaint=complaint, text=text):
        return redirect(f"{reverse('portal:follow', args=[complaint.key])}?again")
    return _changed_since(request, key=complaint.key, text=text)


def _show_form(
    request: HttpRequest, form: forms.ComplainForm, *, now: datetime, kept: list[kept_files.KeptFile] | None = None
) -> HttpResponse:
    fields = {
        "form": form,
        "stamp": robots.stamp_again(stamped=request.POST.get("stamp", ""), now=now),
        "once": _once(request),
        "welcome": look_of(request).welcome_in(request.LANGUAGE_CODE),
        "kept": kept or [],
        "signed": kept_files.sign(kept or []),
    }
    answer = render(request, "portal/complain.html", fields, status=422 if form.errors else 200)
    # It may stand in pages of the organisation's own sites; what it leads to opens outside of their frame.
    policy = {**settings.SECURE_CSP, "frame-ancestors": ["'self'", *settings.CHAT_SITES]}
    answer._csp_config = policy  # type: ignore[attr-defined]  # noqa: SLF001 - as Django's own decorator says it
    return answer


def _good_files(form: forms.ComplainForm) -> list[Any]:
    return form.cleaned_data.get("files", []) if hasattr(form, "cleaned_data") else []


def _once(request: HttpRequest) -> str:
    """The name of this one form, so that sending it twice makes one complaint."""
    try:
        return str(UUID(request.POST.get("once", "")))
    except ValueError:
        return str(uuid4())


# ── Following ────────────────────────────────────────────────────────────────


@with_complaint
def follow(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    return _show(request, complaint)


@with_complaint
def _changed_since(request: HttpRequest, complaint: Complaint, *, text: str) -> HttpResponse:
    written = forms.WriteForm(prefix="write", initial={"text": text})
    return _show(request, complaint, is_again=True, is_changed=True, write_form=written)


def _show(request: HttpRequest, complaint: Complaint, *, status: int = 200, **bound: Any) -> HttpResponse:
    page = queries.page(complaint=complaint, now=timezone.now(), reader=_readers_zone(request))
    fields = {
        "page": page,
        "reach": beside.beside(complaint=complaint, now=timezone.now()),
        "is_new": "new" in request.GET,
        "is_again": "again" in request.GET,
        "address": request.build_absolute_uri(reverse("portal:follow", args=[complaint.key])),
        "write_form": forms.WriteForm(prefix="write"),
        "once": _once(request),
        "call_form": forms.CallForm(prefix="call", initial={"phone": page.phone}),
        "not_content_form": forms.NotContentForm(prefix="missing"),
        "rate_form": forms.RateForm(),
        "outcomes": OUTCOMES,
        "handlings": HANDLINGS,
        **bound,
    }
    return render(request, "portal/follow.html", fields, status=status)


OUTCOMES = [
    (5, translation.gettext_lazy("completely")),
    (4, translation.gettext_lazy("mostly")),
    (3, translation.gettext_lazy("partly")),
    (2, translation.gettext_lazy("hardly")),
    (1, translation.gettext_lazy("not at all")),
]
HANDLINGS = [
    (5, translation.gettext_lazy("very well")),
    (4, translation.gettext_lazy("well")),
    (3, translation.gettext_lazy("so-so")),
    (2, translation.gettext_lazy("badly")),
    (1, translation.gettext_lazy("very badly")),
]


@with_complaint
def write(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    form = forms.WriteForm(request.POST, request.FILES, prefix="write")
    if request.method != "POST":
        return _back(complaint)
    if not form.is_valid():
        return _show(request, complaint, status=422, write_form=form)
    words = form.cleaned_data
    try:
        actions.write(
            complaint=complaint,
            text=words["text"],
            files=words["files"],
            once=_once(request),
            now=timezone.now(),
        )
    except actions.NotYetReadError:
        messages.info(request, _("We have kept what you wrote, and a person will look at it."))
        return _back(complaint)
    messages.success(request, _("{name} has your message.").format(name=queries.name_of(complaint.owner)))
    return _back(complaint, "said")


@with_complaint
def ask(request: HttpRequest, complaint: Complaint, what: str) -> HttpResponse:
    if what not in complaints.ASKED:
        raise Http404
    if request.method != "POST":
        return _back(complaint)
    phone = ""
    if what == "call":
        form = forms.CallForm(request.POST, prefix="call")
        if not form.is_valid():
            return _show(request, complaint, status=422, call_form=form)
        phone = form.cleaned_data["phone"]
    actions.ask(complaint=complaint, what=what, phone=phone, now=timezone.now())
    return _back(complaint, "asked")


@with_complaint
def content(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    if request.method == "POST":
        actions.content(complaint=complaint, now=timezone.now())
    return _back(complaint, "questions")


@with_complaint
def not_content(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    form = forms.NotContentForm(request.POST, prefix="missing")
    if request.method != "POST":
        return _back(complaint)
    if not form.is_valid():
        return _show(request, complaint, status=422, not_content_form=form)
    actions.not_content(complaint=complaint, text=form.cleaned_data["text"], now=timezone.now())
    messages.success(request, _("Thank you for saying so. {name} knows.").format(name=queries.name_of(complaint.owner)))
    return _back(complaint, "said")


@with_complaint
def rate(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    form = forms.RateForm(request.POST)
    if request.method != "POST":
        return _back(complaint)
    if not form.is_valid():
        return _show(request, complaint, status=422, rate_form=form)
    actions.rate(complaint=complaint, now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Thank you. Your answers help us to do better."))
    return _back(complaint)


def _back(complaint: Complaint, place: str = "") -> HttpResponse:
    where = reverse("portal:follow", args=[complaint.key])
    return redirect(f"{where}#{place}" if place else where)


@require_GET
@with_complaint
def file(request: HttpRequest, complaint: Complaint, pk: int) -> HttpResponse:
    """Hand a file out to be saved, never to be run inside the page."""
    del request
    attachment = queries.attachment(complaint=complaint, pk=pk)
    if attachment is None:
        raise Http404
    return handed_out(attachment)


def handed_out(attachment: Attachment) -> HttpResponse:
    """A file that runs nowhere."""
    # A picture is seen where it stands; its address on its own still saves it.
    kind = attachment.media_type if attachment.media_type in PICTURES else "application/octet-stream"
    answer = SentFile(attachment.file.open("rb"), as_attachment=True, filename=attachment.name, content_type=kind)
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


# ── A lost link ──────────────────────────────────────────────────────────────


@for_customers
def lost(request: HttpRequest) -> HttpResponse:
    """Say the same whether the address is known or not: who complained is nobody's business."""
    form = forms.LostForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent:
        actions.send_links(email=form.cleaned_data["email"], now=timezone.now())
    return render(request, "portal/lost.html", {"form": form, "sent": sent})
