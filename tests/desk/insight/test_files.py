"""Tables as files: the numbers of the page, and nothing in a cell that a spreadsheet would run."""

import csv
import io
import zipfile

import pyarrow.parquet as pq
import pytest

from amends.desk.insight import files
from amends.desk.insight.tables import TABLES, Table

DANGEROUS = Table(
    name="causes",
    columns=(("theme", "Theme"), ("complaints", "Complaints"), ("share", "Share")),
    rows=(("=HYPERLINK(1)", 3, None), ("کتری", 12, 0.25)),
)


def test_every_kind_of_file_tells_the_same_and_runs_nothing():
    lines = list(csv.reader(io.StringIO(files.as_csv(DANGEROUS).decode("utf-8-sig"))))
    assert lines == [["Theme", "Complaints", "Share"], ["'=HYPERLINK(1)", "3", ""], ["کتری", "12", "0.25"]]
    with zipfile.ZipFile(io.BytesIO(files.as_xlsx(DANGEROUS))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "<v>0.25</v>" in sheet
        assert "کتری" in book.read("xl/sharedStrings.xml").decode()
    table = pq.read_table(io.BytesIO(files.as_parquet(DANGEROUS)))
    assert table.to_pydict() == {"theme": ["=HYPERLINK(1)", "کتری"], "complaints": [3, 12], "share": [None, 0.25]}


@pytest.mark.django_db
def test_every_table_is_taken_along_under_the_choice_of_the_page(client, promised, make_agent, monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    assert client.get("/desk/insight/tables/causes.csv").status_code == 302
    client.force_login(make_agent(language="fa"))
    found = {}
    for name in TABLES:
        answer = client.get(f"/desk/insight/tables/{name}.csv?channel=form&days=365")
        assert answer.status_code == 200, name
        found[name] = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[1:3] for row in found["shares"][1:]] == [["2", "11"], ["3", "11"], ["6", "11"]]
    assert found["promises"][-1][2:4] == ["9", "12"]
    assert found["times"][1][1] == "12"
    assert (
        len(list(csv.reader(io.StringIO(client.get("/desk/insight/tables/causes.csv?channel=mail").content.decode()))))
        == 1
    )
    for kind in ("xlsx", "parquet"):
        assert client.get(f"/desk/insight/tables/where.{kind}?channel=mail").status_code == 200
    for wrong in ("agents.csv", "causes.exe"):
        assert client.get(f"/desk/insight/tables/{wrong}").status_code == 404
