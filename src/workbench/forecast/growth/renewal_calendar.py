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
from workbench.forecast.simulation.lines import Lines


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
    near, due, after_renewal = _simulate_due(inputs, holdings, due_months)
    signed, rows = due.sure_until >= due.months_to_end, []
    for month in range(near.months):
        own = due.months_to_end == month
        after = after_renewal[:, own].sum(axis=1) / CENTS
        sure = after_renewal[:, own & signed].sum(axis=1).mean() / CENTS
        low, high = interval(after, prob)
        label = month_label(inputs.first_month + month)
        arr = due.cents[own].sum() / CENTS
        rows.append((label, own.sum(), arr, after.mean(), low, high, (own & signed).sum(), sure))
    columns = ["month", "renewals", "arr", "expected", "low", "high", "signed", "signed_arr"]
    return pd.DataFrame(rows, columns=columns)


def calendar_total(
    inputs: ForecastInputs, holdings: Holdings, due_months: int, prob: float
) -> tuple[float, float, float]:
    """Forecast what all renewals of the calendar are worth together, right after each.

    Parameters
    ----------
    inputs, holdings, due_months, prob
        As `renewal_calendar` takes them.

    Returns
    -------
    tuple of float
        Mean, low and high, a year; the interval of the sum, not the sum of intervals.
    """
    after = _simulate_due(inputs, holdings, due_months)[2].sum(axis=1) / CENTS
    low, high = interval(after, prob)
    return float(after.mean()), float(low), float(high)


def _simulate_due(
    inputs: ForecastInputs, holdings: Holdings, due_months: int
) -> tuple[ForecastInputs, Lines, np.ndarray]:
    """Return the months looked at, the lines due in them, and each one's cents after it by draw."""
    near = replace(inputs, months=min(due_months, inputs.months))
    lines = holdings.lines
    soon = (lines.term_group > 0) & (lines.months_to_end < near.months) & (lines.gone_from < 0)
    due = lines.take(np.flatnonzero(soon & (lines.tenure_months > 0)))
    simulated = simulate_lines(near, due, holdings.past.of(near, due))
    return near, due, simulated.line[:, np.arange(len(due.cents)), due.months_to_end]
