"""Talk of the renewal, and of more: as opportunities, and in messages."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import ibis

from workbench.data.words import words
from workbench.features.signals.grid import (
    buckets,
    count_if,
    cut_to_cells,
    flag,
    known_month,
    on_grid,
    recorded,
    since,
)
from workbench.features.signals.signal import Cells, Signal, Tables
from workbench.features.signals.windows import last, so_far


def open_opportunities(tables: Tables, cells: Cells) -> ibis.Table:
    """Read renewal opportunities: open from one date to another, won or lost at the latter.

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
    renewals = tables["opportunities"].filter(ibis._.kind == "renewal")
    opened = renewals.mutate(known=known_month(renewals.opened_on))
    closed = renewals.filter(renewals.closed_on.notnull())
    closed = closed.mutate(known=known_month(closed.closed_on), lost=~closed.won)
    grid = on_grid(
        cells,
        12,
        buckets(opened, cells, 12, opened=ibis._.count()),
        buckets(closed, cells, 12, closed=ibis._.count(), lost=count_if(ibis._.lost)),
    )
    running = so_far(grid.opened.fill_null(0) - grid.closed.fill_null(0))
    grid = grid.mutate(running=running, lost_12m=last(grid.lost, 12))
    is_open = flag(grid.running > 0)
    decided = since(renewals, renewals.closed_on, renewals.won.notnull())
    read = grid.mutate(
        renewal_opportunity_open=recorded(grid, is_open, since(renewals, renewals.opened_on)),
        renewals_lost_12m=recorded(grid, grid.lost_12m, decided),
    )
    return cut_to_cells(read, cells, "renewal_opportunity_open", "renewals_lost_12m")


def growth(tables: Tables, cells: Cells) -> ibis.Table:
    """Count open opportunities of more: amendments, up-sells, further products.

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
    offered = tables["opportunities"].filter(
        ibis._.kind.isin(["amendment", "cross_sell", "up_sell"])
    )
    opened = offered.mutate(known=known_month(offered.opened_on))
    closed = offered.filter(offered.closed_on.notnull())
    closed = closed.mutate(known=known_month(closed.closed_on))
    grid = on_grid(
        cells,
        1,
        buckets(opened, cells, 1, opened=ibis._.count()),
        buckets(closed, cells, 1, closed=ibis._.count()),
    )
    grid = grid.mutate(running=so_far(grid.opened.fill_null(0) - grid.closed.fill_null(0)))
    start = since(offered, offered.opened_on)
    read = grid.mutate(growth_offers_open=recorded(grid, grid.running, start))
    return cut_to_cells(read, cells, "growth_offers_open")


def mentions(tables: Tables, cells: Cells) -> ibis.Table:
    """Look for phrases in what customers write.

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
    messages = tables["messages"].filter((ibis._.direction == "inbound") & ibis._.text.notnull())
    marked = messages.mutate(
        known=known_month(messages.sent_at),
        raised=_contains(messages.text, "renewal_started"),
        refused=_contains(messages.text, "renewal_refused"),
    )
    counts = buckets(
        marked, cells, 6, raised=count_if(ibis._.raised), refused=count_if(ibis._.refused)
    )
    grid = on_grid(cells, 6, counts)
    grid = grid.mutate(raised_3m=last(grid.raised, 3), refused_6m=last(grid.refused, 6))
    start = since(messages, messages.sent_at)
    read = grid.mutate(
        renewal_raised_3m=recorded(grid, grid.raised_3m, start),
        renewal_refused_6m=recorded(grid, grid.refused_6m, start),
    )
    return cut_to_cells(read, cells, "renewal_raised_3m", "renewal_refused_6m")


def _contains(text: Any, subject: str) -> Any:
    lowered = text.lower()
    return reduce(or_, (lowered.contains(phrase) for phrase in words(subject)))


_OPPORTUNITIES, _MESSAGES = ("opportunities",), ("messages",)
_SILENT = "no message of any customer has a text yet"
SIGNALS = (
    Signal(
        "renewal_opportunity_open",
        "the renewal is being discussed as an opportunity (1 yes, 0 no)",
        "sales", "0 or 1", _OPPORTUNITIES, 0,
        "no renewal opportunity of any account is on record yet",
        open_opportunities,
    ),
    Signal(
        "renewals_lost_12m",
        "renewal opportunities lost in the last twelve months",
        "sales", "opportunities", _OPPORTUNITIES, 1,
        "no renewal opportunity of any account has been decided yet",
        open_opportunities,
    ),
    Signal(
        "growth_offers_open",
        "amendments, up-sells and further products that are on offer",
        "sales", "opportunities", _OPPORTUNITIES, 0,
        "nothing of the kind was offered to any account yet",
        growth,
    ),
    Signal(
        "renewal_raised_3m",
        "messages in which the customer raised the renewal, last three months",
        "sales", "messages", _MESSAGES, -1, _SILENT, mentions,
    ),
    Signal(
        "renewal_refused_6m",
        "messages in which the customer refused or doubted the renewal, last six months",
        "sales", "messages", _MESSAGES, 1, _SILENT, mentions,
    ),
)  # fmt: skip
