"""The administrators' pages of mailboxes: how each is, setting one up, trying it, and a provider's permission."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from amends.desk.channels.mailboxes import actions, checking, oauth, queries
from amends.desk.channels.mailboxes.credentials import secret
from amends.desk.channels.mailboxes.forms import OAUTH, SECRETS, MailboxForm
from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.channels.mailboxes.troubles import UnableToUseMailbox, describe
from amends.desk.people.guards import for_right
from amends.desk.people.models import Right

SESSION = "mailbox-permission"


@for_right(Right.MAILBOXES)
@require_GET
def mailboxes(request: HttpRequest) -> HttpResponse:
    rows = queries.mailboxes(now=timezone.now())
    return render(request, "channels/mailboxes.html", {"mailboxes": rows, "here": "mailboxes"})


@never_cache
@sensitive_post_parameters(*SECRETS)
@for_right(Right.MAILBOXES)
def mailbox(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Set up a mailbox, or correct one; after saving it is tried at once."""
    now = timezone.now()
    instance = get_object_or_404(Mailbox, pk=pk) if pk else None
    form = MailboxForm(request.POST or None, mailbox=instance)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_mailbox(mailbox=instance, now=now, **form.values(now=now))
        except actions.UnableToSaveMailbox as trouble:
            form.add_error("address", str(trouble))
        else:
            return redirect(f"{reverse('channels:mailbox', args=[saved.pk])}?try=1")
    row = next((one for one in queries.mailboxes(now=now) if one.id == pk), None)
    return render(
        request,
        "channels/mailbox.html",
        {
            "form": form,
            "mailbox": row,
            "unfetched": queries.unfetched(mailbox_id=pk) if pk else [],
            "tries": "try" in request.GET,
            "redirect": _redirect_address(),
            "hooks": _hooks(instance) if instance is not None and instance.provider else [],
            "asks_permission": instance is not None and instance.sign_in in OAUTH,
            "here": "mailboxes",
        },
    )


@for_right(Right.MAILBOXES)
@require_POST
def try_mailbox(request: HttpRequest, pk: int) -> HttpResponse:
    """Try it both ways and say how every step went."""
    instance = get_object_or_404(Mailbox, pk=pk)
    now = timezone.now()
    trial = checking.try_mailbox(mailbox=instance, now=now)
    if trial.is_well:
        actions.begin_afresh(mailbox=instance, now=now)
    ways = [
        (name, [(checking.step_name(step.name), step) for step in steps])
        for name, steps in ((_("Fetching"), trial.incoming), (_("Sending"), trial.outgoing))
        if steps
    ]
    page = "channels/parts/trial.html" if request.headers.get("HX-Request") else "channels/trial.html"
    context = {"ways": ways, "is_well": trial.is_well, "mailbox": instance, "here": "mailboxes"}
    return render(request, page, context)


@for_right(Right.MAILBOXES)
@require_POST
def open_or_close(request: HttpRequest, pk: int) -> HttpResponse:
    instance = get_object_or_404(Mailbox, pk=pk)
    if instance.is_open:
        actions.close_mailbox(mailbox=instance, now=timezone.now())
        messages.success(request, _("This mailbox is not fetched any more. What came through it stays."))
    else:
        actions.open_mailbox(mailbox=instance, now=timezone.now())
        messages.success(request, _("This mailbox is in use again."))
    return redirect("channels:mailboxes")


@for_right(Right.MAILBOXES)
@require_GET
def ask_permission(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to the provider, where the account's owner lets the desk in."""
    instance = get_object_or_404(Mailbox, pk=pk, sign_in__in=OAUTH)
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    request.session[SESSION] = {"mailbox": pk, "state": state, "verifier": verifier}
    return redirect(
        oauth.way_to_sign_in(
            authority=oauth.authority(sign_in=instance.sign_in, tenant=instance.tenant),
            client_id=instance.client_id,
            redirect=_redirect_address(),
            state=state,
            verifier=verifier,
            user=instance.user or instance.address,
        )
    )


@never_cache
@for_right(Right.MAILBOXES)
@require_GET
def permission(request: HttpRequest) -> HttpResponse:
    """The way back from the provider, with a code that is traded for tokens."""
    asked = request.session.pop(SESSION, None)
    if not asked or not constant_time_compare(asked["state"], request.GET.get("state", "")):
        messages.error(request, _("This permission was asked for elsewhere, or too long ago. Please begin again."))
        return redirect("channels:mailboxes")
    instance = get_object_or_404(Mailbox, pk=asked["mailbox"])
    now = timezone.now()
    if not request.GET.get("code"):
        said = request.GET.get("error_description") or request.GET.get("error", "")
        messages.error(request, _("The provider gave no permission: %(said)s") % {"said": said[:300]})
        return redirect("channels:mailbox", pk=instance.pk)
    try:
        tokens = oauth.tokens_for_code(
            authority=oauth.authority(sign_in=instance.sign_in, tenant=instance.tenant),
            client_id=instance.client_id,
            client_secret=secret(instance, "client_secret"),
            code=request.GET["code"],
            redirect=_redirect_address(),
            verifier=asked["verifier"],
            now=now,
        )
    except UnableToUseMailbox as error:
        messages.error(request, describe(error.trouble))
        return redirect("channels:mailbox", pk=instance.pk)
    actions.keep_permission(mailbox=instance, tokens=tokens, now=now)
    messages.success(request, _("The provider lets the desk in."))
    return redirect(f"{reverse('channels:mailbox', args=[instance.pk])}?try=1")


def _hooks(mailbox: Mailbox) -> list[str]:
    """Where the provider calls: with mail, and with what became of letters."""
    told = [mailbox.pk, mailbox.hook_secret]
    return [f"{settings.ADDRESS}{reverse(name, args=told)}" for name in ("mail-hook", "letters-hook")]


def _redirect_address() -> str:
    return f"{settings.ADDRESS}{reverse('channels:mailbox-permission')}"
