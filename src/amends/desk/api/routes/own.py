"""What is one person's own: notices, drafts, saved views, what they read and watch, calendars, how they read."""

from __future__ import annotations

from dataclasses import asdict

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.own_schemas import (
    DraftFileOut,
    DraftIn,
    DraftOut,
    FeedOut,
    FeedsOut,
    MarksIn,
    MarksOut,
    MeIn,
    MeOut,
    NoticeOut,
    NoticesOut,
    SavedViewIn,
    SavedViewOut,
    SavedViewsOut,
    TakenOut,
    WishByMailIn,
)
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import Call, Number, Pk, acts, find, mistakes_in, one_of, reads, uploads_of
from amends.desk.api.schemas import FileIn
from amends.desk.api.scopes import Scope
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import together
from amends.desk.complaints.held import VIEWS, Filters
from amends.desk.complaints.models import Complaint, Draft, ReadMark, Watch
from amends.desk.notices import actions as notices
from amends.desk.notices import queries as told_to
from amends.desk.notices.models import ByMail
from amends.desk.people.forms import ReaderForm
from amends.desk.people.models import Agent
from amends.desk.promises import feeds
from amends.desk.promises.models import Feed
from amends.desk.workplace import enclosed, narrowing, saved_views
from amends.desk.workplace.models import DraftFile

router = Router()


# ── The person ───────────────────────────────────────────────────────────────


@reads(router, "me", scope=Scope.READ_OWN, summary=_("Read for whom the token acts"))
def read_me(call: Call) -> MeOut:
    """Read who the person is, and how they read their screens."""
    return _me(call.agent)


@acts(router.patch, "me", scope=Scope.WRITE_OWN, summary=_("Change how the person reads their screens"))
def change_me(call: Call, told: MeIn) -> MeOut:
    """Change their name, language, light or time zone. How they sign in is changed on their page alone."""
    agent = Agent.objects.get(pk=call.agent.pk)
    given = {name: value for name, value in told.model_dump(mode="json").items() if value is not None}
    now = {name: getattr(agent, name) for name in ReaderForm.base_fields}
    form = ReaderForm({**now, **given}, instance=agent)
    if not form.is_valid():
        raise Problem("not-valid", errors=mistakes_in(form))
    form.save()
    return _me(agent)


def _me(agent: Agent) -> MeOut:
    return MeOut(
        id=agent.pk,
        name=agent.name,
        say=agent.say,
        latin_name=agent.latin_name,
        role=agent.role,
        team_name=agent.team.name if agent.team is not None else "",
        language=agent.language,
        theme=agent.theme,
        time_zone=agent.time_zone,
        presence=agent.presence,
    )


# ── Notices, and what was read ───────────────────────────────────────────────


@reads(router, "me/notices", scope=Scope.READ_OWN, summary=_("List what the person is told"))
def list_notices(call: Call) -> NoticesOut:
    """List their newest notices, a hundred at most: who named them, what is asked of them, what falls due."""
    return _notices(call)


@acts(router.post, "me/notices/seen", scope=Scope.WRITE_OWN, summary=_("Mark all notices as seen"))
def see_notices(call: Call) -> NoticesOut:
    """Mark them as seen, as looking at the page of them does."""
    notices.see(agent=call.agent, now=call.now)
    return _notices(call)


@acts(router.put, "me/notices", scope=Scope.WRITE_OWN, summary=_("Say which notices come by mail"))
def wish_by_mail(call: Call, told: WishByMailIn) -> NoticesOut:
    """Say whether nothing comes by mail, what is asked of them and promises, or all of it."""
    notices.wish(agent=call.agent, by_mail=ByMail(told.by_mail))
    return _notices(call)


def _notices(call: Call) -> NoticesOut:
    return NoticesOut(
        notices=[
            NoticeOut.model_validate(one, from_attributes=True) for one in told_to.told(agent=call.agent, now=call.now)
        ],
        by_mail=told_to.by_mail(agent=call.agent),
    )


@reads(router, "complaints/{number}/marks", scope=Scope.READ_OWN, summary=_("Read whether it was read and is watched"))
def read_marks(call: Call, number: Number) -> MarksOut:
    """Read when the person read a complaint last, and whether they watch it."""
    return _marks(find(number), call.agent)


@acts(router.put, "complaints/{number}/marks", scope=Scope.WRITE_OWN, summary=_("Mark as read or unread; watch or not"))
def mark(call: Call, number: Number, told: MarksIn) -> MarksOut:
    """Mark a complaint as read up to now or as unread, and watch it or watch it no more."""
    complaint, agent = find(number), call.agent
    if told.read is not None and told.read:
        together.mark_read(complaints=[complaint], agent=agent, now=call.now)
    elif told.read is not None:
        together.mark_unread(complaints=[complaint], agent=agent)
    if told.watch is not None and told.watch:
        together.watch(complaints=[complaint], agent=agent, now=call.now)
    elif told.watch is not None:
        together.unwatch(complaints=[complaint.pk], agent=agent)
    return _marks(complaint, agent)


def _marks(complaint: Complaint, agent: Agent) -> MarksOut:
    read = ReadMark.objects.filter(complaint=complaint, agent=agent).values_list("at", flat=True).first()
    watched = Watch.objects.filter(complaint=complaint, agent=agent).exists()
    return MarksOut(number=complaint.number, watched=watched, read_at=read)


