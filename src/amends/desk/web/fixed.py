"""Pages fixed in a language: what a template says in each language is put together once, when it is read.

A page of the desk is mostly words of the house, and Django looks every one of them up each time it is drawn. Here each
template is kept once for each language; its words, icons and addresses that depend on nothing else are text in it, and
what it includes stands in it. A name is looked up in the way that nearly always finds it; where that fails, Django's
own way is gone. What a page says is the same to the letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from sys import intern
from typing import Any, Final, cast

from django.template import Context, Node, NodeList, TemplateDoesNotExist, Variable, VariableDoesNotExist
from django.template.base import (
    FilterExpression,
    Origin,
    Template,
    TextNode,
    VariableNode,
    render_value_in_context,
)
from django.template.defaulttags import CommentNode, ForNode, IfNode, LoadNode, URLNode, WithNode
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext

from amends.desk.web.templatetags import look

DEEPEST: Final = 6  # includes within includes that are put in their places


class _Fixing(base.Loader):
    """Fix what was read in the language of the moment."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        _fix_all(template.nodelist, template, 0)
        if not template.engine.debug:
            template.source = ""
        return template


class Loader(cached.Loader, _Fixing):
    """Django's own, which keeps templates, with one of each for each language."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"


# ── Putting together ─────────────────────────────────────────────────────────


def _fix_all(nodes: NodeList, template: Template, depth: int) -> None:
    """Fix nodes where they stand, and put neighbouring text together."""
    fixed: list[Node] = []
    for node in nodes:
        for one in _fixed(node, template, depth):
            if isinstance(one, TextNode) and fixed and isinstance(fixed[-1], TextNode):
                fixed[-1] = TextNode(fixed[-1].s + one.s)
            else:
                fixed.append(one)
    nodes[:] = fixed


def _fixed(node: Node, template: Template, depth: int) -> Iterable[Node]:
    if isinstance(node, LanguageNode):  # another language holds in it
        return [node]
    if isinstance(node, CommentNode | LoadNode):
        return []
    if isinstance(node, IncludeNode) and (inside := _included(node, template, depth)) is not None:
        return inside
    for nodes in _lists(node):
        _fix_all(nodes, template, depth)
    _quicken(vars(node).values())
    if not template.engine.debug:
        _forget(node)
    return [TextNode(words) if (words := _words(node)) is not None else _quicker(node)]


def _forget(node: Node) -> None:
    """Let go where a node stood in its file: only a page for developers shows it, and it is a third of the memory."""
    node.token = None


def _lists(node: Node) -> list[NodeList]:
    """The lists of nodes within a node."""
    if isinstance(node, IfNode):
        return [nodes for _condition, nodes in node.conditions_nodelists]
    found = [getattr(node, name, None) for name in node.child_nodelists]
    return [nodes for nodes in found if isinstance(nodes, NodeList)]


def _quicker(node: Node) -> Node:
    """Return a node that says the same in this language in less time; the node itself where there is none."""
    if isinstance(node, TranslateNode) and node.asvar and _is_plain(node):
        return _like(node, _Named(node.asvar, _told(node)))
    if isinstance(node, BlockTranslateNode) and _is_sentence(node):
        return _like(node, _Sentence(node))
    if isinstance(node, URLNode) and _is_constant(node):
        return _like(node, _Address(node))
    if isinstance(node, URLNode) and _is_of_values(node):
        return _like(node, _AddressOf(node))
    return node


def _like[Kind: Node](node: Node, new: Kind) -> Kind:
    """Let a node stand for another one where something is wrong with it."""
    new.token, new.origin = node.token, node.origin
    return new


def _words(node: Node) -> str | None:
    """What a node says whenever it is drawn in this language; None if that depends on more."""
    if isinstance(node, TranslateNode) and not node.asvar and _is_plain(node):
        return _told(node)
    if isinstance(node, SimpleNode) and node.func is look.icon and node.target_var is None:
        values = [*node.args, *node.kwargs.values()]
        if all(_is_literal(value) for value in values):
            return cast("SafeString", node.render(Context()))
    if isinstance(node, BlockTranslateNode) and _is_sentence(node) and not node.plural:
        sentence = _Sentence(node)
        if not sentence.names and not node.extra_context:
            return sentence.said % {}
    return None


def _is_literal(value: Any) -> bool:
    return isinstance(value, FilterExpression) and not value.filters and not isinstance(value.var, Variable)


def _is_plain(node: TranslateNode) -> bool:
    expression, context = node.filter_expression, node.message_context
    is_told = isinstance(expression.var, Variable) and expression.var.lookups is None and not expression.filters
    return is_told and isinstance(expression.var.literal, str) and (context is None or _is_literal(context))


def _told(node: TranslateNode) -> SafeString:
    plain = TranslateNode(node.filter_expression, node.noop, None, node.message_context)
    return cast("SafeString", plain.render(Context()))


def _is_sentence(node: BlockTranslateNode) -> bool:
    """Whether its values do not depend on one another, and what it is about is a word."""
    counter = node.counter.var if node.counter is not None else None
    named = isinstance(counter, Variable) and counter.lookups is not None and counter.lookups[0] in node.extra_context
    return not node.asvar and not named and (node.message_context is None or _is_literal(node.message_context))


def _is_constant(node: URLNode) -> bool:
    """Whether an address depends on no value; those of Django's administration depend on where one is."""
    return not node.args and not node.kwargs and _is_literal(node.view_name) and "admin" not in str(node.view_name)


