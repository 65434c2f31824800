"""Questions to the database that stay the same while their values change: put into words once, asked often.

Django puts a question together anew each time it is asked, which takes many times as long as asking it. Here it is put
together once for each shape, with blanks where values belong; after that only the blanks are filled in. What comes
back is what Django would give: rows as tuples, or rows of a model with what was fetched along with them.

A blank stands wherever Django takes an expression. What a blank cannot change is the shape: whether there is a
condition at all, how many rows at most. All that decides the shape belongs into its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from types import SimpleNamespace
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection as usual
from django.db import connections, router
from django.db.models import Expression, F, Field, QuerySet
from django.db.models.expressions import SQLiteNumericMixin
from django.db.models.lookups import Lookup
from django.db.models.query import ModelIterable
from django.db.models.sql import UpdateQuery
from django.db.transaction import mark_for_rollback_on_error

MOST: Final = 400  # shapes that are kept; a desk has about a hundred


class Blank(SQLiteNumericMixin, Expression):
    """The place of one value in a question."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        del compiler, connection
        return "%s", [self]

    def filled(self, value: Any, connection: Any) -> Any:
        """Write a value as the database takes it here."""
        return self.output_field.get_db_prep_value(value, connection)


class Among(Lookup):  # type: ignore[type-arg]
    """Say that the number in a column is one of several, however many; false where there are none.

    A look-up of Django's: of anything else that is true or false it asks SQLite whether it is 1, which uses no index.
    """

    prepare_rhs = False

    def __init__(self, column: str | Expression, name: str) -> None:
        super().__init__(F(column) if isinstance(column, str) else column, name)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        words, values = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{words} = ANY(%s::bigint[])", [*values, self.value(connection)]
        return f"{words} IN (SELECT value FROM json_each(%s))", [*values, self.value(connection)]  # noqa: S608 - words of ours alone

    def value(self, connection: Any) -> Any:
        """What stands for the numbers: a blank."""
        del connection
        return self

    def filled(self, numbers: Iterable[int], connection: Any) -> Any:
        """Write numbers as the database takes them here: as text, which is put together faster than a list."""
        written = ",".join(map(str, numbers))
        return f"{{{written}}}" if connection.vendor == "postgresql" else f"[{written}]"


class These(Among):
    """The same where the numbers are known, in a question that is asked once: all of them are one value of it."""

    def __init__(self, column: str, numbers: Iterable[int]) -> None:
        super().__init__(column, "")
        self.rhs = tuple(numbers)

    def value(self, connection: Any) -> Any:
        """What stands for the numbers: they themselves."""
        return self.filled(self.rhs, connection)


# Puts the words of a question within others, with their values; what comes back is then as the database gives it.
type Within = Callable[[str, list[Any]], tuple[str, list[Any]]]


class _Question:
    """One question in the words of a database."""

    def __init__(self, rows: QuerySet[Any, Any], within: Within | None = None) -> None:
        connection = connections[rows.db]
        compiler = rows.query.get_compiler(connection=connection)
        self.model = rows.model
        words, values = compiler.as_sql()
        self.words, self.values = (words, list(values)) if within is None else within(words, list(values))
        self.words, self.values = _with_constants(self.words, self.values, connection)
        self._columns = compiler.col_count if compiler.has_extra_select else None
        fields = [column[0] for column in compiler.select[: compiler.col_count]] if within is None else []
        self._converters = list(compiler.get_converters(fields).items())
        self._is_model = within is None and issubclass(rows._iterable_class, ModelIterable)  # type: ignore[attr-defined]  # noqa: SLF001
        self._fetching = rows._fetch_mode  # type: ignore[attr-defined]  # noqa: SLF001
        # What Django makes rows of a model by; for tuples it would only be kept.
        self._told = (
            {
                "select": compiler.select,
                "klass_info": compiler.klass_info,
                "annotation_col_map": compiler.annotation_col_map,
            }
            if self._is_model
            else {}
        )

    def ask(self, named: Mapping[str, Any]) -> list[Any]:
        """Fill in the blanks, and return the rows."""
        alias = router.db_for_read(self.model)
        connection = connections[alias]
        with connection.cursor() as cursor:
            cursor.execute(self.words, _filled(self.values, named, connection))
            rows = cursor.fetchall()
        if self._columns is not None:
            rows = [row[: self._columns] for row in rows]
        if self._converters:
            rows = self._converted(rows, connection)
        return self._as_models(rows, alias) if self._is_model else rows

    def _converted(self, rows: Iterable[Sequence[Any]], connection: Any) -> list[Any]:
        found = []
        for one in rows:
            row = list(one)
            for place, (converters, expression) in self._converters:
                value = row[place]
                for convert in converters:
                    value = convert(value, expression, connection)
                row[place] = value
            found.append(tuple(row))
        return found

    def _as_models(self, rows: Sequence[Any], alias: str) -> list[Any]:
        """Let Django make rows of a model of them, as from a question of its own that was asked just now."""
        answered = SimpleNamespace(**self._told, execute_sql=lambda **_how: rows, results_iter=lambda results: results)
        asked = SimpleNamespace(
            db=alias,
            model=self.model,
            query=SimpleNamespace(get_compiler=lambda **_where: answered),
            _fetch_mode=self._fetching,
            _known_related_objects={},
        )
        return list(ModelIterable(asked))


