"""The list of complaints: which one an address asks for, its rows, its views and counts, and ways to narrow it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from amends.desk.calm.queries import resting
from amends.desk.clocks.queries import ages
from amends.desk.complaints import fields, tags
from amends.desk.complaints import queries as complaints
from amends.desk.complaints.models import Channel
from amends.desk.complaints.queries import NO_FILTERS, OF_THE_TEAM, PERSONAL, VIEWS, Circle, Filters
from amends.desk.complaints.where_found import with_words_found
from amends.desk.people.models import Agent, Language, Team
from amends.desk.workplace import around, narrowing, queries, saved_views
from amends.desk.workplace.models import Sharing
from amends.desk.workplace.saved_views import Saved


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The list that an address asks for."""

    view: str
    filters: Filters = NO_FILTERS
    search: str = ""
    saved: Saved | None = None
    best: bool = False  # what fits the search best comes first

    @property
    def here(self) -> str:
        return self.saved.key if self.saved is not None else self.view

    @property
    def fields(self) -> dict[str, str]:
        """What the search field sends along, beside the words in it."""
        if self.saved is not None:
            return {"saved": str(self.saved.id)}
        return {"view": self.view, **narrowing.plain(self.filters)}

    @property
    def query(self) -> str:
        """The same list as the query of an address."""
        more = {"q": self.search, "best": "1" if self.best else ""}
        return urlencode({**self.fields, **{name: value for name, value in more.items() if value}})

    @property
    def otherwise(self) -> str:
        """The same list in the other order."""
        return replace(self, best=not self.best).query


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One view in the menu of views."""

    key: str
    word: str
    icon: str
    query: str
    saved: Saved | None = None


def asked(told: Mapping[str, str], *, agent: Agent) -> Asked:
    """Read an address; a view that is not there is 'all', a saved one that is not theirs to see is left out."""
    search = told.get("q", "").strip()[: narrowing.LONGEST_SEARCH]
    best = bool(search) and told.get("best") == "1"
    number = told.get("saved", "")
    saved = saved_views.find(agent=agent, pk=int(number[:9])) if number.isdecimal() else None
    if saved is not None:
        return Asked(view=saved.view, filters=saved.filters, search=search, saved=saved, best=best)
    view = told.get("view", "now")
    shown = view if view in VIEWS else "all"
    return Asked(view=shown, filters=narrowing.read(told), search=search, best=best)


SHOWN = tuple(view for view in VIEWS if view != "due")  # "due" is today and overdue in one, for the rail


def ways(*, agent: Agent) -> list[Way]:
    """List the views that the agent can go to: the house's, then their own and those they are shown."""
    words = queries.view_words()
    found = [Way(key=view, word=words[view][0], icon=words[view][1], query=f"view={view}") for view in SHOWN]
    saved = saved_views.seen_by(agent=agent)
    found += [Way(key=one.key, word=one.name, icon="bookmark", query=f"saved={one.id}", saved=one) for one in saved]
    return found


@login_required
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    return render(request, "workplace/desk.html", context(request))


@login_required
@never_cache
def rows(request: HttpRequest) -> HttpResponse:
    """The rows alone: after a search, or at the end of a page of them; none for who takes five.

    A page that draws its list anew asks for what stands around it too (`around`), and is told in a word where nothing
    is otherwise. One that opened with a conversation asks for the whole list (`whole`, with that one's number).
    """
    if "whole" in request.GET:
        number = request.GET["whole"]
        beside = {"complaint": {"number": int(number[:9]) if number.isdecimal() else 0}}
        return trigger_client_event(
            render(request, "workplace/list.html", context(request) | beside), "views-shown", after="swap"
        )
    agent, now = request.user, timezone.now()
    if resting(agent=agent, now=now) is not None:
        return HttpResponse(status=204)
    if "around" not in request.GET:
        return render(request, "workplace/rows.html", context(request, menu=False) | {"fragment": True})
    newest, circle = queries.newest_event(), complaints.circle(agent=agent)
    told = context(request, menu=False, circle=circle) | {"fragment": True, "anew": True}
    told |= around.around(agent=agent, now=now, menu=request.GET.get("menu"), circle=circle)
    return _unless_the_same(request, render(request, "workplace/anew.html", told), newest)


