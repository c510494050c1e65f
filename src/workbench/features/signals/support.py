"""Support: how often customers ask for help, how badly, and how well they are served."""

from __future__ import annotations

import ibis

from workbench.data.words import words
from workbench.features.signals.grid import (
    buckets,
    count_if,
    cut_to_cells,
    known_month,
    on_grid,
    ratio,
    recorded,
    seconds,
    since,
    whole,
)
from workbench.features.signals.signal import Cells, Signal, Tables
from workbench.features.signals.windows import last, so_far

_HOUR = 3600.0
_YEAR = 12


def help_desk(tables: Tables, cells: Cells) -> ibis.Table:
    """Read tickets: opened at their own time, answers and ratings at theirs.

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
    tickets = tables["tickets"]
    grid = on_grid(cells, 12, *_parts(tickets, cells))
    recent, year = last(grid.opened, 3), last(grid.opened, 12)
    grid = grid.mutate(
        opened_3m=recent.fill_null(0),
        opened_before=year.fill_null(0) - recent.fill_null(0),
        severe_3m=last(grid.severe, 3),
        escalated_6m=last(grid.escalated, 6),
        answered_6m=last(grid.answered, 6),
        answer_seconds_6m=last(grid.answer_seconds, 6),
        solved_6m=last(grid.solved, 6),
        solve_seconds_6m=last(grid.solve_seconds, 6),
        rated_6m=last(grid.rated, 6),
        stars_6m=last(grid.stars, 6),
        unsolved=so_far(grid.opened).fill_null(0) - so_far(grid.solved).fill_null(0),
    )
    opening = since(tickets, tickets.opened_at)
    change = grid.opened_3m / 3.0 - grid.opened_before / 9.0
    read = grid.mutate(
        ticket_rate_change=ibis.ifelse(grid.read_month >= opening + _YEAR - 1, change, None),
        severe_tickets_3m=recorded(
            grid, grid.severe_3m, since(tickets, tickets.opened_at, tickets.severity.notnull())
        ),
        escalations_6m=recorded(
            grid, grid.escalated_6m, since(tickets, tickets.opened_at, tickets.escalated.notnull())
        ),
        open_tickets=ibis.ifelse(
            grid.read_month >= since(tickets, tickets.closed_at), grid.unsolved, None
        ),
        first_response_hours_6m=ratio(grid.answer_seconds_6m, grid.answered_6m) / _HOUR,
        resolution_hours_6m=ratio(grid.solve_seconds_6m, grid.solved_6m) / _HOUR,
        ticket_csat_6m=ratio(grid.stars_6m, grid.rated_6m) / 1000.0,
    )
    return cut_to_cells(read, cells, *(signal.name for signal in SIGNALS))


def _parts(tickets: ibis.Table, cells: Cells) -> tuple[ibis.Table, ...]:
    opened = tickets.mutate(known=known_month(tickets.opened_at))
    answered = tickets.filter(tickets.first_response_at.notnull())
    answered = answered.mutate(
        known=known_month(answered.first_response_at),
        took=seconds(answered.first_response_at) - seconds(answered.opened_at),
    )
    solved = tickets.filter(tickets.closed_at.notnull())
    solved = solved.mutate(
        known=known_month(solved.closed_at),
        took=seconds(solved.closed_at) - seconds(solved.opened_at),
    )
    severe = opened.severity.strip().lower().isin(words("severe"))
    return (
        buckets(
            opened.mutate(is_severe=severe),
            cells,
            12,
            opened=ibis._.count(),
            severe=count_if(ibis._.is_severe),
            escalated=count_if(ibis._.escalated),
        ),
        buckets(answered, cells, 12, answered=ibis._.count(), answer_seconds=ibis._.took.sum()),
        buckets(
            solved,
            cells,
            12,
            solved=ibis._.count(),
            solve_seconds=ibis._.took.sum(),
            rated=ibis._.csat.count(),
            stars=whole(ibis._.csat).sum(),
        ),
    )


_TABLES = ("tickets",)
SIGNALS = (
    Signal(
        "ticket_rate_change",
        "tickets a month in the last three months, less those a month in the nine before",
        "service", "tickets a month", _TABLES, 1,
        "tickets have been recorded for less than twelve months",
        help_desk,
    ),
    Signal(
        "severe_tickets_3m",
        "tickets of high severity opened in the last three months",
        "service", "tickets", _TABLES, 1,
        "no ticket of any account states a severity yet",
        help_desk,
    ),
    Signal(
        "escalations_6m",
        "tickets opened in the last six months that were escalated",
        "service", "tickets", _TABLES, 1,
        "no ticket of any account states an escalation yet",
        help_desk,
    ),
    Signal(
        "open_tickets",
        "tickets opened and not closed",
        "service", "tickets", _TABLES, 1,
        "no ticket of any account has been closed yet",
        help_desk,
    ),
    Signal(
        "first_response_hours_6m",
        "mean time to the first response, of those given in the last six months",
        "service", "hours", _TABLES, 1,
        "no first response in these months",
        help_desk,
    ),
    Signal(
        "resolution_hours_6m",
        "mean time from opening to closing, of tickets closed in the last six months",
        "service", "hours", _TABLES, 1,
        "no ticket closed in these months",
        help_desk,
    ),
    Signal(
        "ticket_csat_6m",
        "mean rating of tickets closed in the last six months",
        "service", "points", _TABLES, -1,
        "no rated ticket closed in these months",
        help_desk,
    ),
)  # fmt: skip
