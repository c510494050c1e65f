"""The renewal calendar in money: what falls due each month, and what is left of it afterwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.forecast.growth.forecast import CENTS, Holdings, simulate_lines
from workbench.forecast.simulation.inputs import ForecastInputs


def renewal_calendar(
    inputs: ForecastInputs, holdings: Holdings, due_months: int, prob: float
) -> pd.DataFrame:
    """Forecast the renewals that fall due, month by month.

    Parameters
    ----------
    inputs : ForecastInputs
    holdings : Holdings
    due_months : int
        How far ahead to look, at most the scene's horizon.
    prob : float
        Probability inside each interval.

    Returns
    -------
    DataFrame
        month (YYYY-MM), renewals, arr (today's revenue of the lines whose term ends), expected,
        low, high: what they are worth right after the renewal, those gone counting nothing.
        A line counts in the month of its next renewal; month to month has none.
    """
    near = replace(inputs, months=min(due_months, inputs.months))
    lines = holdings.lines
    which = np.flatnonzero((lines.term_group > 0) & (lines.months_to_end < near.months))
    due = lines.take(which)
    course = simulate_lines(near, due, holdings.past.of(near, due))
    rows = []
    for month in range(near.months):
        own = np.flatnonzero(due.months_to_end == month)
        after = course.line[:, own, month].sum(axis=1) / CENTS
        low, high = np.quantile(after, [(1 - prob) / 2, (1 + prob) / 2])
        label = month_label(inputs.first_month + month)
        rows.append((label, len(own), due.cents[own].sum() / CENTS, after.mean(), low, high))
    return pd.DataFrame(rows, columns=["month", "renewals", "arr", "expected", "low", "high"])