# What is otherwise each time and shows nothing: where a list goes on, and the proof that a form is the desk's own.
_UNSEEN = re.compile(rb'(?<=\?after=)[^"]*|(?<=name="csrfmiddlewaretoken" value=")[^"]*')


def _unless_the_same(request: HttpRequest, answer: HttpResponse, newest: int) -> HttpResponse:
    """Say in a word that nothing is otherwise where the page shows all of this already (`If-None-Match`).

    The page is told up to which event this was drawn, so that it need not ask again when it hears of one before.
    """
    name = quote_etag(blake2b(_UNSEEN.sub(b"", answer.content), digest_size=12).hexdigest())
    if name in {one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))}:
        answer = HttpResponse(status=304)
    answer["ETag"], answer["Amends-Newest"] = name, str(newest)
    return answer


@login_required
@never_cache
def counts(request: HttpRequest) -> HttpResponse:
    """How much is in every view: those of the rail, and of the menu where the page has one. Who rests sees none.

    A page with a list asks for what others want of its reader along with it (`around`).
    """
    agent, now, menu = request.user, timezone.now(), request.GET.get("menu")
    if resting(agent=agent, now=now) is not None:
        return HttpResponse(status=204)
    if "around" in request.GET:
        told = around.around(agent=agent, now=now, menu=menu)
        return render(request, "workplace/anew.html", told)
    return render(request, "workplace/counts.html", around.counts(agent=agent, now=now, menu=menu))


def heading(one: Asked) -> dict[str, Any]:
    """What a page says of the list before it has it."""
    title = one.saved.name if one.saved is not None else queries.view_words()[one.view][0]
    return {
        "asked": one,
        "view": one.view,
        "here": one.view,
        "list_title": title,
        "list_of": _of_whom(one.view),
    }


def _of_whom(view: str) -> str:
    """Whose complaints a list holds: what happens to those of others changes nothing in it."""
    return "me" if view in PERSONAL else "team" if view in OF_THE_TEAM else "all"


def context(request: HttpRequest, *, menu: bool = True, circle: Circle | None = None) -> dict[str, Any]:
    """What the list shows; `menu` with the views beside it."""
    agent, now_, told = request.user, timezone.now(), request.GET
    one = asked(told, agent=agent)
    open_number, place, shown = told.get("open", ""), told.get("place", ""), told.get("shown", "")
    circle = circle or complaints.circle(agent=agent)
    at_once = int(shown[:6]) if shown.isdecimal() else 0
    first = 0 if told.get("after") or one.best else queries.rows_at_once(at_once) + 1
    hit = complaints.find(
        agent=agent, view=one.view, now=now_, search=one.search, filters=one.filters, around=circle, first=first
    )
    try:
        found, more, count = queries.page_of_rows(
            agent=agent,
            view=one.view,
            now=now_,
            search=one.search,
            filters=one.filters,
            after=told.get("after", ""),
            open_number=int(open_number) if open_number.isdecimal() else 0,
            place=int(place) if place.isdecimal() else -1,
            shown=at_once,
            around=circle,
            best=one.best,
            hit=hit,
        )
    except complaints.UnableToContinue as error:
        raise Http404 from error
    if one.search:
        found = with_words_found(found, one.search)
    most = complaints.most_counted(view=one.view, words=one.search or one.filters.words)
    return {
        **heading(one),
        "rows": found,
        "ages": ages(complaint_ids=[row.id for row in found], now=now_),
        "tags": tags.of(complaint_ids=[row.id for row in found]),
        "more": more,
        "narrowed": narrowing.in_words(one.filters) if menu and one.saved is None else [],
        "search": one.search,
        "list_count": count,
        "list_count_more": most is not None and count >= most,
        "list_address": reverse("workplace:list"),
        "rest": resting(agent=agent, now=now_),
        "ways": ways(agent=agent) if menu else [],
        "newest": queries.newest_event() if menu else 0,
    }