def _is_of_values(node: URLNode) -> bool:
    """Whether all that an address depends on are values in their places."""
    return (
        not all(map(_is_literal, node.args))
        and not node.kwargs
        and _is_literal(node.view_name)
        and "admin" not in str(node.view_name)
    )


def _included(node: IncludeNode, template: Template, depth: int) -> list[Node] | None:
    """What stands in an included template, where it can as well stand here; None where it cannot."""
    if not _is_literal(node.template) or node.isolated_context or node.extra_context or depth > DEEPEST:
        return None
    name = node.template.var
    if not isinstance(name, str) or name.startswith("."):
        return None
    try:
        found = template.engine.find_template(name)[0]
    except TemplateDoesNotExist:
        return None
    return list(found.nodelist) if all(map(_is_harmless, found.nodelist)) else None


def _is_harmless(node: Node) -> bool:
    """Whether a node can stand in another template: nothing that leaves a name behind, or is found from elsewhere."""
    if isinstance(node, IfNode | ForNode | WithNode):
        return all(_is_harmless(one) for nodes in _lists(node) for one in nodes)
    if type(node) is SimpleNode:
        return node.target_var is None
    if isinstance(node, StaticNode):
        return node.varname is None
    if isinstance(node, URLNode | _Address | _AddressOf):
        return node.asvar is None
    return isinstance(node, TextNode | VariableNode | _Sentence)


# ── Nodes ────────────────────────────────────────────────────────────────────


class _Named(Node):
    """Words under a name."""

    child_nodelists = ()

    def __init__(self, name: str, words: SafeString) -> None:
        self.name, self.words = name, words

    def render(self, context: Context) -> str:
        context[self.name] = self.words
        return ""


class _Address(Node):
    """An address that depends on nothing but where the desk is."""

    child_nodelists = ()

    def __init__(self, node: URLNode) -> None:
        self.node, self.asvar = node, node.asvar
        self.known: dict[tuple[Any, ...], str] = {}

    def render(self, context: Context) -> str:
        where = (get_script_prefix(), get_urlconf(), context.autoescape)
        if (address := self.known.get(where)) is None:
            said = self.node.render(context)
            address = context[self.asvar] if self.asvar else said
            self.known[where] = address
        if self.asvar:
            context[self.asvar] = address
            return ""
        return address


class _AddressOf(Node):
    """An address with numbers in it: what stands around them is the same for all numbers."""

    child_nodelists = ()

    def __init__(self, node: URLNode) -> None:
        self.node, self.asvar = node, node.asvar
        self.values = [arg for arg in node.args if not _is_literal(arg)]
        self.name = str(node.view_name.resolve(Context()))
        self.known: dict[tuple[Any, ...], list[str] | None] = {}

    def render(self, context: Context) -> str:
        numbers = [value.resolve(context) for value in self.values]
        where = (get_script_prefix(), get_urlconf())
        if where not in self.known:
            self.known[where] = self._around()
        around = self.known[where]
        if around is None or not all(type(number) is int and number >= 0 for number in numbers):
            return self.node.render(context)
        said = around[0] + "".join(f"{number}{then}" for number, then in zip(numbers, around[1:], strict=True))
        address = conditional_escape(said) if context.autoescape else said
        if self.asvar:
            context[self.asvar] = address
            return ""
        return address

    def _around(self) -> list[str] | None:
        """What stands before, between and after the numbers; None where that cannot be told."""
        marks = {id(value): 987_650_001 + place for place, value in enumerate(self.values)}
        args = [marks[id(arg)] if id(arg) in marks else arg.resolve(Context()) for arg in self.node.args]
        try:
            rest = reverse(self.name, args=args)
        except NoReverseMatch:
            return None
        found = []
        for mark in map(str, marks.values()):
            if rest.count(mark) != 1:
                return None
            before, _mark, rest = rest.partition(mark)
            found.append(before)
        return [*found, rest]


