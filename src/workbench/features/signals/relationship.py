"""The commercial relationship: revenue, products, terms, renewals and prices so far."""

from __future__ import annotations

from typing import Any

import ibis

from workbench.features.signals.grid import KEY, buckets, cut_to_cells, day, on_grid, ratio, whole
from workbench.features.signals.signal import Cells, Signal, Tables
from workbench.features.signals.spells import spells_of
from workbench.features.signals.windows import before, so_far

_YEAR = 12


def standing(tables: Tables, cells: Cells) -> ibis.Table:
    """Read the contracts that speak in each month.

    Parameters
    ----------
    tables : Tables
        The book's tables by name, those of each signal among them.
    cells : Cells
        The accounts, and the first and the last month of reading.

    Returns
    -------
    ibis.Table
        One row per account and read_month, with this group's signals as floats; missing where
        nothing is known.
    """
    spoken = spells_of(tables)
    monthly = _monthly(spoken, cells)
    began = spoken.mutate(known=spoken.reads_from)
    grid = on_grid(cells, _YEAR, monthly, buckets(began, cells, _YEAR, began=ibis._.count()))
    grid = grid.mutate(customers_ever=so_far(grid.began), cents_before=before(grid.cents, _YEAR))
    grid = grid.left_join(_catalogue(spoken, cells), "read_month").drop("read_month_right")
    owned = ibis.ifelse(grid.customers_ever > 0, grid.products.fill_null(0), None)
    read = grid.mutate(
        arr_change_12m=ratio(grid.cents, grid.cents_before) - 1.0,
        products_owned=owned,
        white_space=1.0 - ratio(owned, grid.sold),
    )
    return cut_to_cells(read, cells, *(signal.name for signal in SIGNALS))


def _monthly(spoken: ibis.Table, cells: Cells) -> ibis.Table:
    first, final = cells.first_month - _YEAR, cells.last_month + 1
    spoken = spoken.mutate(
        begins=ibis.greatest(spoken.reads_from, ibis.literal(first, "int64")),
        stops=ibis.least(spoken.reads_until, ibis.literal(final, "int64")),
    ).filter(ibis._.stops > ibis._.begins)
    each = spoken.mutate(read_month=ibis.range(spoken.begins, spoken.stops).unnest())
    each = each.join(cells.calendar, "read_month")
    passed = ibis.ifelse(each.auto_renew, each.read_month - each.end_month, 0)
    terms = (ibis.greatest(passed, 0) / each.term_months.cast("float64")).ceil().cast("int64")
    each = each.mutate(further=terms)
    return each.group_by(KEY).agg(
        cents=whole(each.arr, 100).sum().cast("int64"),
        products=each.count(),
        days_to_term_end=_days_left(each).min(),
        past_renewals=(each.renewals + each.further.fill_null(0)).max(),
        price_change_last_renewal=each.price_change.max(),
    )


def _days_left(each: ibis.Table) -> Any:
    """Return the days to the end of the running term, which may have renewed itself."""
    month = each.end_month + each.further * each.term_months
    begun = each.start_day - _first_day(each.start_month)
    ended = each.end_day - _first_day(each.end_month)
    # What began on the 31st ends on the last day of a shorter month, and later on the 31st again.
    is_last = each.end_day + 1 == _first_day(each.end_month + 1)
    wanted = ibis.ifelse(is_last, ibis.greatest(begun, ended), ended)
    into_month = ibis.least(wanted, _first_day(month + 1) - _first_day(month) - 1)
    ends = ibis.ifelse(each.further > 0, _first_day(month) + into_month, each.end_day)
    return ibis.ifelse(each.end_day.isnull(), None, ibis.greatest(ends - each.read_day, 0))


def _first_day(month: Any) -> Any:
    number = month.fill_null(0)
    return day(ibis.date(number // 12, number % 12 + 1, 1).cast("timestamp"))


def _catalogue(spoken: ibis.Table, cells: Cells) -> ibis.Table:
    """Count the products that anybody had bought by each month."""
    debut = spoken.group_by("product").agg(debut=spoken.reads_from.min())
    months = cells.calendar.select("read_month").cross_join(debut)
    months = months.filter(months.debut <= months.read_month)
    return months.group_by("read_month").agg(sold=months.count())


_TABLES = ("contracts",)
_RUNNING = "no contract is running"
SIGNALS = (
    Signal(
        "arr_change_12m",
        "yearly revenue against twelve months earlier, relative",
        "sales", "ratio", _TABLES, -1,
        "no contract now, or none twelve months ago",
        standing,
    ),
    Signal(
        "products_owned",
        "products with a running contract",
        "sales", "products", _TABLES, -1,
        "the account has not been a customer yet",
        standing,
    ),
    Signal(
        "white_space",
        "share of the products sold to anybody so far that the account does not have",
        "sales", "share", _TABLES, 0,
        "the account has not been a customer yet",
        standing,
    ),
    Signal(
        "days_to_term_end",
        "days to the nearest end of a running fixed term",
        "sales", "days", _TABLES, 0,
        "no contract with a fixed term is running",
        standing,
    ),
    Signal(
        "past_renewals",
        "renewals so far, changes of plan included, of the running product with most of them",
        "sales", "renewals", _TABLES, -1, _RUNNING, standing,
    ),
    Signal(
        "price_change_last_renewal",
        "change of the price of a unit at the last renewal, relative; the highest of the products",
        "finance", "ratio", _TABLES, 1,
        "no renewal on record, or no entitlement to hold the price against",
        standing,
    ),
)  # fmt: skip