class _Change:
    """One change of rows in the words of a database."""

    def __init__(self, rows: QuerySet[Any, Any], to: Mapping[str, Blank]) -> None:
        self.model = rows.model
        connection = connections[router.db_for_write(self.model)]
        query = rows.query.chain(UpdateQuery)  # as Django's `update` does
        query.add_update_values(to)
        query.clear_select_clause()
        words, values = query.get_compiler(connection=connection).as_sql()
        self.words, self.values = words, list(values)
        self.words, self.values = _with_constants(self.words, self.values, connection)

    def make(self, named: Mapping[str, Any]) -> int:
        """Fill in the blanks, and return how many rows were changed."""
        connection = connections[router.db_for_write(self.model)]
        with mark_for_rollback_on_error(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(self.words, _filled(self.values, named, connection))
            return int(cursor.rowcount)


def _filled(values: Sequence[Any], named: Mapping[str, Any], connection: Any) -> list[Any]:
    return [one.filled(named[one.name], connection) if isinstance(one, Blank | Among) else one for one in values]


_known: Final[dict[Hashable, Any]] = {}
_lock: Final = Lock()


def ask(
    shape: Hashable, rows: Callable[[], QuerySet[Any, Any]], within: Within | None = None, /, **values: Any
) -> list[Any]:
    """Ask a question of a shape that may have been asked before; `rows` says it with blanks, where it was not.

    :param shape: the name of the question, with all that decides its shape
    :param within: what stands around it, in the words of the database at hand
    """
    name = (usual.vendor, shape)
    try:
        question: _Question | None = _known[name]
    except KeyError:
        question = _keep(name, _put_together(rows(), within))
    return [] if question is None else question.ask(values)


def count(shape: Hashable, rows: Callable[[], QuerySet[Any, Any]], /, **values: Any) -> int:
    """Likewise, and return how many rows there would be; `rows` has one narrow column."""
    found = ask(("count", shape), rows, _counted, **values)
    return int(found[0][0]) if found else 0


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of something, to be asked by itself or together with others."""

    shape: Hashable
    rows: Callable[[], QuerySet[Any, Any]]
    values: Mapping[str, Any]

    def asked(self) -> int:
        """Ask it by itself."""
        return count(self.shape, self.rows, **self.values)


def together(counts: Sequence[Count]) -> list[int]:
    """Ask for several counts in one question; each as `count` would return it."""
    name = (usual.vendor, "together", tuple(one.shape for one in counts))
    parts: list[_Question | None] = (
        _known[name] if name in _known else _keep(name, [_put_together(one.rows(), _counted) for one in counts])
    )
    asked = [(part, one.values) for part, one in zip(parts, counts, strict=True) if part is not None]
    if not asked:
        return [0] * len(counts)
    connection = connections[router.db_for_read(asked[0][0].model)]
    values = [value for part, named in asked for value in _filled(part.values, named, connection)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"({part.words})" for part, _named in asked), values)
        found = iter(cursor.fetchone())
    return [0 if part is None else int(next(found)) for part in parts]


def change(shape: Hashable, rows: Callable[[], QuerySet[Any, Any]], to: Mapping[str, Blank], /, **values: Any) -> int:
    """Change rows of one table as Django's `update` does, in a shape that may have been used before; say how many.

    :param to: the columns that change, and the blanks for what they are then
    """
    name = (usual.vendor, "change", shape)
    change_: _Change = _known[name] if name in _known else _keep(name, _Change(rows(), to))
    return change_.make(values)


def in_words(rows: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    """Write a question, with its blanks, in the words of its database: to stand within another one."""
    question = _Question(rows)
    return question.words, question.values


def _counted(words: str, values: list[Any]) -> tuple[str, list[Any]]:
    return f"SELECT COUNT(*) FROM ({words}) counted", values  # noqa: S608 - words of ours alone


def _put_together(rows: QuerySet[Any, Any], within: Within | None) -> _Question | None:
    try:
        return _Question(rows, within)
    except EmptyResultSet:  # Django knows that there can be none
        return None


def _keep[Kept](name: Hashable, question: Kept) -> Kept:
    with _lock:
        if len(_known) >= MOST:
            for old in list(_known)[: MOST // 4]:
                del _known[old]
        _known[name] = question
    return question


_PLACE: Final = re.compile(r"%[s%]")


def _with_constants(words: str, values: Sequence[Any], connection: Any) -> tuple[str, list[Any]]:
    """Write what is no blank into the words: it is the same each time, and need not be sent as a value.

    SQLite also sees only so that an index over some of the rows (`WHERE live = 1`) holds what is asked for.
    """
    left: list[Any] = []
    given = iter(values)

    def put(found: re.Match[str]) -> str:
        if found.group() == "%%":
            return "%%"
        value = next(given)
        written = None if isinstance(value, Blank | Among) else _as_constant(value, connection)
        if written is None:
            left.append(value)
            return "%s"
        return written.replace("%", "%%")

    return _PLACE.sub(put, words), left


def _as_constant(value: Any, connection: Any) -> str | None:
    """Write a value as words of the database; None where it has to be sent."""
    if connection.vendor == "postgresql":
        return str(connection.ops.compose_sql("%s", [value]))
    match value:
        case None:
            return "NULL"
        case int():  # yes and no among them
            return f"({int(value)})" if value < 0 else str(int(value))
        case str() if "\0" not in value:
            return "'" + value.replace("'", "''") + "'"
    return None
