"""A book with fewer draws, for answers that need few."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from workbench.forecast.posterior.revenue import Effects, RevenueDraws, Reversion
from workbench.plans.planbook.book import Planbook

# Their first dimension is not the draw.
_BY_KIND = ("size_mean", "size_sd", "size_group", "size_term")


def thinned(book: Planbook, draws: int) -> Planbook:
    """Return a book with fewer draws, evenly spaced: so many or more, fewer than twice as many.

    Parameters
    ----------
    book : Planbook
        One with fewer draws than asked for keeps them all.
    draws : int, 1 or more
        How many are enough.
    """
    step = slice(None, None, max(len(book.inputs) // draws, 1))
    inputs = book.inputs
    return replace(
        book,
        inputs=replace(
            inputs, hazard=inputs.hazard.take(step), revenue=_thinned(inputs.revenue, step)
        ),
        survived=book.survived[step],
    )


def _thinned(revenue: RevenueDraws, step: slice) -> RevenueDraws:
    new = {
        name: getattr(revenue.new, name)[step]
        for name in ("rate", "dispersion", "size_mean", "size_sd", "loading")
        if getattr(revenue.new, name) is not None
    }
    taken: dict[str, Any] = {"new": replace(revenue.new, **new)}
    for field in fields(revenue):
        part = getattr(revenue, field.name)
        if isinstance(part, Effects):
            columns = {one.name: getattr(part, one.name) for one in fields(Effects)}
            known = {name: column[step] for name, column in columns.items() if column is not None}
            taken[field.name] = Effects(**known)
        elif isinstance(part, Reversion):
            taken[field.name] = Reversion(part.log_odds[:, step], part.size[:, step], part.usual)
        elif isinstance(part, np.ndarray):
            taken[field.name] = part[:, step] if field.name in _BY_KIND else part[step]
    return replace(revenue, **taken)
