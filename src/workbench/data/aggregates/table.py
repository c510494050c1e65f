"""Customers added, lost and there at the end, period by period: what a company tells of itself.

One row per year, quarter or month; revenue per customer may stand beside::

    quarter_end,additions,losses,closing,arpu
    2012-12-31,662,648,14056,77.4
    2013-03-31,654,618,14092,78.5

Of added, lost and closing, two tell the third from the second row on.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from workbench.core.aggregate_names import ADDED, CLOSING, LOST, REVENUE
from workbench.core.aggregates import LEAST_ROWS, Aggregates
from workbench.core.errors import DataError, Problem
from workbench.data.aggregates.columns import OPENING, PERIOD, name_columns, unit_in
from workbench.data.aggregates.periods import read_period_index
from workbench.data.single_table import read_single_table
from workbench.data.source.cells.number_format import guess_number

_HEADLINE = "The table of aggregates cannot be used."
_PLAIN = "Write plain digits with a point before the fraction, such as 14056 or 77.4"
_COUNTS = (ADDED, LOST, CLOSING, OPENING)


def load_aggregates(
    source: str | Path, years_before: int = 10, customers_per_unit: int = 0, revenue_months: int = 0
) -> Aggregates:
    """Read a table of aggregates.

    Parameters
    ----------
    source : str or Path
        A CSV, Excel or Parquet file, or another source with a single table.
    years_before, revenue_months : int
        See `workbench.core.aggregates.Aggregates`.
    customers_per_unit : int
        Customers that one unit of the counts stands for; 0: as the columns' names say, else 1.

    Returns
    -------
    Aggregates

    Raises
    ------
    DataError
        Naming everything that is wrong: columns, dates that are not consecutive, cells that are no
        numbers, and rows in which closing is not opening + added - lost.
    """
    frame, problems, name = read_single_table(source, _HEADLINE, "table of aggregates")
    columns, found = name_columns(frame.columns)
    if problems or found:
        raise DataError(_HEADLINE, [*problems, *found])
    index, problems = read_period_index(frame[columns.pop(PERIOD)])
    cells = {known: _numbers(frame[own], known) for known, own in columns.items()}
    problems += [problem for _, wrong, _ in cells.values() for problem in wrong]
    if len(frame) < LEAST_ROWS:
        count = str(len(frame))
        problems.append(Problem("too few rows", name, f"at least {LEAST_ROWS}", count))
    if problems or index is None:
        raise DataError(_HEADLINE, problems)
    table = pd.DataFrame({known: values for known, (values, _, _) in cells.items()})
    notes = [note for *_, note in cells.values() if note]
    table, opening, more = _completed(table.set_axis(index).sort_index(), columns)
    unit = customers_per_unit or unit_in(columns[name] for name in _COUNTS if name in columns)
    given = Aggregates(table, opening, name, years_before, unit, revenue_months)
    notes += [*more, *_unit_texts(given)]
    return Aggregates(table, opening, name, years_before, unit, revenue_months, tuple(notes))


def _numbers(column: pd.Series, known: str) -> tuple[pd.Series, list[Problem], str]:
    """Return numbers, what is none, and how they were read where that could be doubted."""
    blank = column.isna() | (column.astype(str).str.strip() == "")
    values = pd.to_numeric(column.where(~blank), errors="coerce").astype(float)
    note = ""
    if known == LOST and (values <= 0).any() and not (values > 0).any():
        values, note = values.abs(), f"{column.name} is told as negative numbers of customers."
    wrong = ~blank & ~(np.isfinite(values) & (values > 0 if known == REVENUE else values >= 0))
    what = "not an amount" if known == REVENUE else "not a count"
    expected = f"a number {'above' if known == REVENUE else 'of at least'} 0"
    return (
        values,
        [
            Problem(
                what, f"column {column.name}, row {at + 1}", expected, repr(column[at]),
                _PLAIN if guess_number(str(column[at])) else "",
            )
            for at in column.index[wrong]
        ],
        note,
    )  # fmt: skip


def _completed(
    table: pd.DataFrame, columns: dict[str, str]
) -> tuple[pd.DataFrame, float, list[str]]:
    """Return the table with what balances tell, who was there before it, and what was done.

    Rows that are left incomplete at the beginning only say who was there before the first one.
    """
    known = [table[name].to_numpy(copy=True) if name in table else np.full(len(table), np.nan)
             for name in _COUNTS]  # fmt: skip
    added, lost, closing, opening = known
    for at in range(len(table)):
        if np.isnan(opening[at]) and at:
            opening[at] = closing[at - 1]
        balances = (
            (closing, opening + added - lost),
            (lost, opening + added - closing),
            (added, closing - opening + lost),
            (opening, closing - added + lost),
        )
        for part, balance in balances:
            if np.isnan(part[at]):
                part[at] = balance[at]
    whole = ~np.isnan(known).any(axis=0)
    first = int(whole.argmax()) if whole.any() else len(table)
    problems = [
        Problem("not told, nor by the rest of the row", f"period {table.index[at]}",
                "two of customers added, lost and at the end")
        for at in range(first, len(table)) if not whole[at]
    ]  # fmt: skip
    if not problems and len(table) - first < LEAST_ROWS:
        count = str(len(table) - first)
        problems.append(Problem("too few whole rows", "", f"at least {LEAST_ROWS}", count))
    full = pd.DataFrame(dict(zip(_COUNTS, known, strict=True)), table.index)
    if REVENUE in table and table[REVENUE].iloc[first:].count() > 1:
        full[REVENUE] = table[REVENUE]
    notes = _completion_texts(table, full, first, columns)
    full = full.iloc[first:]
    problems = problems or _imbalances(full, columns)
    if problems:
        raise DataError(_HEADLINE, problems)
    rounded = int((np.abs(_off(full)) > 1e-9).sum())
    if rounded:
        notes.append(f"In {rounded} periods closing is off by no more than rounding explains.")
    return full.drop(columns=OPENING), float(full[OPENING].iloc[0]), notes


def _completion_texts(
    table: pd.DataFrame, full: pd.DataFrame, first: int, columns: dict[str, str]
) -> list[str]:
    notes = []
    if first:
        notes.append(
            f"{table.index[0]} to {table.index[first - 1]}: not told whole, used for customers "
            "before the first row only."
        )
    for name in (ADDED, LOST, CLOSING):
        own = table[name] if name in table else pd.Series(np.nan, table.index)
        filled = int(own.iloc[first:].isna().sum())
        if filled:
            word = columns.get(name, name)
            notes.append(f"{word} follows from the rest of the row in {filled} periods.")
    if REVENUE in columns and REVENUE not in full:
        notes.append(f"{columns[REVENUE]} is told in fewer than two periods: no revenue forecast.")
    return notes


def _off(full: pd.DataFrame) -> np.ndarray:
    """Return by how much closing is off, and opening from the closing before, the larger."""
    balance = full[CLOSING] - full[OPENING] - full[ADDED] + full[LOST]
    gap = full[OPENING] - full[CLOSING].shift()
    return np.where(balance.abs() >= gap.abs().fillna(0), balance, gap)


def _imbalances(full: pd.DataFrame, columns: dict[str, str]) -> list[Problem]:
    given = Aggregates(full, 0.0, "", 1, 1)
    digits = max(0, round(-np.log10(given.rounding)))
    added, lost, closing = (columns.get(name, name) for name in (ADDED, LOST, CLOSING))
    off = _off(full)
    # Four rounded numbers meet in a row: half a unit each.
    wrong = np.flatnonzero(np.abs(off) > 2 * given.rounding * (1 + 1e-6))
    problems = [
        Problem(
            f"{closing} is not opening + {added} - {lost}",
            f"period {full.index[at]}",
            f"{full[CLOSING].iloc[at] - off[at]:,.{digits}f}",
            f"{full[CLOSING].iloc[at]:,.{digits}f}, {off[at]:+,.{digits}f}",
            "Customers bought, sold or counted anew? Add them to those added or lost.",
        )
        for at in wrong
    ]
    negative = full[[ADDED, LOST, CLOSING, OPENING]] < 0
    problems += [
        Problem(f"{name} is negative", f"period {full.index[at]}", found=f"{full[name].iloc[at]:,}")
        for name in negative
        for at in np.flatnonzero(negative[name])
        if name != OPENING or at == 0
    ]
    return problems


def _unit_texts(given: Aggregates) -> list[str]:
    if given.rounding < 1 and given.customers_per_unit == 1:
        return [
            "Counts have fractions: where they are thousands or millions, say "
            "`customers_per_unit`, or chance is taken for much larger than it is."
        ]
    return []
