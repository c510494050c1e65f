"""Consumption: what is used of what was bought, and where use is heading."""

from __future__ import annotations

from typing import Any

import ibis

from workbench.features.signals.grid import (
    buckets,
    cut_to_cells,
    flag,
    known_month,
    on_grid,
    ratio,
    whole,
)
from workbench.features.signals.signal import Cells, Signal, Tables
from workbench.features.signals.spells import spells_of
from workbench.features.signals.windows import before, highest, last

_MIN_MONTHS = 6


def entitled_use(tables: Tables, cells: Cells) -> ibis.Table:
    """Read units against the entitlement of the contract that spoke in the same month.

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
    use = _matched(tables)
    term = ibis.window(
        group_by=["account_id", "product", "term_start"],
        order_by="known",
        preceding=None,
        following=0,
    )
    use = use.mutate(
        units_to_date=use.units.sum().over(term).cast("int64"),
        entitled_to_date=use.entitled.sum().over(term).cast("int64"),
    )
    sums = {
        name: ibis._[name].sum().cast("int64")
        for name in ("units", "entitled", "units_to_date", "entitled_to_date")
    }
    grid = on_grid(cells, 12, buckets(use, cells, 12, **sums))
    used, allowed = last(grid.units, 3), last(grid.entitled, 3)
    grid = grid.mutate(
        used_3m=used,
        allowed_3m=allowed,
        used_before=last(grid.units, 12) - used.fill_null(0),
        allowed_before=last(grid.entitled, 12) - allowed.fill_null(0),
        term_used=_latest(grid.units_to_date),
        term_allowed=_latest(grid.entitled_to_date),
    )
    recent = ratio(grid.used_3m, grid.allowed_3m)
    read = grid.mutate(
        consumption_to_date=ratio(grid.term_used, grid.term_allowed),
        consumption_3m=recent,
        consumption_trend=recent - ratio(grid.used_before, grid.allowed_before),
    )
    return cut_to_cells(read, cells, "consumption_to_date", "consumption_3m", "consumption_trend")


def _latest(value: Any) -> Any:
    """Return the latest of three months: a month without a report is common."""
    return ibis.coalesce(value, before(value, 1), before(value, 2))


def _matched(tables: Tables) -> ibis.Table:
    """Return units and entitled units by account, product and month, in thousandths.

    Use that names no product is held against all that the account may use.
    """
    usage = tables["usage"].filter(ibis._.units.notnull())
    usage = usage.select("account_id", "product", "units", known=known_month(usage.month))
    spoken = spells_of(tables).filter(ibis._.entitlement > 0)
    spoken = spoken.select(
        "account_id",
        "reads_from",
        "reads_until",
        "term_start_month",
        "term_months",
        sold=spoken.product,
        rate=spoken.entitlement / spoken.term_months,
    )
    pairs = usage.join(
        spoken,
        [
            usage.account_id == spoken.account_id,
            usage.product.fill_null(spoken.sold) == spoken.sold,
            usage.known >= spoken.reads_from,
            usage.known < spoken.reads_until,
        ],
    )
    months = pairs.known - 1 - pairs.term_start_month
    terms = (months / pairs.term_months.cast("float64")).floor().cast("int64")
    pairs = pairs.mutate(begun=pairs.term_start_month + terms * pairs.term_months)
    return pairs.group_by("account_id", "product", "known").agg(
        units=whole(pairs.units.max()),
        entitled=whole(pairs.rate).sum().cast("int64"),
        term_start=pairs.begun.min(),
    )


def use(tables: Tables, cells: Cells) -> ibis.Table:
    """Read how units and users move, whatever was bought.

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
    usage = tables["usage"].mutate(known=known_month(tables["usage"].month))
    monthly = buckets(
        usage,
        cells,
        12,
        units=whole(ibis._.units).sum().cast("int64"),
        users=whole(ibis._.active_users).sum().cast("int64"),
    )
    grid = on_grid(cells, 12, monthly)
    grid = grid.mutate(some_units=flag(grid.units.notnull()), some_users=flag(grid.users.notnull()))
    sums = {
        f"{name}_{months}m": last(grid[name], months)
        for name in ("users", "some_users")
        for months in (3, 6)
    }
    grid = grid.mutate(
        peak=highest(grid.units, 3),
        units_12m=last(grid.units, 12),
        months_12m=last(grid.some_units, 12),
        **sums,
    )
    recent = ratio(grid.users_3m, grid.some_users_3m)
    earlier = ratio(grid.users_6m - grid.users_3m, grid.some_users_6m - grid.some_users_3m)
    spike = ratio(grid.peak * grid.months_12m, grid.units_12m)
    read = grid.mutate(
        usage_spike=ibis.ifelse(grid.months_12m >= _MIN_MONTHS, spike, None),
        active_users_trend=recent / earlier.nullif(0.0) - 1.0,
    )
    return cut_to_cells(read, cells, "usage_spike", "active_users_trend")


_BOTH = ("usage", "contracts")
_UNMATCHED = "no use in these months, or no entitlement to hold it against"
SIGNALS = (
    Signal(
        "consumption_to_date",
        "units consumed per unit entitled, from the current term's start to the latest month",
        "product", "ratio", _BOTH, -1,
        "no use in the last three months, or no entitlement to hold it against",
        entitled_use,
    ),
    Signal(
        "consumption_3m",
        "units consumed per unit entitled, last three months",
        "product", "ratio", _BOTH, -1, _UNMATCHED, entitled_use,
    ),
    Signal(
        "consumption_trend",
        "consumption of the last three months less that of the nine before",
        "product", "ratio", _BOTH, -1, _UNMATCHED, entitled_use,
    ),
    Signal(
        "usage_spike",
        "highest month of the last three per mean month of the last twelve",
        "product", "ratio", ("usage",), 0,
        "fewer than six months of use in the last twelve, or none in the last three",
        use,
    ),
    Signal(
        "active_users_trend",
        "mean active users of the last three months against the three before, relative",
        "product", "ratio", ("usage",), -1,
        "no count of users in one of the two quarters",
        use,
    ),
)  # fmt: skip