class Narrow(forms.Form):
    """What a list can be narrowed to, and the name under which it is kept."""

    view = forms.ChoiceField(label=gettext_lazy("Among"), widget=forms.Select(attrs={"class": "select"}))
    words = forms.CharField(
        label=gettext_lazy("Words in it"),
        max_length=narrowing.LONGEST_SEARCH,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("How it reached us"), required=False)
    turn = forms.ChoiceField(label=gettext_lazy("Whose turn"), required=False)
    heat = forms.ChoiceField(label=gettext_lazy("Heat"), required=False)
    promise = forms.ChoiceField(label=gettext_lazy("Promise"), required=False)
    tag = forms.ChoiceField(label=gettext_lazy("Tag"), required=False)
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    field = forms.ChoiceField(label=gettext_lazy("Own field"), required=False)
    says = forms.CharField(
        label=gettext_lazy("What it says"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"}),
    )
    again = forms.BooleanField(
        label=gettext_lazy("It went wrong a second time"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "checkbox"}),
    )
    unread = forms.BooleanField(
        label=gettext_lazy("I have not read what is new"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "checkbox"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"}),
    )
    sharing = forms.ChoiceField(label=gettext_lazy("Who sees it"), required=False, choices=Sharing.choices)
    of = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)  # one's own view that was open
    beside = forms.BooleanField(
        label=gettext_lazy("Keep the view that was open as it was, and this one beside it"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "checkbox"}),
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        words = queries.view_words()
        language = (get_language() or "en").split("-")[0]
        offered: dict[str, Sequence[tuple[Any, Any]]] = {
            "language": Language.choices,
            "channel": Channel.choices,
            "turn": list(narrowing.turns().items()),
            "heat": list(narrowing.heats().items()),
            "promise": list(narrowing.promises().items()),
            "tag": [(word.id, word.name) for word in tags.offered()],
            "field": [(field.pk, field.called(language)) for field in fields.listed()],
            "owner": list(Agent.objects.filter(is_active=True).order_by("name", "pk").values_list("pk", "name")),
            "team": list(Team.objects.order_by("name").values_list("pk", "name")),
        }
        for name, choices in offered.items():
            self.fields[name] = forms.ChoiceField(
                label=self.fields[name].label,
                required=False,
                choices=[("", _("any")), *choices],
                widget=forms.Select(attrs={"class": "select"}),
            )
        self.fields["view"].choices = [(view, words[view][0]) for view in SHOWN]  # type: ignore[attr-defined]
        self.fields["sharing"].widget.attrs["class"] = "select"


@login_required
@never_cache
def narrow(request: HttpRequest) -> HttpResponse:
    """Narrow the list, and keep it under a name if one is given."""
    form = Narrow(request.POST or None, initial=_as_initial(request))
    if not form.is_valid():
        return render(request, "workplace/sheets/narrow.html", {"form": form}, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    own = f"{given['field']}:{given['says']}" if given["field"] else ""
    filters = narrowing.read({**given, "own": own})
    if not given["name"]:
        return _go(request, Asked(view=given["view"], filters=filters))
    try:
        saved = saved_views.save(
            agent=request.user,
            name=given["name"],
            view=given["view"],
            filters=filters,
            sharing=given["sharing"] or Sharing.PRIVATE,
            now=timezone.now(),
            instead_of=given["of"] if not given["beside"] else None,
        )
    except saved_views.UnableToSave as error:
        form.add_error("name", str(error))
        return render(request, "workplace/sheets/narrow.html", {"form": form}, status=422)
    return _go(request, Asked(view=saved.view, filters=filters, saved=saved))


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a saved view away."""
    if not saved_views.drop(agent=request.user, pk=pk):
        raise Http404
    return _go(request, Asked(view="now"))


def _as_initial(request: HttpRequest) -> dict[str, Any]:
    one = asked(request.GET, agent=request.user)
    initial: dict[str, Any] = {"view": one.view, **narrowing.plain(one.filters), "sharing": Sharing.PRIVATE}
    initial["field"], _colon, initial["says"] = one.filters.own.partition(":")
    if one.search:
        initial["words"] = one.search
    if one.saved is not None and not one.saved.by_name:
        initial |= {"name": one.saved.name, "sharing": one.saved.sharing, "of": one.saved.id}
    return initial


def _go(request: HttpRequest, one: Asked) -> HttpResponse:
    address = f"{reverse('workplace:inbox')}?{one.query}"
    if not request.htmx:
        return redirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response
