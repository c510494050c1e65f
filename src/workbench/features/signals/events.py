"""Events at the customer's company, and whether the customer speaks for us."""

from __future__ import annotations

import ibis

from workbench.data.words import words
from workbench.features.signals.grid import (
    buckets,
    count_if,
    cut_to_cells,
    known_month,
    on_grid,
    recorded,
    since,
)
from workbench.features.signals.signal import Cells, Group, Signal, Tables
from workbench.features.signals.windows import last

# Kind, months that an event is remembered, group, expected direction.
_KINDS: tuple[tuple[str, int, Group, int], ...] = (
    ("merger", 6, "firmographic", 1),
    ("acquisition", 6, "firmographic", 1),
    ("layoffs", 6, "firmographic", 1),
    ("leadership_change", 6, "firmographic", 1),
    ("budget_cut", 6, "firmographic", 1),
    ("funding", 12, "firmographic", -1),
    ("referral", 12, "sales", -1),
)


def happenings(tables: Tables, cells: Cells) -> ibis.Table:
    """Count events of each kind in the months before.

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
    events = tables["account_events"]
    kind = events.kind.lower()
    flags = {name: kind == name for name, *_ in _KINDS}
    flags["bad_news"] = kind.isin([name for name, *_, direction in _KINDS if direction > 0])
    flags["reference"] = kind.isin(words("references"))
    counts = {name: count_if(ibis._[name]) for name in flags}
    rows = events.mutate(known=known_month(events.on), **flags)
    grid = on_grid(cells, 12, buckets(rows, cells, 12, **counts))
    start = since(events, events.on)
    months = {name: months for name, months, *_ in _KINDS} | {"bad_news": 6, "reference": 12}
    grid = grid.mutate(**{f"{name}_{m}m": last(grid[name], m) for name, m in months.items()})
    names = [f"{name}_{m}m" for name, m in months.items()]
    read = grid.mutate(**{name: recorded(grid, grid[name], start) for name in names})
    return cut_to_cells(read, cells, *names)


_TABLES = ("account_events",)
_MISSING = "no event of any account is on record yet"
SIGNALS = (
    *(
        Signal(
            f"{kind}_{months}m",
            f"events of kind {kind} in the last {months} months",
            group, "events", _TABLES, direction, _MISSING, happenings,
        )
        for kind, months, group, direction in _KINDS
    ),
    Signal(
        "bad_news_6m",
        "mergers, acquisitions, layoffs, new leaders and budget cuts in the last 6 months",
        "firmographic", "events", _TABLES, 1, _MISSING, happenings,
    ),
    Signal(
        "reference_12m",
        "references, case studies and testimonials in the last 12 months",
        "sales", "events", _TABLES, -1, _MISSING, happenings,
    ),
)  # fmt: skip
