"""What a signal is: a name, where it comes from, what to expect of it, and how it is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import ibis

Group = Literal["sales", "service", "operations", "product", "finance", "people", "firmographic"]
Tables = Mapping[str, ibis.Table]


@dataclass(frozen=True)
class Cells:
    """The accounts and months for which signals are wanted, in the engine of the book.

    Parameters
    ----------
    table : ibis.Table
        One row per cell: cell (0, 1, ...), account_id, read_month (month number), read_on (its
        first day). A signal may use what was known strictly before that day.
    accounts : ibis.Table
        Each account_id once.
    calendar : ibis.Table
        read_month and read_day (days since 1970 of its first day), from `LOOKBACK_MONTHS` before
        the first month to the last.
    grid : ibis.Table
        Every account in every month of the calendar: account_id, read_month, read_day.
    first_month, last_month : int
        Month numbers, both inclusive.
    """

    table: ibis.Table
    accounts: ibis.Table
    calendar: ibis.Table
    grid: ibis.Table
    first_month: int
    last_month: int


Compute = Callable[[Tables, Cells], ibis.Table]


@dataclass(frozen=True)
class Signal:
    """One number per account and month.

    Calling it takes the book's tables and the cells and returns account_id, read_month and the
    signal's column, missing where nothing is known.

    Parameters
    ----------
    name : str
        Its column.
    meaning : str
        What it says, in one clause.
    group : str
        Which side of the house it belongs to.
    unit : str
    tables : tuple of str
        Canonical tables that it reads; it is absent when one of them is.
    direction : {1, -1, 0}
        Whether more of it is expected to raise churn, to lower it, or neither is known.
    missing : str
        When it is missing. A missing value is never a zero.
    compute : callable
        Computes the signal's whole family: a table with account_id, read_month and one column per
        signal. Signals of a family share one pass over the data.
    """

    name: str
    meaning: str
    group: Group
    unit: str
    tables: tuple[str, ...]
    direction: int
    missing: str
    compute: Compute

    def __call__(self, tables: Tables, cells: Cells) -> ibis.Table:
        """Return account_id, read_month and this signal for every cell."""
        family = self.compute(tables, cells)
        wanted = family.select("account_id", "read_month", self.name)
        return cells.table.select("account_id", "read_month").left_join(
            wanted, ["account_id", "read_month"]
        )[["account_id", "read_month", self.name]]
