"""What a mapping says beyond names: lengths of time, units of tenure, repeated rows, words."""

from __future__ import annotations

import ibis
import pandas as pd
import psycopg
import pytest

from workbench.core.errors import DataError
from workbench.data.book import Book
from workbench.data.load import book_from_frames, load_book
from workbench.data.source.mapping.file import load_mapping

CUSTOMERS = pd.DataFrame(
    {
        "customer": [1, 2, 3, 4, 5],
        "duration": ["500", "730", "730", "340", None],
        "left": [1, 0, 0, 1, 0],
        "industry": [1, 0, 1, 0, 0],
    }
)


def load(path, text: str, **frames: pd.DataFrame) -> Book:
    file = path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return book_from_frames(frames or {"customers": CUSTOMERS}, file)


def refusal(path, text: str, **frames: pd.DataFrame) -> str:
    with pytest.raises(DataError) as caught:
        load(path, text, **frames)
    return str(caught.value)


FOLLOWED = """
tables:
  accounts: {from: customers, columns: {account_id: customer}}
  contracts:
    from: customers
    columns:
      account_id: customer
      contract_id: customer
      product: {value: relation}
      arr: {value: 1}
      start_on: {value: 2018-01-31}
      ended_on:
        value: 2018-01-31
        plus: {column: duration, unit: days}
        when: {column: left, equals: 1}
"""


def test_words_need_no_quotes(tmp_path):
    text = FOLLOWED.replace("relation", "007").replace("value: 1}", "value: 1e3}")
    spec = load_mapping(_file(tmp_path, text)).tables["contracts"]
    assert [spec.columns[name].value for name in ("start_on", "product", "arr")] == [
        "2018-01-31",
        "007",
        "1e3",
    ]


def _file(path, text: str):
    (path / "words.yaml").write_text(text)
    return path / "words.yaml"


def test_start_plus_days_where_a_customer_left(tmp_path):
    contracts = load(tmp_path, FOLLOWED).frame("contracts")
    start = pd.Timestamp(2018, 1, 31)
    assert contracts["start_on"].eq(start).all()
    ended = contracts["ended_on"]
    assert ended[[0, 3]].tolist() == [start + pd.Timedelta(days=days) for days in (500, 340)]
    assert ended[[1, 2, 4]].isna().all()


@pytest.mark.parametrize(
    ("unit", "day"),
    [("weeks", "2018-02-14"), ("months", "2018-03-31"), ("years", "2020-01-31")],
)
def test_other_units(tmp_path, unit, day):
    frame = CUSTOMERS.assign(duration=2)
    contracts = load(tmp_path, FOLLOWED.replace("days", unit), customers=frame).frame("contracts")
    assert contracts["ended_on"][0] == pd.Timestamp(day)


def test_month_ends_are_kept_within_their_month(tmp_path):
    frame = CUSTOMERS.assign(duration=1)
    text = FOLLOWED.replace("days", "months")
    assert load(tmp_path, text, customers=frame).frame("contracts")["ended_on"][0] == (
        pd.Timestamp(2018, 2, 28)
    )


@pytest.mark.parametrize("length", ["abc", "1.5"])
def test_length_that_cannot_be_read_shows_itself(tmp_path, length):
    frame = CUSTOMERS.assign(duration=[length, *CUSTOMERS["duration"][1:]])
    text = refusal(tmp_path, FOLLOWED, customers=frame)
    assert f"found '2018-01-31 plus {length} days'" in text
    assert "counts as still running" in text


SNAPSHOT = """
snapshot_on: 2020-01-01
tables:
  accounts: {from: customers, columns: {account_id: customer}}
  contracts:
    from: customers
    columns: {account_id: customer, product: {value: relation}, arr: {value: 1}}
    drop_when: [{column: duration, equals: ""}]
    chain_terms: {TENURE, left: {column: left, equals: 1}}
"""


def snapshot(tenure: str) -> str:
    return SNAPSHOT.replace("TENURE", tenure)


def starts(book: Book) -> list[str]:
    contracts = book.frame("contracts")
    first = contracts.groupby("account_id")["start_on"].min()
    return first.dt.strftime("%Y-%m").tolist()


def test_tenure_in_days_without_a_column_of_terms(tmp_path):
    book = load(tmp_path, snapshot("tenure: duration, unit: days"))
    assert starts(book) == ["2018-08", "2018-01", "2018-01", "2019-01"]
    contracts = book.frame("contracts")
    assert contracts["end_on"].isna().all()
    assert contracts["ended_on"].notna().tolist() == [True, False, False, True]


def test_tenure_in_half_months_and_one_term_for_all(tmp_path):
    tenure = "tenure: duration, unit: months, multiply_by: 0.05, term_months: 12"
    book = load(tmp_path, snapshot(tenure))
    assert starts(book) == ["2017-11", "2016-12", "2016-12", "2018-07"]
    assert (book.frame("contracts")["end_on"] > book.frame("contracts")["start_on"]).all()


def test_tenure_in_days_is_never_silently_months(tmp_path):
    text = refusal(tmp_path, snapshot("tenure_months: duration"))
    assert "chain_terms, column duration: tenures are hardly months" in text
    assert "which would be 51 years" in text
    assert "State tenure: duration, and as unit what it is in: days" in text


