"""Time for signals: rows fall into the month at whose first day they are known.

Signals are read on first days of months only, so what a signal knows is decided by whole months: a
row dated in month m is known from the first day of m + 1 on. Rows are summed per account and
month of becoming known, laid on a grid without holes, and looked back at with windows of rows.

Sums run over whole numbers (see `whole`): the order in which an engine adds then changes nothing,
and two engines agree to the last bit.
"""

from __future__ import annotations

from typing import Any

import ibis

from workbench.features.signals.signal import Cells

LOOKBACK_MONTHS = 12
KEY = ["account_id", "read_month"]


def known_month(moment: Any) -> Any:
    """Return the first month on whose first day a moment lies in the past.

    Parameters
    ----------
    moment : ibis expression
        A date or a time.

    Returns
    -------
    ibis expression
        Month number.
    """
    return (moment.year() * 12 + moment.month()).cast("int64")


def day(moment: Any) -> Any:
    """Return whole days since 1970.

    Parameters
    ----------
    moment : ibis expression
        A date or a time.

    Returns
    -------
    ibis expression
        A whole number.
    """
    return (moment.epoch_seconds() / 86_400).floor().cast("int64")


def seconds(moment: Any) -> Any:
    """Return whole seconds since 1970.

    Parameters
    ----------
    moment : ibis expression
        A date or a time.

    Returns
    -------
    ibis expression
        A whole number.
    """
    return moment.epoch_seconds().floor().cast("int64")


def whole(value: Any, per_unit: int = 1000) -> Any:
    """Return a number in whole steps of 1 / `per_unit`.

    Parameters
    ----------
    value : ibis expression
        A number.
    per_unit : int, default 1000
        Steps to a unit; what lies between two goes to the nearer, halves upwards.

    Returns
    -------
    ibis expression
        A whole number of steps.
    """
    return (value * float(per_unit) + 0.5).floor().cast("int64")


def ratio(part: Any, of: Any) -> Any:
    """Divide as floating numbers; missing where the divisor is zero.

    Parameters
    ----------
    part : ibis expression
        A number.
    of : ibis expression
        The divisor, in the same unit.

    Returns
    -------
    ibis expression
        A floating number.
    """
    return part.cast("float64") / of.cast("float64").nullif(0.0)


def count_if(flag: Any) -> Any:
    """Count the rows of a group in which a flag is true.

    Parameters
    ----------
    flag : ibis expression
        True or false; missing counts as false.

    Returns
    -------
    ibis expression
        A whole number, for use in an aggregation.
    """
    return flag.ifelse(1, 0).sum().cast("int64")


def flag(condition: Any) -> Any:
    """Return 1 where a condition holds, else 0.

    Parameters
    ----------
    condition : ibis expression
        True or false; missing counts as false.

    Returns
    -------
    ibis expression
        A whole number.
    """
    return condition.ifelse(1, 0).cast("int64")


def buckets(rows: ibis.Table, cells: Cells, lookback: int, **sums: Any) -> ibis.Table:
    """Aggregate rows by account and month of becoming known.

    Parameters
    ----------
    rows : ibis.Table
        With account_id and known (month number).
    cells : Cells
    lookback : int
        Months before the first cell that the signals look at separately; older rows share the
        month before those, where only cumulative sums and maxima see them.
    **sums : ibis expression
        Aggregates, whole numbers.

    Returns
    -------
    ibis.Table
        One row per account_id and read_month, with the aggregates.
    """
    first = cells.first_month - lookback
    placed = rows.mutate(read_month=ibis.greatest(rows.known, ibis.literal(first, "int64"))).filter(
        ibis._.read_month <= cells.last_month
    )
    return placed.group_by(KEY).agg(**sums)


def on_grid(cells: Cells, lookback: int, *parts: ibis.Table) -> ibis.Table:
    """Lay buckets beside each other on all accounts and months, missing where there is none.

    Parameters
    ----------
    cells : Cells
        The accounts, and the first and the last month of reading.
    lookback : int
        Months before the first cell that the grid begins.
    *parts : ibis.Table
        With account_id and read_month, at most one row for each; see `buckets`.

    Returns
    -------
    ibis.Table
        One row per account and month, with the columns of all parts.
    """
    grid = cells.grid.filter(cells.grid.read_month >= cells.first_month - lookback)
    for part in parts:
        grid = grid.left_join(part, KEY).drop("account_id_right", "read_month_right")
    return grid


def since(table: ibis.Table, moment: Any, known: Any = True) -> Any:
    """Return the month from which the source is known to record something.

    Before it a count of zero would be silence, not a zero.

    Parameters
    ----------
    table : ibis.Table
        In which the moments stand; its first row with one begins the recording.
    moment : ibis expression
        A date or a time in `table`.
    known : ibis expression, default True
        Which rows count; by default all that have a moment.

    Returns
    -------
    ibis expression
        Month number, one for the whole table; missing where no moment is known.
    """
    return known_month(ibis.ifelse(known, moment, None)).min().as_scalar()


def recorded(table: ibis.Table, value: Any, start: Any) -> Any:
    """Return the value, zero where there is none, missing before recording began.

    Parameters
    ----------
    table : ibis.Table
        With read_month.
    value : ibis expression
        A number of the table.
    start : ibis expression
        Month number, as `since` returns it.

    Returns
    -------
    ibis expression
        Of the type of `value`.
    """
    return ibis.ifelse(table.read_month >= start, value.fill_null(0), None)


def cut_to_cells(table: ibis.Table, cells: Cells, *names: str) -> ibis.Table:
    """Keep the months that are read, and the key and the signals as floating numbers.

    Parameters
    ----------
    table : ibis.Table
        With account_id, read_month and the signals.
    cells : Cells
        The accounts, and the first and the last month of reading.
    *names : str
        Of the signals.

    Returns
    -------
    ibis.Table
        One row per account_id and read_month, from the first month of the cells on.
    """
    asked = table.filter(table.read_month >= cells.first_month)
    return asked.select(*KEY, **{name: asked[name].cast("float64") for name in names})
