"""What administrators set up, thing by thing: one table row says how it is read, made, changed and removed.

Each is the form of its page and the actions behind it. From a row follow the routes, their shapes and their document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import GenericAlias
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema
from pydantic import create_model

from amends.desk.api import by_forms
from amends.desk.api.by_forms import Fields
from amends.desk.api.pages import WHOLE, ListIn, Next, page
from amends.desk.api.routes.common import Call, Pk, acts, reads, refused
from amends.desk.api.schemas import In
from amends.desk.api.scopes import Scope
from amends.desk.people.models import Agent, Role

type May = Callable[[Agent], bool]
type Form = Any  # a form of a page, bound or not

PREFIX: Final = "setup"


def administrators(agent: Agent) -> bool:
    return agent.role == Role.ADMINISTRATOR


def leads(agent: Agent) -> bool:
    return agent.leads_people


def everybody(_agent: Agent) -> bool:
    return True


def with_right(right: str) -> May:
    """Administrators, and whose own role has this right."""
    return lambda agent: right in agent.rights


def guard(may: May, agent: Agent) -> None:
    """
    Look whether somebody may, as on the page.

    :raises PermissionDenied: if they may not
    """
    if not may(agent):
        raise PermissionDenied


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What else can be done with one: its word in the address, as its button is called, and what it does."""

    name: str
    title: Any
    says: str
    do: Callable[..., object]  # with the call and the row, and with what was sent where something is
    sends: type[In] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One kind of thing. `begin` makes its form, empty or with what was sent, for a row or for a new one."""

    one: str  # what one is called in the names of its routes
    many: str  # and in their address
    title: Any  # as its page is called
    about: str
    may: May
    fields: Fields
    begin: Callable[[Call, Any, Any], Form]
    rows: Callable[[Call], QuerySet[Any]]  # in an order by columns, the last of which is the key
    make: Callable[[Call, Form], Any] | None = None
    change: Callable[[Call, Any, Form], Any] | None = None
    remove: Callable[[Call, Any], None] | None = None
    may_read: May | None = None
    fields_of_change: Fields | None = None
    more: Mapping[str, Any] = field(default_factory=dict)  # what is told beside the fields: name and kind
    tell: Callable[[Any], Mapping[str, Any]] = lambda _row: {}
    unable: tuple[type[Exception], ...] = ()
    writes: Scope = Scope.WRITE_SETUP
    acts: tuple[Act, ...] = ()

    @property
    def changing(self) -> Fields:
        return self.fields if self.fields_of_change is None else self.fields_of_change

    def find(self, call: Call, pk: int) -> Any:
        """
        Return the row of a number.

        :raises Http404: if there is none
        """
        found = self.rows(call).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


def open_routes(router: Router, thing: Thing) -> None:
    """Let programs list it, make, change and remove one, and do what else the page can."""
    opened = _Opened(router, thing)
    opened.listing()
    if thing.make is not None:
        opened.making(thing.make)
    if thing.change is not None:
        opened.changing(thing.change)
    if thing.remove is not None:
        opened.removing(thing.remove)
    for act in thing.acts:
        opened.acting(act)


class _Opened:
    """The routes of one kind of thing."""

    def __init__(self, router: Router, thing: Thing) -> None:
        self.router, self.thing = router, thing
        self.path, self.key = f"{PREFIX}/{thing.many}", _under(thing.many)
        self.shape = by_forms.told(_named(thing.one, "Out"), thing.fields, thing.about, id=int, **thing.more)
        listed: dict[str, Any] = {self.key: (GenericAlias(list, (self.shape,)), ...), "next": (Next, None)}
        self.listed: Any = create_model(_named(thing.many, "ListOut"), __base__=Schema, **listed)

    def out(self, call: Call, row: Any) -> Schema:
        """One of them, as its form shows it."""
        form = self.thing.begin(call, row, None)
        return _shown(self.shape, form, self.thing.fields, {"id": row.pk, **self.thing.tell(row)})

    def look(self, call: Call, asked: ListIn = WHOLE) -> Schema:
        guard(self.thing.may_read or self.thing.may, call.agent)
        rows, after = page(self.thing.rows(call), asked)
        found: Schema = self.listed(**{self.key: [self.out(call, row) for row in rows], "next": after})
        return found

    def listing(self) -> None:
        def view(call: Call, asked: ListIn) -> Schema:
            return self.look(call, asked)

        opened = reads(
            self.router,
            self.path,
            scope=Scope.READ_SETUP,
            summary=format_lazy(_("{what}: list"), what=self.thing.title),
        )
        _route(
            opened,
            view,
            name=f"list_set_up_{self.key}",
            says=f"List them. {self.thing.about}",
            answer=self.listed,
            asked=ListIn,
        )

    def making(self, make: Callable[[Call, Form], Any]) -> None:
        def view(call: Call, told: In) -> Schema:
            guard(self.thing.may, call.agent)
            form = by_forms.filled(lambda data: self.thing.begin(call, None, data), self.thing.fields, told)
            with refused(*self.thing.unable):
                return self.out(call, make(call, form))

        opened = self._acts(self.router.post, "", _("a new one"), status=201)
        sends = by_forms.sent(_named(self.thing.one, "In"), self.thing.fields, is_new=True)
        name, says = f"make_{_under(self.thing.one)}", f"Make one. {self.thing.about}"
        _route(opened, view, name=name, says=says, answer=self.shape, told=sends)

    def changing(self, change: Callable[[Call, Any, Form], Any]) -> None:
        def view(call: Call, pk: int, told: In) -> Schema:
            guard(self.thing.may, call.agent)
            row = self.thing.find(call, pk)
            form = by_forms.filled(lambda data: self.thing.begin(call, row, data), self.thing.changing, told)
            with refused(*self.thing.unable):
                change(call, row, form)
            return self.out(call, self.thing.find(call, pk))

        opened = self._acts(self.router.patch, "/{pk}", _("Change"))
        sends = by_forms.sent(_named(self.thing.one, "ChangeIn"), self.thing.changing, is_new=False)
        name, says = f"change_{_under(self.thing.one)}", "Change one. What is left out stays as it is."
        _route(opened, view, name=name, says=says, answer=self.shape, told=sends, pk=True)

    def removing(self, remove: Callable[[Call, Any], None]) -> None:
        def view(call: Call, pk: int) -> Schema:
            guard(self.thing.may, call.agent)
            row = self.thing.find(call, pk)
            with refused(*self.thing.unable):
                remove(call, row)
            return self.look(call)

        opened = self._acts(self.router.post, "/{pk}/remove", _("Remove"))
        name, says = f"remove_{_under(self.thing.one)}", "Remove one; the answer lists what is left."
        _route(opened, view, name=name, says=says, answer=self.listed, pk=True)

    def acting(self, act: Act) -> None:
        def view(call: Call, pk: int, **more: In) -> Schema:
            guard(self.thing.may, call.agent)
            row = self.thing.find(call, pk)
            with refused(*self.thing.unable):
                act.do(call, row, *more.values())
            return self.look(call)

        def with_body(call: Call, pk: int, told: In) -> Schema:
            return view(call, pk, told=told)

        def without(call: Call, pk: int) -> Schema:
            return view(call, pk)

        name = f"{_under(act.name)}_{_under(self.thing.one)}"
        opened = self._acts(self.router.post, f"/{{pk}}/{act.name}", act.title)
        says = f"{act.says} The answer lists them all."
        if act.sends is None:
            _route(opened, without, name=name, says=says, answer=self.listed, pk=True)
        else:
            _route(opened, with_body, name=name, says=says, answer=self.listed, pk=True, told=act.sends)

    def _acts(self, method: Any, path: str, words: Any, *, status: int = 200) -> Callable[[Any], Any]:
        return acts(
            method,
            f"{self.path}{path}",
            scope=self.thing.writes,
            summary=format_lazy(_("{what}: {act}"), what=self.thing.title, act=words),
            status=status,
        )


# ── What there is once ───────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form that stands on a page once: it is read, and changed."""

    name: str
    title: Any
    about: str
    may: May
    fields: Fields
    begin: Callable[[Call, Any], Form]
    keep: Callable[[Call, Form], object]
    more: Mapping[str, Any] = field(default_factory=dict)
    tell: Callable[[Call], Mapping[str, Any]] = lambda _call: {}
    writes: Scope = Scope.WRITE_SETUP


