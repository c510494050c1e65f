"""Signals know nothing that was not known: cutting the tables at the date changes no bit."""

from __future__ import annotations

from dataclasses import replace

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.core.calendar import month_start
from workbench.data.book import Book, book_from_frames
from workbench.data.frames import normalised
from workbench.data.schema import TABLES
from workbench.data.simulate import simulate
from workbench.features.asof import cut
from workbench.features.signals.catalogue import SIGNALS
from workbench.features.signals.signal import Signal
from workbench.features.signals.table import signal_table

END = 2024 * 12


def company(accounts: int, months: int, seed: int) -> dict[str, pd.DataFrame]:
    """Simulate a company in whose records much arrives late."""
    tables = simulate(accounts, months, seed, end="2024-01-01").tables
    rng = np.random.default_rng(seed)
    late = {
        "contracts": ("signed_on", "ended_on"),
        "invoices": ("paid_on",),
        "tickets": ("first_response_at", "closed_at"),
        "contacts": ("left_on",),
        "opportunities": ("closed_on",),
    }
    for name, columns in late.items():
        table = tables[name].copy()
        for column in columns:
            days = rng.integers(0, 120, len(table)) * (rng.random(len(table)) < 0.5)
            table[column] = table[column] + pd.to_timedelta(days, unit="D")
        tables[name] = table
    spoken = tables["account_events"]["kind"]
    tables["account_events"]["kind"] = spoken.mask(spoken == "referral", "Case_Study").where(
        rng.random(len(spoken)) < 0.5, spoken
    )
    turned = rng.random(len(tables["messages"])) < 0.3
    ways = tables["messages"]["direction"].map({"inbound": "outbound", "outbound": "inbound"})
    tables["messages"]["direction"] = tables["messages"]["direction"].mask(turned, ways)
    return tables


def bare_book(tables: dict[str, pd.DataFrame]) -> Book:
    """Put canonical tables into an engine as they are: checking them is another test's subject."""
    con = ibis.duckdb.connect()
    stored = {}
    for name, table in tables.items():
        whole = normalised(name, table.reindex(columns=list(TABLES[name].names)))
        stored[name] = con.create_table(name, whole, temp=True)
    nothing = pd.DataFrame()
    return Book(stored, nothing, "", nothing)


def difference(full: pd.DataFrame, known: pd.DataFrame) -> list[str]:
    """Name the columns of two tables that are not the same bytes."""
    assert list(full) == list(known)
    same_rows = full["account_id"].tolist() == known["account_id"].tolist()
    return (
        []
        if full.empty and known.empty
        else [
            name
            for name in full.columns.drop("account_id")
            if not same_rows or full[name].to_numpy().tobytes() != known[name].to_numpy().tobytes()
        ]
    )


def read_twice(
    tables: dict[str, pd.DataFrame], month: int, signals: tuple[Signal, ...] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read at a month, with all that happened later and without."""
    known = cut(tables, month_start(month))
    return tuple(signal_table(bare_book(t), [month - 2, month], signals) for t in (tables, known))


@pytest.fixture(scope="module")
def readings() -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_twice(company(120, 36, 11), END - 7)


@pytest.mark.parametrize("name", [signal.name for signal in SIGNALS])
def test_signal_stands_the_cut(name, readings):
    full, known = readings
    if full[name].notna().any():
        assert name not in difference(full, known)
    else:
        pytest.skip("the simulated company has no such record")


def test_there_is_something_to_leak(readings):
    """The cut takes something from every table, and every column but a few has values."""
    tables = company(120, 36, 11)
    known = cut(tables, month_start(END - 7))
    assert all(len(known[name]) < len(tables[name]) for name in tables)
    assert readings[0].notna().any().mean() > 0.9
