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
    """Return the first month on whose first day a moment lies in the past."""
    return (moment.year() * 12 + moment.month()).cast("int64")


def day(moment: Any) -> Any:
    """Return whole days since 1970."""
    return (moment.epoch_seconds() / 86_400).floor().cast("int64")


def seconds(moment: Any) -> Any:
    """Return whole seconds since 1970."""
    return moment.epoch_seconds().floor().cast("int64")


def whole(value: Any, per_unit: int = 1000) -> Any:
    """Return a number in whole steps of 1 / `per_unit`."""
    return (value * float(per_unit) + 0.5).floor().cast("int64")


def ratio(part: Any, of: Any) -> Any:
    """Divide as floating numbers; missing where the divisor is zero."""
    return part.cast("float64") / of.cast("float64").nullif(0.0)


def count_if(flag: Any) -> Any:
    """Count the rows of a group in which a flag is true."""
    return flag.ifelse(1, 0).sum().cast("int64")


def flag(condition: Any) -> Any:
    """Return 1 where a condition holds, else 0."""
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
    """
    first = cells.first_month - lookback
    placed = rows.mutate(read_month=ibis.greatest(rows.known, ibis.literal(first, "int64"))).filter(
        ibis._.read_month <= cells.last_month
    )
    return placed.group_by(KEY).agg(**sums)


def on_grid(cells: Cells, lookback: int, *parts: ibis.Table) -> ibis.Table:
    """Lay buckets beside each other on all accounts and months, missing where there is none."""
    grid = cells.grid.filter(cells.grid.read_month >= cells.first_month - lookback)
    for part in parts:
        grid = grid.left_join(part, KEY).drop("account_id_right", "read_month_right")
    return grid


def last(value: Any, months: int) -> Any:
    """Sum over the last so many months; missing where no bucket has a value."""
    return value.sum().over(_window(months)).cast("int64")


def highest(value: Any, months: int | None = None) -> Any:
    """Return the maximum over the last so many months, or over all that is known."""
    return value.max().over(_window(months))


def so_far(value: Any) -> Any:
    """Sum over all that is known."""
    return value.sum().over(_window(None)).cast("int64")


def before(value: Any, months: int) -> Any:
    """Return the value so many months earlier."""
    return value.lag(months).over(ibis.window(group_by="account_id", order_by="read_month"))


def _window(months: int | None) -> Any:
    preceding = None if months is None else months - 1
    return ibis.window(
        group_by="account_id", order_by="read_month", preceding=preceding, following=0
    )


def since(table: ibis.Table, moment: Any, known: Any = True) -> Any:
    """Return the month from which the source is known to record something.

    Before it a count of zero would be silence, not a zero.
    """
    return known_month(ibis.ifelse(known, moment, None)).min().as_scalar()


def recorded(table: ibis.Table, value: Any, start: Any) -> Any:
    """Return the value, zero where there is none, missing before recording began."""
    return ibis.ifelse(table.read_month >= start, value.fill_null(0), None)


def cut_to_cells(table: ibis.Table, cells: Cells, *names: str) -> ibis.Table:
    """Keep the months that are read, and the key and the signals as floating numbers."""
    asked = table.filter(table.read_month >= cells.first_month)
    return asked.select(*KEY, **{name: asked[name].cast("float64") for name in names})
