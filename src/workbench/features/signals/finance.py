"""Finance: how late invoices are paid, and whether they are disputed."""

from __future__ import annotations

import ibis

from workbench.features.signals.grid import (
    KEY,
    buckets,
    count_if,
    cut_to_cells,
    day,
    known_month,
    on_grid,
    ratio,
    since,
)
from workbench.features.signals.signal import Cells, Signal, Tables
from workbench.features.signals.windows import last

_DUE_MONTHS = 6


def payments(tables: Tables, cells: Cells) -> ibis.Table:
    """Read invoices that fell due in the last six months, and those issued in the last twelve.

    An unpaid invoice counts as late from its due date on, its days up to the day of reading. One
    row per invoice and month of reading: the days late of an unpaid invoice grow.

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
    billed = tables["invoices"].filter(ibis._.amount > 0)
    dues = on_grid(cells, 0, _due(billed, cells))
    disputed = buckets(
        billed.filter(billed.disputed.notnull()).mutate(known=known_month(billed.issued_on)),
        cells,
        12,
        issued=ibis._.count(),
        disputes=count_if(ibis._.disputed),
    )
    paid_since = since(billed, billed.paid_on)
    grid = on_grid(cells, 12, disputed)
    grid = grid.mutate(issued_12m=last(grid.issued, 12), disputes_12m=last(grid.disputes, 12))
    read = dues.left_join(grid.select(*KEY, "issued_12m", "disputes_12m"), KEY)
    paying = read.read_month >= paid_since
    read = read.select(
        *KEY,
        late_invoices_6m=ibis.ifelse(paying, read.late, None),
        mean_days_late_6m=ibis.ifelse(paying, ratio(read.days_late, read.due), None),
        disputes_12m=ibis.ifelse(read.issued_12m > 0, read.disputes_12m, None),
    )
    return cut_to_cells(read, cells, "late_invoices_6m", "mean_days_late_6m", "disputes_12m")


def _due(billed: ibis.Table, cells: Cells) -> ibis.Table:
    known = ibis.greatest(known_month(billed.issued_on), known_month(billed.due_on))
    first = ibis.greatest(known, ibis.literal(cells.first_month, "int64"))
    final = ibis.least(known + _DUE_MONTHS, ibis.literal(cells.last_month + 1, "int64"))
    dated = billed.select(
        "account_id",
        due_day=day(billed.due_on),
        paid_day=day(billed.paid_on),
        begins=first,
        stops=final,
    ).filter(ibis._.stops > ibis._.begins)
    read = dated.mutate(read_month=ibis.range(dated.begins, dated.stops).unnest())
    read = read.join(cells.calendar, "read_month")
    # A payment on or after the day of reading is not known yet: the invoice is late until today.
    until = ibis.least(read.paid_day.fill_null(read.read_day), read.read_day)
    days_late = ibis.greatest(until - read.due_day, 0)
    late = read.mutate(days_late=days_late)
    return late.group_by(KEY).agg(
        due=late.count(),
        late=count_if(late.days_late > 0),
        days_late=late.days_late.sum().cast("int64"),
    )


_TABLES = ("invoices",)
SIGNALS = (
    Signal(
        "late_invoices_6m",
        "invoices due in the last six months that were or are paid late",
        "finance", "invoices", _TABLES, 1,
        "no invoice fell due in these months, or no payment is on record yet",
        payments,
    ),
    Signal(
        "mean_days_late_6m",
        "mean days late of invoices due in the last six months; unpaid ones until today",
        "finance", "days", _TABLES, 1,
        "no invoice fell due in these months, or no payment is on record yet",
        payments,
    ),
    Signal(
        "disputes_12m",
        "disputed invoices among those issued in the last twelve months",
        "finance", "invoices", _TABLES, 1,
        "no invoice with a stated dispute flag was issued in these months",
        payments,
    ),
)  # fmt: skip
