"""Signals know nothing that was not known: cutting the tables at the date changes no bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.calendar import month_start
from workbench.data.book import Book
from workbench.data.schema import TABLES
from workbench.data.simulate import simulate
from workbench.features.asof import cut
from workbench.features.signals.catalogue import SIGNALS
from workbench.features.signals.grid import known_month
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


@pytest.fixture(scope="module")
def read_twice(bare_book: Callable[..., Book]) -> Callable[..., tuple[pd.DataFrame, ...]]:
    """Read at a month, with all that happened later and without."""

    def read(
        tables: dict[str, pd.DataFrame], month: int, signals: tuple[Signal, ...] | None = None
    ) -> tuple[pd.DataFrame, ...]:
        known = cut(tables, month_start(month))
        months = [month - 2, month]
        return tuple(signal_table(bare_book(t), months, signals) for t in (tables, known))

    return read


@pytest.fixture(scope="module")
def readings(read_twice) -> tuple[pd.DataFrame, ...]:
    return read_twice(company(120, 36, 11), END - 7)


@pytest.mark.parametrize("name", [signal.name for signal in SIGNALS])
def test_signal_stands_the_cut(name, readings):
    full, known = readings
    assert full[name].notna().any()
    assert name not in difference(full, known)


def test_metrics_stand_the_cut(readings):
    metrics = [name for name in readings[0] if name.startswith("metric: ")]
    assert len(metrics) == 4
    assert difference(*readings) == []


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_cut_takes_something_from_every_table(name):
    tables = company(120, 36, 11)
    assert 0 < len(cut(tables, month_start(END - 7))[name]) < len(tables[name])


COMPANIES = {
    "accounts": st.integers(1, 12),
    "months": st.integers(6, 30),
    "seed": st.integers(0, 10**6),
    "back": st.integers(0, 20),
}


@settings(max_examples=4, deadline=None, derandomize=True)
@given(**COMPANIES)
def test_any_company_stands_any_cut(read_twice, accounts, months, seed, back):
    full, known = read_twice(company(accounts, months, seed), END - back)
    assert difference(full, known) == []


@pytest.mark.slow
@settings(max_examples=30, deadline=None, derandomize=True)
@given(**COMPANIES)
def test_many_companies_stand_many_cuts(read_twice, accounts, months, seed, back):
    full, known = read_twice(company(accounts, months, seed), END - back)
    assert difference(full, known) == []


def leak_payment(tables, cells):
    """Count invoices that will have been paid late, before anybody can know."""
    invoices = tables["invoices"]
    late = invoices.filter(invoices.paid_on > invoices.due_on)
    late = late.mutate(read_month=known_month(late.issued_on))
    return late.group_by("account_id", "read_month").agg(leak=late.count().cast("float64"))


def leak_same_day(tables, cells):
    """Count messages sent in the month that begins on the day of reading."""
    messages = tables["messages"]
    rows = messages.mutate(read_month=known_month(messages.sent_at) - 1)
    return rows.group_by("account_id", "read_month").agg(leak=rows.count().cast("float64"))


def leak_rating(tables, cells):
    """Average ratings from the day on which tickets open."""
    tickets = tables["tickets"]
    rows = tickets.mutate(read_month=known_month(tickets.opened_at))
    return rows.group_by("account_id", "read_month").agg(leak=rows.csat.max())


def leak_stage(tables, cells):
    """Count opportunities by the stage they will end in."""
    rows = tables["opportunities"]
    rows = rows.filter(rows.stage == "closed_lost")
    rows = rows.mutate(read_month=known_month(rows.opened_on))
    return rows.group_by("account_id", "read_month").agg(leak=rows.count().cast("float64"))


@pytest.mark.parametrize("compute", [leak_payment, leak_same_day, leak_rating, leak_stage])
def test_a_leaking_signal_is_caught(compute, read_twice):
    leaking = replace(SIGNALS[0], name="leak", tables=("accounts",), compute=compute)
    readings = read_twice(company(120, 36, 11), END - 7, (leaking, *SIGNALS[-2:]))
    assert difference(*readings) == ["leak"]


def test_cut_hides_how_it_ended():
    tables = {
        "opportunities": pd.DataFrame(
            {
                "opened_on": pd.to_datetime(["2023-01-05", "2023-01-05"]),
                "closed_on": pd.to_datetime(["2023-01-31", "2023-02-01"]),
                "stage": ["closed_won", "closed_lost"],
                "won": pd.array([True, False], dtype="boolean"),
            }
        )
    }
    known = cut(tables, pd.Timestamp("2023-02-01"))["opportunities"]
    assert known["stage"].tolist() == ["closed_won", "open"]
    assert known["won"].isna().tolist() == [False, True]
    assert known["closed_on"].isna().tolist() == [False, True]


def test_a_month_is_known_when_it_is_over():
    months = pd.DataFrame({"month": pd.to_datetime(["2023-01-01", "2023-02-01"])})
    assert len(cut({"usage": months}, pd.Timestamp("2023-02-01"))["usage"]) == 1
    assert len(cut({"usage": months}, pd.Timestamp("2023-02-28"))["usage"]) == 1
