"""The renewal calendar in money: what falls due each month, and what is left of it afterwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.core.intervals import interval
from workbench.forecast.growth.forecast import CENTS
from workbench.forecast.growth.holdings import Holdings
from workbench.forecast.growth.line_simulation import simulate_lines
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
        How far ahead to look, at most the forecast's horizon.
    prob : float
        Probability inside each interval.

    Returns
    -------
    DataFrame
        month (YYYY-MM), renewals, arr (today's revenue of the lines whose term ends), expected,
        low, high: what they are worth right after the renewal, those gone counting nothing; of
        these, signed (renewals that are signed by now) and signed_arr (what they are worth then,
        in every draw). A line that runs today counts in the month of its next renewal; month to
        month has none.
    """
    near = replace(inputs, months=min(due_months, inputs.months))
    lines = holdings.lines
    soon = (lines.term_group > 0) & (lines.months_to_end < near.months)
    due = lines.take(np.flatnonzero(soon & (lines.tenure_months > 0)))
    course = simulate_lines(near, due, holdings.past.of(near, due))
    signed, rows = due.sure_until >= due.months_to_end, []
    for month in range(near.months):
        own = due.months_to_end == month
        after = course.line[:, own, month].sum(axis=1) / CENTS
        sure = course.line[:, own & signed, month].sum(axis=1).mean() / CENTS
        low, high = interval(after, prob)
        label = month_label(inputs.first_month + month)
        arr = due.cents[own].sum() / CENTS
        rows.append((label, own.sum(), arr, after.mean(), low, high, (own & signed).sum(), sure))
    columns = ["month", "renewals", "arr", "expected", "low", "high", "signed", "signed_arr"]
    return pd.DataFrame(rows, columns=columns)
