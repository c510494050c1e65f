"""All reports of a round read the same rows, whatever is written to the source meanwhile."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pandas as pd
import psycopg
import pytest

from workbench.apps.reports import REPORTS
from workbench.apps.round import prepare_round
from workbench.apps.unchanged import inputs_digest
from workbench.core.book_place import BOOKS_VARIABLE
from workbench.core.settings import SourceSettings
from workbench.data.open_book import open_book

SCHEDULE = """
tries: 1
jobs:
  first: {report: data_audit}
  second: {report: data_audit, after: [first], parameters: {as_of: "2024-07-01"}}
"""
# A report that reads its book, and then changes the source under the next one's feet.
CELLS = """
import workbench as wb
from workbench.report.output.publish import publish_facts
book = wb.open_run(settings).book
revenue = float(book.frame("contracts")["arr"].sum())
publish_facts(settings, "data", {"as_of": "2026-01-01", "revenue": revenue})

import psycopg
with psycopg.connect(settings.source, autocommit=True) as session:
    row = (f"late-{settings.as_of}", 1000)
    session.execute("INSERT INTO round.contracts VALUES (%s, 'a', 'p', '2024-01-01', %s)", row)
"""
ROWS = {
    "contract_id": ["c", "d"], "account_id": ["a", "b"], "product": ["p", "p"],
    "start_on": ["2024-01-01", "2024-02-01"], "arr": [100.0, 200.0],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "crm"
    source.mkdir()
    pd.DataFrame({"account_id": ["a", "b"]}).to_csv(source / "accounts.csv", index=False)
    pd.DataFrame(ROWS).to_csv(source / "contracts.csv", index=False)
    return source


@pytest.fixture
def database(postgres_url):
    with psycopg.connect(postgres_url, autocommit=True) as session:
        session.execute("CREATE SCHEMA round")
        session.execute("CREATE TABLE round.accounts (account_id text)")
        session.execute(
            "CREATE TABLE round.contracts (contract_id text, account_id text, product text, "
            "start_on date, arr float8)"
        )
        session.execute("INSERT INTO round.accounts VALUES ('a'), ('b')")
        for row in zip(*ROWS.values(), strict=True):
            session.execute("INSERT INTO round.contracts VALUES (%s, %s, %s, %s, %s)", row)
        yield f"{postgres_url}?options=-csearch_path%3Dround"
        session.execute("DROP SCHEMA round CASCADE")


def test_rows_that_change_in_the_middle(make_project, workbench, database, monkeypatch):
    monkeypatch.setenv("CRM", database)
    root = make_project(CELLS)
    (root / "params" / "schedule.yaml").write_text(SCHEDULE)
    told = workbench(root, "run-all", "-p", "source=env:CRM")
    assert told.status == 0, told.err
    runs = (root / "outputs" / "data_audit").glob("2*/*/manifest.json")
    assert [json.loads(run.read_text())["data"]["revenue"] for run in runs] == [300, 300]
    assert not list((root / "outputs" / ".operations" / "books").glob("*"))
    later = open_book(SourceSettings(source=database))
    assert later.frame("contracts")["arr"].sum() == 2300


def test_a_round_that_was_killed_goes_on_with_its_book(make_project, folder, monkeypatch):
    root = make_project("")
    (root / "params" / "schedule.yaml").write_text(SCHEDULE)
    monkeypatch.chdir(root)
    settings = SourceSettings(source=str(folder))

    def prepared():
        now = datetime.now(UTC)
        return prepare_round(root, None, [f"source={folder}"], now, due=False, force=False)

    def revenue(round_):
        monkeypatch.setenv(BOOKS_VARIABLE, round_.environment[BOOKS_VARIABLE])
        read = open_book(settings).frame("contracts")["arr"].sum()
        monkeypatch.delenv(BOOKS_VARIABLE)
        return read

    first = prepared()
    with (folder / "contracts.csv").open("a") as file:
        file.write("late,a,p,2024-01-01,1000\n")
    assert revenue(first) == 300
    second = prepared()
    assert [task.claim for task in second.tasks] == [task.claim for task in first.tasks]
    assert revenue(second) == 300
    second.end()
    assert not first.books.exists()
    third = prepared()
    assert [task.claim for task in third.tasks] != [task.claim for task in first.tasks]
    assert revenue(third) == 1300


def test_what_a_round_has_read_is_what_its_reports_are_made_of(tmp_path, folder, monkeypatch):
    # Else the next round would take rows that no report has seen for those of the last one.
    settings = REPORTS["data_audit"].settings(source=str(folder))
    notebook = tmp_path / "notebook.ipynb"
    notebook.write_text("{}")
    monkeypatch.setenv(BOOKS_VARIABLE, str(tmp_path / "books"))
    open_book(settings)
    before = inputs_digest(settings, notebook)
    with (folder / "contracts.csv").open("a") as file:
        file.write("late,a,p,2024-01-01,1000\n")
    assert inputs_digest(settings, notebook) == before
    monkeypatch.delenv(BOOKS_VARIABLE)
    assert inputs_digest(settings, notebook) != before


def test_two_addresses_with_passwords_stay_apart(make_project, folder, monkeypatch):
    root = make_project("")
    text = f"""
jobs:
  north: {{report: data_audit, parameters: {{source: {folder}}}}}
  south: {{report: data_audit, parameters: {{source: "postgresql://ann:secret@south/crm"}}}}
  again: {{report: data_audit, parameters: {{source: "postgresql://ann:secret@south/crm"}}}}
  west: {{report: data_audit, parameters: {{source: "postgresql://ann:secret@west/crm"}}}}
"""
    (root / "params" / "schedule.yaml").write_text(text)
    monkeypatch.chdir(root)
    round_ = prepare_round(root, None, [], datetime.now(UTC), due=False, force=False)
    named = [task.parameters["source"].removeprefix("env:") for task in round_.tasks[1:]]
    hosts = [round_.environment[name] for name in named]
    assert [host.partition("@")[2] for host in hosts] == ["south/crm", "south/crm", "west/crm"]
    assert not any("secret" in part for task in round_.tasks for part in round_.command(task))
