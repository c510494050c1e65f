"""A book that is kept is the book that was loaded, and a database is read at one moment."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import date

import pandas as pd
import psycopg
import pytest

from workbench.data.book import Book
from workbench.data.kept_book import read_book, write_book
from workbench.data.load import book_from_frames, load_book
from workbench.data.source.open import open_source

CONTRACTS = {
    "contract_id": ["c", "d", "d"],
    "account_id": ["a", "b", "b"],
    "product": ["p", "p", "p"],
    "start_on": ["2024-01-31", "2024-02-01", "2024-02-01"],
    "ended_on": [None, "2025-01-01", "2025-01-01"],
    "arr": [1200.5, 800.25, 800.25],
    "currency": ["USD", "EUR", "EUR"],
}
RATES = {"currency": ["USD"], "to": ["EUR"], "rate": [0.9]}
ACCOUNTS = {"account_id": ["a", "b"], "name": ["=1+1", None], "attr_vip": [True, None]}


def spend() -> dict[str, pd.DataFrame]:
    months = [f"2024-{month:02d}-05" for month in range(1, 13)]
    paid = {"customer": ["a"] * 12, "paid_on": months, "amount": [100.0] * 12}
    return {"payments": pd.DataFrame(paid)}


SPEND = """
tables:
  contracts:
    from: payments
    contracts_from: {spend: amount, on: paid_on, every: month, gap: 2}
    columns: {account_id: customer, product: {value: p}}
  accounts: {from: payments, columns: {account_id: customer}}
snapshot_on: 2024-11-01
"""


def books(tmp_path) -> list[Book]:
    frames = {"accounts": ACCOUNTS, "contracts": CONTRACTS, "rates": RATES, "other": {"x": [1]}}
    tables = {name: pd.DataFrame(table) for name, table in frames.items()}
    (tmp_path / "spend.yaml").write_text(SPEND)
    read_on = date(2026, 3, 4)
    return [
        book_from_frames(tables, None, 0.5, read_on),
        book_from_frames(spend(), tmp_path / "spend.yaml", 0.5, read_on),
    ]


def test_every_part_comes_back(tmp_path):
    differs = set()
    for number, book in enumerate(books(tmp_path)):
        folder = tmp_path / str(number)
        folder.mkdir()
        write_book(folder, book, "digest")
        again = read_book(folder)
        for part in fields(Book):
            one, other = getattr(book, part.name), getattr(again, part.name)
            if part.name == "tables":
                assert list(one) == list(other)
                for name in one:
                    assert one[name].schema() == other[name].schema()
                    pd.testing.assert_frame_equal(book.frame(name), again.frame(name))
            elif isinstance(one, pd.DataFrame):
                pd.testing.assert_frame_equal(one, other)
            else:
                assert one == other, part.name
            empty = part.default if part.default is not MISSING else None
            if isinstance(one, dict | pd.DataFrame) or one not in (empty, "", ()):
                differs.add(part.name)
    # A part that is empty in all of them would come back whatever is kept.
    assert {part.name for part in fields(Book)} - differs <= {"grave_losses"}


@pytest.fixture
def database(postgres_url):
    with psycopg.connect(postgres_url, autocommit=True) as session:
        session.execute("CREATE SCHEMA kept")
        session.execute("CREATE TABLE kept.accounts (account_id text)")
        session.execute(
            "CREATE TABLE kept.contracts (contract_id text, account_id text, product text, "
            "start_on date, arr float8)"
        )
        session.execute("INSERT INTO kept.accounts VALUES ('a')")
        session.execute("INSERT INTO kept.contracts VALUES ('c', 'a', 'p', '2024-01-01', 1)")
        yield f"{postgres_url}?options=-csearch_path%3Dkept", session
        session.execute("DROP SCHEMA kept CASCADE")


def test_a_database_is_read_at_one_moment(database):
    url, session = database
    source = open_source(url)
    with source.one_state():
        assert source.tables["accounts"].count().execute() == 1
        session.execute("INSERT INTO kept.accounts VALUES ('b')")
        session.execute("INSERT INTO kept.contracts VALUES ('d', 'b', 'p', '2024-01-01', 2)")
        assert source.tables["contracts"].count().execute() == 1
    assert source.tables["contracts"].count().execute() == 2


def test_a_loaded_book_holds_nothing_up_on_the_server(database):
    url, session = database
    book = load_book(url)
    session.execute("DROP TABLE kept.contracts")  # would wait for a transaction that has read it
    assert book.frame("contracts")["arr"].tolist() == [1.0]
