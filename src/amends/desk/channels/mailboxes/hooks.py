"""Where a mail provider calls: mail that came for a mailbox, and what became of its letters.

The address has a secret of the mailbox in it, and a provider that signs is asked for its signature too. Mail is kept
raw and committed before the provider hears that it came; whatever fails until then, it sends again.
"""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from amends.desk.channels.mailboxes import actions, whole_calls
from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.channels.mailboxes.troubles import Trouble


@csrf_exempt
@require_POST
def mail(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    """Take in what came for a mailbox."""
    mailbox = _mailbox(pk, secret)
    with whole_calls.turn(request):
        return _mail(request, mailbox)


def _mail(request: HttpRequest, mailbox: Mailbox) -> HttpResponse:
    from amends.desk.channels.mailboxes import by_http, incoming  # half a second and 10 MB, for few

    now = timezone.now()
    try:
        whole_calls.read(request)
        mails = by_http.mails_in(request, mailbox=mailbox)
    except RequestDataTooBig:
        actions.note_hook(mailbox=mailbox, trouble=Trouble("hook-large"), now=now)
        return HttpResponse("Too large.", status=413, content_type="text/plain")
    except by_http.UnableToTakeFromProvider as error:
        actions.note_hook(mailbox=mailbox, trouble=error.trouble, now=now)
        return HttpResponse(str(error.trouble.code), status=400, content_type="text/plain")
    incoming.take_in_mails(mailbox=mailbox, mails=mails, now=now)
    actions.note_hook(mailbox=mailbox, trouble=None, now=now)
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def fates(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    """Hear what became of letters."""
    from amends.desk.channels.mailboxes import by_http, incoming

    mailbox = _mailbox(pk, secret)
    try:
        told = by_http.fates_in(request, mailbox=mailbox)
    except RequestDataTooBig:
        return HttpResponse("Too large.", status=413, content_type="text/plain")
    except by_http.UnableToTakeFromProvider as error:
        return HttpResponse(str(error.trouble.code), status=400, content_type="text/plain")
    incoming.note_fates(fates=told, now=timezone.now())
    return HttpResponse(status=204)


def _mailbox(pk: int, secret: str) -> Mailbox:
    mailbox = Mailbox.objects.filter(pk=pk, is_open=True).exclude(provider="").exclude(hook_secret="").first()
    if mailbox is None or not constant_time_compare(mailbox.hook_secret, secret):
        raise Http404
    return mailbox