def test_a_column_named_for_days_is_not_taken_for_months(tmp_path):
    frame = CUSTOMERS.assign(duration=20).rename(columns={"duration": "tenure_days"})
    text = snapshot("tenure_months: tenure_days").replace("column: duration", "column: tenure_days")
    found = refusal(tmp_path, text, customers=frame)
    assert "column tenure_days: the column's name says another unit" in found


@pytest.mark.parametrize(
    ("tenure", "expected"),
    [
        ("tenure: duration", "tenure needs its unit: days, weeks, months, years"),
        ("tenure: duration, unit: fortnights", "input should be 'days', 'weeks'"),
        ("tenure_months: duration, unit: days", "for days say tenure"),
        ("unit: days", "give either tenure, with its unit, or tenure_months"),
        ("tenure: duration, unit: days, term: industry", "term needs the months"),
        ("tenur: duration, unit: days", "Did you mean tenure?"),
    ],
)
def test_mistakes_about_tenure(tmp_path, tenure, expected):
    assert expected in refusal(tmp_path, snapshot(tenure))


def test_tenure_or_term_that_cannot_be_read_shows_itself(tmp_path):
    tenure = "tenure: duration, unit: days, term: industry, term_months: {1: 12}"
    frame = CUSTOMERS.assign(duration=["abc", *CUSTOMERS["duration"][1:]])
    text = refusal(tmp_path, snapshot(tenure), customers=frame)
    assert "found 'tenure abc'" in text
    assert "found 'term 0'" in text or "and 2 more rows" in text


ORDERS = pd.DataFrame(
    {
        "Order": ["1", "2", "3", "4"],
        "Customer": ["a", "a", "b", "n/a"],
        "Name": ["Ann", "Anna", "Bob", "Cid"],
        "Industry": [None, "Bank", "Retail", None],
        "Begin": "2024-01-01",
    }
)
REPEATED = """
missing: [n/a]
tables:
  accounts:
    from: orders
    columns: {account_id: customer, name: NAME, industry: Industry}
    repeated: first
    drop_when: [{column: Customer, equals: ""}]
  contracts:
    from: Orders
    columns:
      contract_id: Order
      account_id: Customer
      product: {value: p}
      start_on: Begin
      arr: {value: 1}
    drop_when: [{column: Customer, equals: }]
"""


@pytest.mark.parametrize(("which", "name"), [("first", "Ann"), ("last", "Anna")])
def test_one_account_from_repeated_rows(tmp_path, which, name):
    text = REPEATED.replace("repeated: first", f"repeated: {which}")
    book = load(tmp_path, text, orders=ORDERS)
    accounts = book.frame("accounts")
    assert accounts["account_id"].tolist() == ["a", "b"]
    assert accounts["name"].tolist() == [name, "Bob"]
    assert accounts["industry"].tolist() == ["Bank", "Retail"]
    assert book.rows["rows_lost"].sum() == 0


def test_accounts_that_are_named_on_their_orders_are_merged_without_a_word(tmp_path):
    """The table feeds contracts too: its rows were never meant to be one for each account."""
    stated = load(tmp_path, REPEATED, orders=ORDERS)
    silent = load(tmp_path, REPEATED.replace("    repeated: first\n", ""), orders=ORDERS)
    assert silent.frame("accounts").equals(stated.frame("accounts"))


def test_names_are_found_in_any_capitals_and_a_wrong_one_is_not(tmp_path):
    text = refusal(tmp_path, REPEATED.replace("NAME", "Nam"), orders=ORDERS)
    assert "orders, column Nam: source column is missing. Did you mean Name?" in text


def test_a_mapping_without_tables_is_for_canonical_names(tmp_path):
    frames = {
        "accounts": pd.DataFrame({"account_id": ["a"]}),
        "contracts": pd.DataFrame(
            {
                "contract_id": ["c"],
                "account_id": ["a"],
                "product": ["p"],
                "start_on": ["31.01.2024"],
                "arr": [5],
            }
        ),
    }
    book = load(tmp_path, 'date_format: "%d.%m.%Y"\ncurrency: CHF\n', **frames)
    contracts = book.frame("contracts")
    assert contracts["start_on"][0] == pd.Timestamp(2024, 1, 31)
    assert contracts["currency"][0] == "CHF"


def test_postgresql_adds_merges_and_follows_alike(tmp_path, postgres_url):
    frames = {"customers": CUSTOMERS, "orders": ORDERS}
    with psycopg.connect(postgres_url, autocommit=True) as session:
        con = ibis.postgres.from_connection(session)
        for name, frame in frames.items():
            con.create_table(name, frame, overwrite=True)
    texts = {
        "followed": FOLLOWED,
        "months": FOLLOWED.replace("days", "months").replace("duration", "industry"),
        "snapshot": snapshot("tenure: duration, unit: days, term_months: 12"),
        "repeated": REPEATED,
    }
    for name, text in texts.items():
        file = _file(tmp_path, text)
        both = [load_book(postgres_url, file), book_from_frames(frames, file)]
        assert both[0].fingerprint == both[1].fingerprint, name
    with psycopg.connect(postgres_url, autocommit=True) as session:
        session.execute("DROP TABLE customers, orders")
