"""Numbers as people write them: read as stated, or refused with the key that would help."""

from __future__ import annotations

import math

import ibis
import pandas as pd
import psycopg
import pytest

from workbench.core.errors import DataError
from workbench.data.book import Book
from workbench.data.load import book_from_frames
from workbench.data.schema import Column
from workbench.data.source.cells.cast import cast, readable
from workbench.data.source.checks.advice import hint_for
from workbench.data.source.mapping.column import ColumnSpec
from workbench.data.source.mapping.file import load_mapping
from workbench.data.source.mapping.spec import Mapping, TableSpec
from workbench.data.source.shape.arrange import _reading


def read(cells: list[str], con: ibis.BaseBackend | None = None, **keys) -> list[float]:
    """Return what each cell is read as, on DuckDB if not told otherwise; NaN where refused."""
    spec = ColumnSpec.model_validate({"column": "cell"} | keys)
    reading = _reading(
        spec, TableSpec.model_validate({"from": "t", "columns": {}}), Mapping(), False
    )
    column = Column("amount", "number")
    table = ibis.memtable({"order": range(len(cells)), "cell": cells}).order_by("order")
    number = cast(readable(table.cell, column, reading), column, reading)
    return (con.to_pandas(number) if con else number.execute()).tolist()


def invoices(amounts: list[str], **keys) -> Book:
    table = {"invoice_id": [f"i{i}" for i in range(len(amounts))], "account_id": "k"}
    days = {"issued_on": "2024-01-01", "due_on": "2024-01-01"}
    contract = {"contract_id": ["c"], "account_id": "k", "product": "p", "start_on": "2024-01-01"}
    frames = {
        "accounts": pd.DataFrame({"account_id": ["k"]}),
        "contracts": pd.DataFrame(contract | {"arr": 1}),
        "invoices": pd.DataFrame(table | days | {"amount": amounts}),
    }
    return book_from_frames(frames)


NO = math.nan
FORMS = [
    ({}, {"1234.50": 1234.5, "-5": -5, "1e3": 1000, "1,234": NO, "12,50": NO, "$5": NO, "(5)": NO}),
    ({"decimal": ","}, {"12,50": 12.5, "1.234": NO, "1234.50": NO, "1.234,5": NO, ",5": 0.5}),
    ({"decimal": ",", "thousands": "."}, {"1.234": 1234, "1.234,50": 1234.5, "1234,5": 1234.5}),
    ({"decimal": ",", "thousands": "."}, {"1234.50": NO, "12.34": NO, "1.23.456": NO}),
    ({"thousands": "."}, {"1.234": 1234, "1.234,50": 1234.5, "1234.50": NO}),
    ({"thousands": ","}, {"1,234,567.89": 1234567.89, "1,234": 1234, "1234.5": 1234.5}),
    ({"thousands": ","}, {"12,50": NO, "1234,567": NO, "1,2345": NO, "12,34,567": NO}),
    ({"thousands": "'"}, {"1'234.50": 1234.5, "1’234": 1234, "12'34": NO}),
    ({"thousands": " "}, {"1 234.5": 1234.5, "1\u202f234": 1234, "1\u00a0234": 1234, "12 34": NO}),
    ({"strip": "$", "thousands": ","}, {"$1,200.00": 1200, "-$1,200.00": -1200, "$-5": -5}),
    ({"strip": "$"}, {"5 $": 5, "$ 5": 5, "1$2": NO, "$": NO, "€5": NO, "(5)": NO, "5-": NO}),
    ({"strip": ["EUR", "€"], "thousands": "."}, {"1.200,50 €": 1200.5, "EUR 1.200": 1200}),
    ({"strip": ["EUR", "€"], "thousands": "."}, {"EUR": NO, "EUR1200.5": NO}),
    ({"strip": "Fr.", "thousands": "'"}, {"Fr. 1'200.50": 1200.5, "Fr.5": 5}),
    ({"strip": "%"}, {"95%": 95, "95 %": 95, "0.5%": 0.5}),
    ({"strip": "%", "multiply_by": 0.01}, {"95 %": 0.95}),
    ({"strip": "$", "negative": "brackets"}, {"($5.00)": -5, "$(5)": -5, "(5)": -5, "$5": 5}),
    ({"strip": "$", "negative": "brackets"}, {"(5": NO, "5)": NO, "(-5)": NO, "5-": NO}),
    ({"negative": ["brackets", "trailing"]}, {"5-": -5, "(5)": -5, "5 -": -5, "-5": -5}),
    ({"negative": ["brackets", "trailing"]}, {"-5-": NO, "1-2": NO, "1e-3": 0.001}),
]