def open_sheet(router: Router, sheet: Sheet) -> None:
    """Let programs read and change it."""
    path, key = f"{PREFIX}/{sheet.name}", _under(sheet.name)
    shape = by_forms.told(_named(sheet.name, "Out"), sheet.fields, sheet.about, **sheet.more)
    sends = by_forms.sent(_named(sheet.name, "ChangeIn"), sheet.fields, is_new=False)

    def out(call: Call) -> Schema:
        return _shown(shape, sheet.begin(call, None), sheet.fields, sheet.tell(call))

    def look(call: Call) -> Schema:
        guard(sheet.may, call.agent)
        return out(call)

    def change(call: Call, told: In) -> Schema:
        guard(sheet.may, call.agent)
        form = by_forms.filled(lambda data: sheet.begin(call, data), sheet.fields, told)
        sheet.keep(call, form)
        return out(call)

    read = reads(router, path, scope=Scope.READ_SETUP, summary=sheet.title)
    _route(read, look, name=f"read_set_up_{key}", says=sheet.about, answer=shape)
    summary = format_lazy(_("{what}: {act}"), what=sheet.title, act=_("Change"))
    opened = acts(router.patch, path, scope=sheet.writes, summary=summary)
    says = f"{sheet.about} What is left out stays as it is."
    _route(opened, change, name=f"change_set_up_{key}", says=says, answer=shape, told=sends)


def _shown(shape: type[Schema], form: Form, fields: Fields, more: Mapping[str, Any]) -> Schema:
    """What a form shows of its fields, with what is told beside them."""
    shown = by_forms.values(form, fields)
    missing = {name: _nothing(shape, name) for name in shape.model_fields if name not in shown}
    return shape(**{**missing, **shown, **more})


def _nothing(shape: type[Schema], name: str) -> Any:
    """What is told where a form has no such field for this row."""
    kind = shape.model_fields[name].annotation
    return "" if kind is str else False if kind is bool else [] if "list" in str(kind) else None


def _route(
    opened: Callable[[Any], Any], view: Callable[..., Schema], *, name: str, says: str, answer: Any, **told: Any
) -> None:
    """Open a route whose shapes are made of a form: they are told to it as if they had been written."""
    view.__name__, view.__doc__ = name, says
    view.__annotations__ = {"call": Call, "return": answer}
    if "pk" in told:
        view.__annotations__["pk"] = Pk
    if "asked" in told:
        view.__annotations__["asked"] = Query[told["asked"]]
    if "told" in told:
        view.__annotations__["told"] = told["told"]
    opened(view)


def _named(name: str, end: str) -> str:
    return "".join(part.capitalize() for part in name.split("-")) + f"SetUp{end}"


def _under(name: str) -> str:
    return name.replace("-", "_")