# ── Drafts ───────────────────────────────────────────────────────────────────


@reads(router, "complaints/{number}/draft", scope=Scope.READ_OWN, summary=_("Read the person's draft to a customer"))
def read_draft(call: Call, number: Number) -> DraftOut:
    """Read what they have written and not sent, with the files that lie in it. Nobody else sees it."""
    return _draft(find(number), call.agent)


@acts(router.put, "complaints/{number}/draft", scope=Scope.WRITE_OWN, summary=_("Keep a draft"))
def keep_draft(call: Call, number: Number, told: DraftIn) -> DraftOut:
    """Keep what was written so far in the place of what was there; the coach reads it when its author opens it."""
    complaint = find(number)
    complaints.save_draft(complaint=complaint, agent=call.agent, text=told.text, now=call.now)
    return _draft(complaint, call.agent)


@acts(
    router.post,
    "complaints/{number}/draft/files",
    scope=Scope.WRITE_OWN,
    status=201,
    summary=_("Lay a file into a draft"),
)
def add_to_draft(call: Call, number: Number, told: FileIn) -> DraftOut:
    """Lay a file into the person's draft; the same one lies there once."""
    complaint, (upload,) = find(number), uploads_of([told])
    enclosed.add(complaint=complaint, agent=call.agent, upload=upload, now=call.now)
    return _draft(complaint, call.agent)


@acts(
    router.delete,
    "complaints/{number}/draft/files/{pk}",
    scope=Scope.WRITE_OWN,
    summary=_("Take a file out of a draft"),
)
def take_from_draft(call: Call, number: Number, pk: Pk) -> DraftOut:
    """Take a file out of the person's draft."""
    complaint = find(number)
    enclosed.take_away(row=get_object_or_404(DraftFile, pk=pk, complaint=complaint, agent=call.agent, later=None))
    return _draft(complaint, call.agent)


def _draft(complaint: Complaint, agent: Agent) -> DraftOut:
    found = Draft.objects.filter(complaint=complaint, agent=agent).first()
    return DraftOut(
        number=complaint.number,
        text=found.text if found is not None else "",
        saved_at=found.saved_at if found is not None else None,
        files=[
            DraftFileOut(id=one.pk, name=one.name, media_type=one.media_type, size=one.size)
            for one in enclosed.in_draft(complaint=complaint, agent=agent)
        ],
    )


# ── Saved views ──────────────────────────────────────────────────────────────


@reads(router, "me/views", scope=Scope.READ_OWN, summary=_("List the saved views of the person"))
def list_views(call: Call) -> SavedViewsOut:
    """List the views that they made or are shown, by name."""
    return SavedViewsOut(views=[_as_view(one) for one in saved_views.seen_by(agent=call.agent)])


@acts(router.put, "me/views", scope=Scope.WRITE_OWN, summary=_("Keep a list under a name"))
def keep_view(call: Call, told: SavedViewIn) -> SavedViewOut:
    """Keep a list under a name; one of their own with that name is changed."""
    if told.view not in VIEWS:
        raise one_of("view", VIEWS)
    saved = saved_views.save(
        agent=call.agent,
        name=told.name,
        view=told.view,
        filters=Filters(**told.filters.model_dump(mode="json")),
        sharing=told.sharing,
        now=call.now,
    )
    return _as_view(saved)


@acts(router.delete, "me/views/{pk}", scope=Scope.WRITE_OWN, summary=_("Throw a saved view away"))
def drop_view(call: Call, pk: Pk) -> TakenOut:
    """Throw one away that is theirs, or that they lead."""
    if not saved_views.drop(agent=call.agent, pk=pk):
        raise Problem("not-found")
    return TakenOut()


def _as_view(one: saved_views.Saved) -> SavedViewOut:
    told = {**asdict(one), "filters": narrowing.plain(one.filters)}
    return SavedViewOut(**{name: told[name] for name in SavedViewOut.model_fields})


# ── Calendars of promises ────────────────────────────────────────────────────


@reads(router, "me/calendars", scope=Scope.READ_OWN, summary=_("List the calendars of promises that can be read"))
def list_feeds(call: Call) -> FeedsOut:
    """List the addresses at which a calendar program reads promises: the person's, and their team's.

    They are made on the page alone: an address is a secret, which is shown once and kept nowhere.
    """
    return FeedsOut(feeds=[_as_feed(one, call.agent) for one in feeds.of(agent=call.agent)])


@acts(router.delete, "me/calendars/{pk}", scope=Scope.WRITE_OWN, summary=_("Close the address of a calendar"))
def close_feed(call: Call, pk: Pk) -> TakenOut:
    """Close it for ever."""
    feeds.revoke(feed=get_object_or_404(Feed, pk=pk), by=call.agent, now=call.now)
    return TakenOut()


def _as_feed(one: Feed, agent: Agent) -> FeedOut:
    return FeedOut(
        id=one.pk,
        team_name=one.team.name if one.team is not None else "",
        made_at=one.made_at,
        read_at=one.read_at,
        may_revoke=feeds.may_revoke(feed=one, by=agent),
    )
