"""Customers who come within the horizon: counted, or won one by one from open opportunities."""

from __future__ import annotations

import numpy as np

from workbench.forecast.growth.holdings import Holdings
from workbench.forecast.growth.levels import Levels
from workbench.forecast.pipeline.new_logos import NEW_LOGOS_AT_ONCE, NewLogos, new_logo_arrivals
from workbench.forecast.simulation.arrivals import simulate_arrivals
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.intervention import Intervention
from workbench.forecast.simulation.measures import N_KINDS


def newcomers(
    inputs: ForecastInputs, holdings: Holdings, change: Intervention
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the movements of those who come, their worth by draw and month, and who returned.

    Parameters
    ----------
    inputs : ForecastInputs
    holdings : Holdings
        Its open offers are won one by one, and those whose lines are signed are not counted again.
    change : Intervention
        Its factor on the number of new customers, and what it changes for those who come, are used.

    Returns
    -------
    flow : ndarray of int64, shape (draw, level, month, movement)
        Signed cents.
    closing : ndarray of int64, shape (draw, month)
        Cents of yearly revenue at each month's end.
    returned : ndarray of int64, shape (draw, level, month)
        Cents at each month's end of those who return: a part of `flow`, added up over months.
    """
    draws, months = len(inputs), inputs.months
    levels, new_logos = holdings.levels, holdings.new_logos
    flow = np.zeros((draws, len(levels), months, N_KINDS), "int64")
    arrivals = inputs.arrivals(_still_to_open(inputs, new_logos, change))
    if holdings.signed_arrivals is not None:
        # Whoever has signed comes by a line of its own.
        left = np.maximum(arrivals.count - holdings.signed_arrivals, 0)
        arrivals = arrivals._replace(count=left)
    group = inputs.newcomers(levels.source)
    arrays = change.of_newcomers().arrays(draws, len(group.key), months)
    back = inputs.revenue.new.returning[:, None]
    closing = np.zeros((draws, months), "int64")
    # Apart, since those who return count in some definitions of retention and the new in none.
    for own in (back, ~back):
        some = arrivals._replace(count=np.where(own, arrivals.count, 0))
        closing += simulate_arrivals(inputs.seed, inputs.shared, group, arrays, some, flow)
        if own is back:
            returned = flow.sum(axis=3).cumsum(axis=2)
    if new_logos is not None:
        closing += _win(inputs, levels, new_logos, change.of_newcomers(), flow)
    return flow, closing, returned


def _win(
    inputs: ForecastInputs,
    levels: Levels,
    new_logos: NewLogos,
    change: Intervention,
    flow: np.ndarray,
) -> np.ndarray:
    """Let open opportunities be won; add their movements, return their worth by draw and month."""
    closing = np.zeros((len(inputs), inputs.months), "int64")
    for start in range(0, len(new_logos), NEW_LOGOS_AT_ONCE):
        position, coming = new_logo_arrivals(
            new_logos, inputs.revenue.new, slice(start, start + NEW_LOGOS_AT_ONCE)
        )
        source = tuple(inputs.revenue.new.source[at] for at in position)
        group = inputs.newcomers(levels.source[position], source)
        arrays = change.arrays(len(inputs), len(position), inputs.months)
        closing += simulate_arrivals(inputs.seed, inputs.shared, group, arrays, coming, flow)
    return closing


def _still_to_open(
    inputs: ForecastInputs, new_logos: NewLogos | None, change: Intervention
) -> np.ndarray | None:
    """Return the factor on the count of new customers; those who return come by no opportunity."""
    if new_logos is None:
        return change.arrivals
    usual = np.ones(inputs.months) if change.arrivals is None else change.arrivals
    returning = inputs.revenue.new.returning[None, :, None]
    return np.where(returning, 1.0, new_logos.later[:, None]) * usual
