"""Paths of aggregates as tables: by period, over the horizon, and beside rows that were hidden."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.core import aggregate_names as names
from workbench.core.aggregates import Aggregates
from workbench.core.intervals import interval
from workbench.forecast.aggregates import TOTAL, AggregateDraws, following, survival
from workbench.forecast.backtest.scores import covered, crps

SCORED = (
    "distribution", "quantity", "hidden", "inside", "observed", "forecast", "crps",
    "crps_year_ago",
)  # fmt: skip
_AGES = (1, 2, 3, 5)


def forecast_table(
    paths: Mapping[str, np.ndarray], given: Aggregates, interval_prob: float
) -> pd.DataFrame:
    """Return mean and interval of each quantity and period.

    Parameters
    ----------
    paths : mapping of str to ndarray
        See `workbench.forecast.aggregates.simulate_ahead`.
    given : Aggregates
    interval_prob : float, 0 to 1

    Returns
    -------
    DataFrame
        period (text), quantity, mean, low, high.
    """
    parts = []
    for name, values in paths.items():
        low, high = interval(values, interval_prob)
        part = {"period": following(given, values.shape[1]).astype(str), "quantity": name}
        parts.append(pd.DataFrame(part | {"mean": values.mean(axis=0), "low": low, "high": high}))
    return pd.concat(parts, ignore_index=True)


def totals(paths: Mapping[str, np.ndarray], interval_prob: float) -> pd.DataFrame:
    """Return mean and interval over the horizon: sums of flows and revenue, the last of the rest.

    Parameters
    ----------
    paths : mapping of str to ndarray
        See `workbench.forecast.aggregates.simulate_ahead`.
    interval_prob : float, 0 to 1

    Returns
    -------
    DataFrame
        quantity, mean, low, high.
    """
    rows = []
    for name, values in paths.items():
        summed = values.sum(axis=1) if name in (*names.FLOWS, TOTAL) else values[:, -1]
        rows.append((name, summed.mean(), *interval(summed, interval_prob)))
    return pd.DataFrame(rows, columns=["quantity", "mean", "low", "high"])


def retention_table(draws: AggregateDraws, interval_prob: float) -> pd.DataFrame:
    """Return the share of new customers still there after some years.

    Parameters
    ----------
    draws : AggregateDraws
    interval_prob : float, 0 to 1

    Returns
    -------
    DataFrame
        years, mean, low, high.
    """
    kept = survival(draws.retention, np.array(_AGES, dtype=float))
    low, high = interval(kept, interval_prob)
    return pd.DataFrame({"years": _AGES, "mean": kept.mean(axis=0), "low": low, "high": high})


def score_hidden_rows(
    paths: Mapping[str, Mapping[str, np.ndarray]],
    past: Aggregates,
    given: Aggregates,
    interval_prob: float,
) -> pd.DataFrame:
    """Compare forecasts with the rows that were hidden from them, and with "as a year ago".

    Parameters
    ----------
    paths : mapping of str to mapping of str to ndarray
        By distribution; see `workbench.forecast.aggregates.simulate_ahead`, from `past` on.
    past, given : Aggregates
        With the last rows hidden and without.
    interval_prob : float, 0 to 1

    Returns
    -------
    DataFrame
        distribution, quantity, hidden (periods), inside (of them, in the interval), observed and
        forecast (sums of flows, of the rest the last), crps and crps_year_ago, means over hidden
        periods. Periods in which a quantity is not told are left out.
    """
    rows = [
        (distribution, name, *_scores(drawn, given.table[name], past, interval_prob))
        for distribution, quantities in paths.items()
        for name, drawn in quantities.items()
        if name in given.table and given.table[name].iloc[len(past.table) :].notna().any()
    ]
    return pd.DataFrame(rows, columns=pd.Index(SCORED))


def _scores(drawn: np.ndarray, seen: pd.Series, past: Aggregates, prob: float) -> tuple:
    known, each = len(past.table), past.per_year
    reported = np.flatnonzero(seen.iloc[known:].notna())
    outcome, drawn = seen.to_numpy()[known + reported], drawn[:, reported]
    before = seen.iloc[:known].ffill().bfill().to_numpy()
    ago = before[known - each + reported % each] if known >= each else before[-1]
    flow = seen.name in names.FLOWS
    total = (outcome.sum(), drawn.mean(0).sum()) if flow else (outcome[-1], drawn[:, -1].mean())
    inside = int(covered(drawn, outcome, prob).sum())
    return len(reported), inside, *total, crps(drawn, outcome).mean(), np.abs(ago - outcome).mean()


def choose_distribution(scores: pd.DataFrame) -> str:
    """Choose the distribution that the answer comes from: the better forecast of hidden losses.

    Parameters
    ----------
    scores : DataFrame
        See `score_hidden_rows`.

    Returns
    -------
    str
        The Weibull, which contains the exponential, where nothing was hidden.

    Examples
    --------
    >>> choose_distribution(pd.DataFrame(columns=SCORED))
    'Weibull'
    """
    lost = scores[scores["quantity"] == names.LOST]
    if lost.empty:
        return names.WEIBULL
    return str(lost.sort_values("crps", kind="stable")["distribution"].iloc[0])