@pytest.mark.parametrize(("keys", "cells"), FORMS, ids=lambda value: str(value)[:40])
def test_numbers_are_read_as_stated_or_refused(keys, cells):
    assert read(list(cells), **keys) == pytest.approx(list(cells.values()), nan_ok=True)


def test_postgresql_reads_them_alike(postgres_url):
    with psycopg.connect(postgres_url, autocommit=True) as session:
        con = ibis.postgres.from_connection(session)
        for keys, cells in FORMS:
            found = read(list(cells), con, **keys)
            assert found == pytest.approx(list(cells.values()), nan_ok=True), keys


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("$1,200.00", 'strip: "$", thousands: ","'),
        ("1.200,50 €", 'strip: "€", decimal: ",", thousands: "."'),
        ("(1,200.00)", "negative: brackets"),
        ("1.200,50-", "negative: trailing"),
        ("12,50", 'decimal: ","'),
        ("1234.50", 'decimal: "."'),
        ("1,234", 'decimal: "," if it begins the fraction, thousands: "," if it groups'),
        ("1 234", 'thousands: " "'),
        ("1’234.50", 'thousands: "\'"'),
        ("12,34,567", "three each"),
        ("95 %", 'strip: "%"'),
        ("$1.2k", "scales the number"),
        ("3,5 Mio", "scales the number"),
    ],
)
def test_refused_number_says_how_it_could_be_read(cell, hint):
    assert hint in hint_for("not a number", cell)


@pytest.mark.parametrize("cell", ["5 or 6", "12 months and more"])
def test_words_get_no_advice_on_marks(cell):
    assert hint_for("not a number", cell) == ""


@pytest.mark.parametrize("cell", ["none", "n/a", "-"])
def test_a_word_for_nothing_can_be_stated(cell):
    assert f'state missing: ["{cell}"]' in hint_for("not a number", cell)


def test_points_that_group_digits_are_not_taken_for_decimals():
    """Unstated, 1.234 and 12.500 in every amount are a thousandfold error that looks right."""
    with pytest.raises(DataError) as caught:
        invoices(["1.234", "12.500", "950", "2.000"])
    text = str(caught.value)
    assert "invoices, column amount: every amount with a point has three digits" in text
    assert 'State thousands: "."' in text
    with pytest.raises(DataError, match="three digits"):
        invoices(["12.500", "980", "700"])
    with pytest.raises(DataError, match="three digits"):
        invoices(["12.345,60", *["1.345"] * 30])
    sound = invoices(["1.234", "12.500", "2.05"]).frame("invoices")["amount"]
    assert sound.tolist() == [1.234, 12.5, 2.05]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("strip: [$, €]", "strip would make one currency of $ and €"),
        ("strip: '5'", "strip takes signs and words"),
        ("strip: k", "strip cannot take k away: it scales the number"),
        ("negative: minus", "'brackets' or 'trailing'"),
        ("thousands: x", "input should be"),
        ("{thousands: '.', decimal: '.'}", "decimal and thousands cannot be one mark"),
    ],
)
def test_keys_that_cannot_be_meant(tmp_path, keys, expected):
    file = tmp_path / "own.yaml"
    keys = keys.strip("{}")
    file.write_text(
        f"tables: {{contracts: {{from: c, columns: {{arr: {{column: a, {keys}}}}}}}}}",
        encoding="utf-8",
    )
    with pytest.raises(DataError) as caught:
        load_mapping(file)
    assert expected in str(caught.value)
