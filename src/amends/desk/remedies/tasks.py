"""Work of this room that waits for its time or for other machines."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage

from django.conf import settings
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amends.desk.jobs.names import called
from amends.desk.jobs.periods import HOOKS, periodic
from amends.desk.jobs.post import post_from_settings
from amends.desk.people import letters
from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_name
from amends.desk.remedies import asking, hooks
from amends.desk.remedies.models import Request, RequestState


@called(gettext_lazy("Pass on requests for a yes whose time has passed"))
@periodic(every=timedelta(seconds=20))
def look_after_requests(*, now: datetime) -> int:
    return asking.look_after(now=now)


@called(gettext_lazy("Tell other programs of remedies"))
@periodic(every=timedelta(seconds=5), lane=HOOKS)
def deliver_hooks(*, now: datetime) -> int:
    return hooks.deliver_due(now=now)


@called(gettext_lazy("Mail somebody who is asked for a yes"))
@task(queue_name="mail")
def mail_request(request_id: int, agent_id: int) -> None:
    """Mail whoever is asked what it is about, with a link at which they answer; nothing when it has ended meanwhile."""
    request = (
        Request.objects.select_related("complaint__customer", "by", "rule")
        .filter(pk=request_id, state=RequestState.WAITING)
        .first()
    )
    agent = Agent.objects.filter(pk=agent_id, is_active=True, is_example=False).first()
    if request is None or agent is None:
        return
    letter = letter_to(request=request, agent=agent)
    post = post_from_settings()
    if not post.is_open:
        return  # it stands in the desk; a letter that waits for a mail server would come too late
    letters.deliver_or_raise(letter, agent=agent, post=post)


def letter_to(*, request: Request, agent: Agent) -> EmailMessage:
    """Write the letter in the language of whom it asks."""
    with translation.override(agent.language):
        link = settings.ADDRESS + reverse("room-by-mail", args=[asking.link_token(request=request, agent=agent)])
        words = {"agent": agent, "request": request, "link": link, "organisation": organisation_name()}
        return letters.letter_to(
            agent=agent,
            subject=_("%(name)s asks for your yes: complaint %(number)s")
            % {"name": request.by.name, "number": request.complaint.number},
            text=render_to_string("remedies/mail/request.txt", words),
        )
