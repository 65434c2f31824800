"""Questions to the database that stay the same while their values change: put into words once, asked often.

Django puts a question together anew each time it is asked, which takes many times as long as asking it. Here it is put
together once for each shape, with blanks where values belong; after that only the blanks are filled in. What comes
back is what Django would give: rows as tuples, or rows of a model with what was fetched along with them.

A blank stands wherever Django takes an expression. What a blank cannot change is the shape: whether there is a
condition at all, how many rows at most. All that decides the shape belongs into its name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from threading import Lock
from types import SimpleNamespace
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection as usual
from django.db import connections, router
from django.db.models import BooleanField, Expression, F, Field, QuerySet
from django.db.models.expressions import SQLiteNumericMixin
from django.db.models.query import ModelIterable

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


class Among(Expression):
    """Say that the number in a column is one of several, however many; false where there are none."""

    conditional = True

    def __init__(self, column: str | Expression, name: str) -> None:
        super().__init__(output_field=BooleanField())
        self.column = F(column) if isinstance(column, str) else column
        self.name = name

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        words, values = compiler.compile(self.column)
        if connection.vendor == "postgresql":
            return f"{words} = ANY(%s::bigint[])", [*values, self]
        return f"{words} IN (SELECT value FROM json_each(%s))", [*values, self]  # noqa: S608 - words of ours alone

    def filled(self, numbers: Iterable[int], connection: Any) -> Any:
        """Write numbers as the database takes them here."""
        return list(numbers) if connection.vendor == "postgresql" else json.dumps(list(numbers))


class _Question:
    """One question in the words of a database."""

    def __init__(self, rows: QuerySet[Any, Any], *, counts: bool = False) -> None:
        connection = connections[rows.db]
        compiler = rows.query.get_compiler(connection=connection)
        self.model = rows.model
        self.words, values = compiler.as_sql()
        if counts:
            self.words = f"SELECT COUNT(*) FROM ({self.words}) counted"  # noqa: S608 - words of ours alone
        self.values: list[Any] = list(values)
        if connection.vendor == "postgresql":
            self.words, self.values = _with_constants(self.words, self.values, connection)
        self._columns = compiler.col_count if compiler.has_extra_select else None
        fields = [] if counts else [column[0] for column in compiler.select[: compiler.col_count]]
        self._converters = list(compiler.get_converters(fields).items())
        self._is_model = not counts and issubclass(rows._iterable_class, ModelIterable)  # type: ignore[attr-defined]  # noqa: SLF001
        self._fetching = rows._fetch_mode  # type: ignore[attr-defined]  # noqa: SLF001
        self._told = {
            "select": compiler.select,
            "klass_info": compiler.klass_info,
            "annotation_col_map": compiler.annotation_col_map,
        }

    def ask(self, named: Mapping[str, Any]) -> list[Any]:
        """Fill in the blanks, and return the rows."""
        alias = router.db_for_read(self.model)
        connection = connections[alias]
        given = [
            one.filled(named[one.name], connection) if isinstance(one, Blank | Among) else one for one in self.values
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.words, given)
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


_known: Final[dict[Hashable, _Question | None]] = {}
_lock: Final = Lock()


def ask(shape: Hashable, rows: Callable[[], QuerySet[Any, Any]], /, **values: Any) -> list[Any]:
    """Ask a question of a shape that may have been asked before; `rows` says it with blanks, where it was not.

    :param shape: the name of the question, with all that decides its shape
    """
    question = _question(("rows", usual.vendor, shape), rows)
    return [] if question is None else question.ask(values)


def count(shape: Hashable, rows: Callable[[], QuerySet[Any, Any]], /, **values: Any) -> int:
    """Likewise, and return how many rows there would be; `rows` has one narrow column."""
    question = _question(("count", usual.vendor, shape), rows, counts=True)
    return 0 if question is None else int(question.ask(values)[0][0])


def _question(name: Hashable, rows: Callable[[], QuerySet[Any, Any]], *, counts: bool = False) -> _Question | None:
    try:
        return _known[name]
    except KeyError:
        return _keep(name, _put_together(rows(), counts=counts))


def _put_together(rows: QuerySet[Any, Any], *, counts: bool) -> _Question | None:
    try:
        return _Question(rows, counts=counts)
    except EmptyResultSet:  # Django knows that there can be none
        return None


def _keep(name: Hashable, question: _Question | None) -> _Question | None:
    with _lock:
        if len(_known) >= MOST:
            for old in list(_known)[: MOST // 4]:
                del _known[old]
        _known[name] = question
    return question


_PLACE: Final = re.compile(r"%[s%]")


def _with_constants(words: str, values: Sequence[Any], connection: Any) -> tuple[str, list[Any]]:
    """Write what is no blank into the words: it is the same each time, and need not be sent as a value."""
    left: list[Any] = []
    given = iter(values)

    def put(found: re.Match[str]) -> str:
        if found.group() == "%%":
            return "%%"
        value = next(given)
        if isinstance(value, Blank | Among):
            left.append(value)
            return "%s"
        written: str = connection.ops.compose_sql("%s", [value])
        return written.replace("%", "%%")

    return _PLACE.sub(put, words), left
