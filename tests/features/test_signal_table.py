"""The table of signals: its rows, its columns, what is missing and what is zero."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.data.simulate import simulate
from workbench.features.signals.catalogue import SIGNALS
from workbench.features.signals.table import absent_signals, present_signals, signal_table

END = 2024 * 12


@pytest.fixture(scope="module")
def frames():
    return simulate(accounts=30, months=18, seed=3, end="2024-01-01").tables


@pytest.fixture(scope="module")
def book(frames, bare_book):
    return bare_book(frames)


def test_one_row_per_account_that_exists_and_month(frames, book):
    table = signal_table(book, [END, END - 17, END], SIGNALS[:1])
    created = frames["accounts"]["created_on"]
    assert len(table) == (created < "2024-01-01").sum() + (created < "2022-08-01").sum()
    assert not table.duplicated(["account_id", "read_month"]).any()
    keys = list(zip(table["account_id"], table["read_month"], strict=True))
    assert keys == sorted(keys)


def test_an_account_of_unknown_age_always_exists(bare_book):
    accounts = pd.DataFrame(
        {"account_id": ["a", "b", "c"], "created_on": [None, "2024-01-01", "2023-12-31"]}
    )
    table = signal_table(bare_book({"accounts": accounts}), [END])
    assert table["account_id"].tolist() == ["a", "c"]


def test_types(book):
    table = signal_table(book, [END])
    assert str(table["account_id"].dtype) == "str"
    assert str(table["read_month"].dtype) == "int64"
    assert set(table.dtypes.iloc[2:].astype(str)) == {"float64"}
    assert list(table)[2:-4] == [signal.name for signal in SIGNALS]
    assert not np.isinf(table.iloc[:, 2:]).any(axis=None)


def test_what_is_read_depends_neither_on_other_months_nor_on_other_signals(book):
    together = signal_table(book, range(END - 9, END + 1))
    alone = signal_table(book, [END - 4])
    of_month = together[together["read_month"] == END - 4].reset_index(drop=True)
    pd.testing.assert_frame_equal(of_month, alone, check_exact=True)
    chosen = [SIGNALS[-1], SIGNALS[0], SIGNALS[20]]
    some = signal_table(book, [END - 4], chosen)
    pd.testing.assert_frame_equal(some, alone[list(some)], check_exact=True)


def test_called_by_itself_a_signal_gives_its_column(book):
    seen = []

    def spy(tables, cells):
        seen.append(SIGNALS[0](tables, cells).to_pandas())
        return SIGNALS[0].compute(tables, cells)

    table = signal_table(book, [END - 1, END], [replace(SIGNALS[0], compute=spy)])
    own = seen[0].sort_values(["account_id", "read_month"], ignore_index=True)
    pd.testing.assert_frame_equal(own, table, check_dtype=False)


def test_no_month_gives_no_row(book):
    table = signal_table(book, [])
    assert table.empty
    assert [signal.name for signal in SIGNALS] == list(table)[2:]


def test_nothing_is_left_behind(book):
    con = book.tables["accounts"].get_backend()
    signal_table(book, [END], SIGNALS[:1])
    stored = {name for (name,) in con.raw_sql("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert stored == set(book.tables)


def test_absent_tables_cost_their_signals_and_nothing_else(frames, bare_book):
    few = bare_book({name: frames[name] for name in ("accounts", "contracts", "messages")})
    absent = absent_signals(few)
    assert absent["consumption_3m"] == ("usage",)
    assert absent["active_contact_share_3m"] == ("contacts",)
    table = signal_table(few, [END])
    assert list(table)[2:] == [signal.name for signal in present_signals(few)]
    assert set(table).isdisjoint(absent)


def test_an_empty_table_says_nothing(frames, bare_book):
    empty = {name: table.iloc[:0] for name, table in frames.items()}
    table = signal_table(bare_book(empty | {"accounts": frames["accounts"]}), [END])
    assert len(table) == (frames["accounts"]["created_on"] < "2024-01-01").sum()
    assert table[[signal.name for signal in SIGNALS]].isna().all(axis=None)


def test_names_are_unique_and_signals_documented():
    names = [signal.name for signal in SIGNALS]
    assert len(set(names)) == len(names)
    assert all(signal.meaning and signal.missing and signal.unit for signal in SIGNALS)
    assert {signal.direction for signal in SIGNALS} == {-1, 0, 1}


def test_the_manual_tells_of_every_signal():
    manual = (Path(__file__).parents[2] / "docs" / "signals.md").read_text()
    expected = {1: "raises", -1: "lowers", 0: "open"}
    for signal in SIGNALS:
        cells = [signal.name, signal.meaning, signal.group, signal.unit,
                 ", ".join(signal.tables), expected[signal.direction], signal.missing]  # fmt: skip
        assert f"| {' | '.join(cells)} |" in manual
