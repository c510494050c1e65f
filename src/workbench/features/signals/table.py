"""The table of signals: every account, every month that is asked for, every signal present."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

import ibis
import numpy as np
import pandas as pd

from workbench.core.calendar import month_number, month_starts
from workbench.data.book import Book
from workbench.features.signals.catalogue import SIGNALS
from workbench.features.signals.grid import LOOKBACK_MONTHS
from workbench.features.signals.metrics import metric_signals
from workbench.features.signals.signal import Cells, Signal, Tables
from workbench.features.signals.spells import SPELLS, spells

_EPOCH_MONTH = 1970 * 12


def signal_table(
    book: Book, months: Sequence[int], signals: Sequence[Signal] | None = None
) -> pd.DataFrame:
    """Read every signal of every account as of the first day of each month.

    Parameters
    ----------
    book : Book
    months : sequence of int
        Month numbers R; a signal read at R uses what was known strictly before R's first day.
    signals : sequence of Signal, optional
        Unless said, all that the book has tables for, and two for every metric it tracks.

    Returns
    -------
    DataFrame
        account_id, read_month and a float64 column per signal, NaN where nothing is known; one row
        per account and month for accounts created before the month (or at an unknown time),
        ordered by both.
    """
    wanted = sorted({int(month) for month in months})
    if signals is None:
        present = known_signals(book, wanted[-1]) if wanted else present_signals(book)
    else:
        present = present_signals(book, signals)
    rows = _rows(book, wanted)
    values = np.full((len(present), len(rows)), np.nan)
    if len(rows):
        with _cells(book, rows) as cells, _with_spells(book, present) as tables:
            for start, family in _families(present):
                _fill(values[start : start + len(family)], family, tables, cells)
    names = [signal.name for signal in present]
    table = pd.DataFrame(values.T, columns=names, copy=False)
    table.insert(0, "account_id", rows["account_id"])
    table.insert(1, "read_month", rows["read_month"])
    return table


def known_signals(book: Book, last_month: int) -> tuple[Signal, ...]:
    """Return the signals whose tables the book has, and two for every metric known by a month."""
    return present_signals(book) + metric_signals(book, last_month)


def present_signals(book: Book, signals: Sequence[Signal] = SIGNALS) -> tuple[Signal, ...]:
    """Return the signals whose tables the book has."""
    return tuple(signal for signal in signals if set(signal.tables) <= set(book.tables))


def absent_signals(book: Book) -> dict[str, tuple[str, ...]]:
    """Return the names of the signals that the book cannot give, with the tables they lack."""
    return {
        signal.name: tuple(table for table in signal.tables if table not in book.tables)
        for signal in SIGNALS
        if not set(signal.tables) <= set(book.tables)
    }


def _rows(book: Book, months: list[int]) -> pd.DataFrame:
    accounts = book.tables["accounts"].select("account_id", "created_on").to_pandas()
    accounts = accounts.sort_values("account_id", ignore_index=True)
    created = month_number(accounts["created_on"].astype("datetime64[us]"))
    known = created.fillna(-1).to_numpy("int64")
    account, month = np.nonzero(known[:, None] < np.asarray(months, dtype="int64")[None, :])
    names = accounts["account_id"].astype("str").array
    return pd.DataFrame(
        {
            "account_id": names[account],
            "read_month": np.asarray(months, dtype="int64")[month],
        }
    )


@contextmanager
def _cells(book: Book, rows: pd.DataFrame) -> Iterator[Cells]:
    """Put the cells beside the book's tables for as long as they are needed."""
    con = book.tables["accounts"].get_backend()
    month = rows["read_month"]
    first, last = int(month.min()), int(month.max())
    span = np.arange(first - LOOKBACK_MONTHS, last + 1)
    days = (span - _EPOCH_MONTH).astype("datetime64[M]").astype("datetime64[D]").astype("int64")
    frames = {
        "signal_cells": rows.assign(cell=np.arange(len(rows)), read_on=month_starts(month)),
        "signal_accounts": rows[["account_id"]].drop_duplicates(),
        "signal_calendar": pd.DataFrame({"read_month": span, "read_day": days}),
    }
    stored: dict[str, ibis.Table] = {}
    try:
        for name, frame in frames.items():
            stored[name] = con.create_table(name, frame, temp=True, overwrite=True)
        accounts, calendar = stored["signal_accounts"], stored["signal_calendar"]
        grid = accounts.cross_join(calendar)
        stored["signal_grid"] = con.create_table("signal_grid", grid, temp=True, overwrite=True)
        yield Cells(*stored.values(), first_month=first, last_month=last)
    finally:
        for name in stored:
            con.drop_table(name)


@contextmanager
def _with_spells(book: Book, signals: Sequence[Signal]) -> Iterator[Tables]:
    """Add the spells of contracts to the book's tables where two families would compute them."""
    readers = {signal.compute for signal in signals if "contracts" in signal.tables}
    if len(readers) < 2:
        yield book.tables
        return
    contracts = book.tables["contracts"]
    con = contracts.get_backend()
    stored = con.create_table("signal_spells", spells(contracts), temp=True, overwrite=True)
    try:
        yield {**book.tables, SPELLS: stored}
    finally:
        con.drop_table("signal_spells")


def _families(signals: Sequence[Signal]) -> Iterator[tuple[int, list[Signal]]]:
    start = 0
    for _, members in groupby(signals, key=lambda signal: signal.compute):
        family = list(members)
        yield start, family
        start += len(family)


def _fill(values: np.ndarray, family: list[Signal], tables: Tables, cells: Cells) -> None:
    """Compute a family and put each value into the row of its cell."""
    names = [signal.name for signal in family]
    found = family[0].compute(tables, cells)
    key = ["account_id", "read_month"]
    numbered = cells.table.select("cell", *key).join(found, key).select("cell", *names)
    read = numbered.to_pyarrow()
    cell = read["cell"].to_numpy()
    for row, name in zip(values, names, strict=True):
        row[cell] = read[name].to_numpy()
