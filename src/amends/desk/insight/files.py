"""A table as a file: CSV, XLSX and Parquet. Nothing in a cell is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Final

from amends.desk.insight.tables import Cell, Table

# What a spreadsheet would take for the beginning of a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(table: Table) -> bytes:
    """Write it with a mark of its encoding, by which spreadsheets know it; programs skip the mark as utf-8-sig."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([heading for _key, heading in table.columns])
    writer.writerows([[_harmless(cell) for cell in row] for row in table.rows])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table) -> bytes:
    """Write one sheet with its headings on top."""
    from xlsxwriter import Workbook  # a slow import that most pages never need

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(table.name)
        bold = book.add_format({"bold": True})
        for place, (_key, heading) in enumerate(table.columns):
            sheet.write_string(0, place, heading, bold)
        for line, row in enumerate(table.rows, 1):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                elif cell is not None:
                    sheet.write_number(line, place, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return out.getvalue()


def as_parquet(table: Table) -> bytes:
    """Write it under the names that programs know its columns by, the same in every language."""
    import pyarrow as pa  # a slow import that most pages never need
    import pyarrow.parquet as pq

    columns = {
        key: pa.array([row[place] for row in table.rows]) if table.rows else pa.array([], type=pa.string())
        for place, (key, _heading) in enumerate(table.columns)
    }
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


KINDS: Final[Mapping[str, tuple[Callable[[Table], bytes], str]]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "parquet": (as_parquet, "application/vnd.apache.parquet"),
}


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