class _Sentence(Node):
    """A sentence with values in it."""

    child_nodelists = ()

    def __init__(self, node: BlockTranslateNode) -> None:
        self.node = node
        self.singular, names = node.render_token_list(node.singular)
        self.values = node.extra_context
        self.counter = node.counter if node.plural and node.countervar else None
        self.counted = node.countervar or ""
        if self.counter is not None:
            self.plural, more = node.render_token_list(node.plural)
            names = [*names, *more]
        self.names = tuple(dict.fromkeys(names))
        about = node.message_context.resolve(Context()) if node.message_context else ""
        self.about = about
        self.said = ""
        if self.counter is None:
            self.said = pgettext(about, self.singular) if about else gettext(self.singular)

    def render(self, context: Context) -> str:
        values = {name: value.resolve(context) for name, value in self.values.items()}
        said = self.said
        if self.counter is not None:
            count = self.counter.resolve(context)
            if not isinstance(count, int):
                return self.node.render(context)
            values[self.counted] = count
            if self.about:
                said = npgettext(self.about, self.singular, self.plural, count)
            else:
                said = ngettext(self.singular, self.plural, count)
        told = {}
        for name in self.names:
            if name not in values and name not in context:
                return self.node.render(context)
            told[name] = render_value_in_context(values[name] if name in values else context[name], context)
        try:
            return said % told
        except (KeyError, ValueError):
            return self.node.render(context)


# ── Names ────────────────────────────────────────────────────────────────────


class _Quick(Variable):
    """A name that is looked up in the shortest way."""

    __slots__ = ()

    def _resolve_lookup(self, context: Any) -> Any:
        lookups = self.lookups or ()
        try:
            found = _looked_up(lookups, context)
        except Exception:  # noqa: BLE001 - Django knows which failures are silent
            found = LEFT
        if found is MISSING:
            raise VariableDoesNotExist("Failed lookup for key [%s] in %r", (lookups[0], context))
        return super()._resolve_lookup(context) if found is LEFT else found  # type: ignore[misc]


LEFT: Final = object()  # to Django
MISSING: Final = object()  # the page has no such name


def _looked_up(lookups: Sequence[str], context: Any) -> Any:
    """Look a name up where it nearly always is: a name of the page, and attributes from there on."""
    for names in reversed(context.dicts):
        if lookups[0] in names:
            current = names[lookups[0]]
            break
    else:
        return MISSING
    if callable(current):
        return LEFT
    for bit in lookups[1:]:
        kind = type(current)
        if kind is dict:
            current = current[bit]
        elif hasattr(kind, "__getitem__"):
            return LEFT
        else:
            current = getattr(current, bit)
        if callable(current):
            return LEFT
    return current


def _quicken(values: Iterable[Any]) -> None:
    """Let every name among the parts of a node be looked up in the shortest way."""
    for value in values:
        if isinstance(value, Variable):
            if type(value) is Variable:
                value.__class__ = _Quick
                if value.lookups is not None:  # what is the same is kept once, and found by where it is
                    value.lookups = tuple(map(intern, value.lookups))
        elif isinstance(value, FilterExpression):
            _quicken([value.var, *(arg for _function, args in value.filters for _is_name, arg in args)])
        elif isinstance(value, Node | str):
            continue
        elif isinstance(value, Mapping):
            _quicken(value.values())
        elif isinstance(value, list | tuple) and not isinstance(value, NodeList):
            _quicken(value)
        elif hasattr(value, "eval") and hasattr(value, "__dict__"):  # a part of a condition
            _quicken(vars(value).values())
