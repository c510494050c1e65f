"""Surveys: the latest NPS, CSAT and technical answers, how they moved, how old they are."""

from __future__ import annotations

from typing import Any

import ibis

from workbench.features.signals.grid import (
    KEY,
    buckets,
    cut_to_cells,
    day,
    known_month,
    on_grid,
    ratio,
    whole,
)
from workbench.features.signals.signal import Cells, Group, Signal, Tables
from workbench.features.signals.windows import highest

# A month and what was said in it, as one number: the latest month's is then the largest.
_CODE = 1_000_000
_SHIFT = 200_000
_GROUPS: dict[str, Group] = {"nps": "service", "csat": "service", "tech": "product"}


def answers(tables: Tables, cells: Cells) -> ibis.Table:
    """Read the mean answer of the latest month with any, and how it differs from the one before.

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
    surveys = tables["surveys"].mutate(known=known_month(tables["surveys"].taken_on))
    coded = [_coded(surveys.filter(surveys.kind == kind), kind, cells) for kind in _GROUPS]
    anything = buckets(surveys, cells, 0, day_=day(ibis._.taken_on).max())
    grid = on_grid(cells, 0, *coded, anything)
    grid = grid.mutate(
        last_day=highest(grid.day_),
        **{name: highest(grid[name]) for kind in _GROUPS for name in (f"{kind}_at", f"{kind}_to")},
    )
    values: dict[str, Any] = {"days_since_survey": grid.read_day - grid.last_day}
    for kind in _GROUPS:
        latest, moved = grid[f"{kind}_at"], grid[f"{kind}_to"]
        answered_in, moved_in = _month(latest), _month(moved)
        fresh = grid.read_month - answered_in < 12
        values[f"{kind}_latest"] = ibis.ifelse(fresh, _score(latest), None)
        values[f"{kind}_change"] = ibis.ifelse(
            fresh & (moved_in == answered_in), _score(moved), None
        )
    return cut_to_cells(grid.select(*KEY, **values), cells, *values)


def _coded(rows: ibis.Table, kind: str, cells: Cells) -> ibis.Table:
    monthly = rows.group_by("account_id", "known").agg(
        total=whole(rows.score).sum().cast("int64"), answered=rows.count()
    )
    mean = whole(ratio(monthly.total, monthly.answered), 1)
    monthly = monthly.select("account_id", "known", score=mean)
    order = ibis.window(group_by="account_id", order_by="known")
    monthly = monthly.mutate(moved=monthly.score - monthly.score.lag().over(order))
    base = monthly.known * _CODE + _SHIFT
    monthly = monthly.mutate(at=base + monthly.score, to=base + monthly.moved)
    return buckets(
        monthly, cells, 0, **{f"{kind}_at": ibis._.at.max(), f"{kind}_to": ibis._.to.max()}
    )


def _month(code: Any) -> Any:
    return (code / float(_CODE)).floor().cast("int64")


def _score(code: Any) -> Any:
    return (code - _month(code) * _CODE - _SHIFT) / 1000.0


def _of_kind(kind: str) -> tuple[Signal, Signal]:
    unit = f"{kind} points"
    return (
        Signal(
            f"{kind}_latest",
            f"mean {kind} answer of the latest month with one",
            _GROUPS[kind], unit, ("surveys",), -1,
            f"no {kind} answer in the last twelve months",
            answers,
        ),
        Signal(
            f"{kind}_change",
            f"{kind}_latest less the answer of the month with one before it",
            _GROUPS[kind], unit, ("surveys",), -1,
            f"no {kind} answer in the last twelve months, or none before it",
            answers,
        ),
    )  # fmt: skip


SIGNALS = (
    *(signal for kind in _GROUPS for signal in _of_kind(kind)),
    Signal(
        "days_since_survey",
        "time since the last answer to any survey",
        "service", "days", ("surveys",), 1,
        "never answered",
        answers,
    ),
)  # fmt: skip
