"""Is the spread of past forecasts right? Calibration of renewals, places of outcomes, fans."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.core.intervals import interval
from workbench.forecast.backtest import scores
from workbench.forecast.backtest.forecast_record import REVENUE
from workbench.forecast.backtest.judge import Judged
from workbench.forecast.backtest.renewals import pooled_renewals

BINS = 10
LEAST_CASES = 30


def renewal_calibration(judged: Sequence[Judged], prob: float) -> pd.DataFrame:
    """Compare probabilities of renewal with what happened; see `backtest.scores.calibration`.

    A renewal that several origins foresaw counts once, by the latest forecast of it: it happens
    once, and would narrow the intervals if it were drawn for each of them. Up to ten groups, of at
    least thirty cases where there are that many.

    Parameters
    ----------
    judged : sequence of Judged
        One per origin, the earliest first.
    prob : float, between 0 and 1
        Inside each group's interval, equal tails.

    Returns
    -------
    DataFrame
        See `workbench.forecast.backtest.scores.calibration`.
    """
    pooled = pooled_renewals(judged)
    once = ~pooled.duplicated(["subscription_id", "due"], keep="last").to_numpy()
    pooled = pooled[once]
    groups = min(max(len(pooled) // LEAST_CASES, 3), BINS)
    draws = min(len(one.exits) for one in judged)
    exits = np.concatenate([one.exits[:draws] for one in judged], axis=1)[:, once]
    return scores.calibration(
        pooled["probability"].to_numpy(float),
        pooled["renewed"].to_numpy(bool),
        exits,
        groups,
        prob,
    )


def pit_table(judged: Sequence[Judged], prob: float, seed: int = 0) -> pd.DataFrame:
    """Count where in their forecasts the accounts' revenues lie, with the band of a right forecast.

    Each draw in turn is taken for what happened and placed among the others: accounts that share
    shocks then move the bars together, in the band as in the data. Of origins closer together than
    the horizon only some count: what happens in a month that they share would count twice.

    Parameters
    ----------
    judged : sequence of Judged
        One per origin, all with the same horizons.
    prob : float
        Probability inside the band, bin by bin.
    seed : int
        Breaks ties.

    Returns
    -------
    DataFrame
        horizon_months, bin (lower edge), accounts (cases), share (of cases), low, high.
    """
    rng = np.random.default_rng(seed)
    tables = []
    for at, horizon in enumerate(judged[0].origin.horizons):
        seen, replicates, cases = np.zeros(BINS), 0.0, 0
        known = [one for one in judged if not np.isnan(one.worth[:, at]).any()]
        firsts = [one.origin.stays.first_month for one in known]
        for one in (known[position] for position in scores.apart(firsts, horizon)):
            truth = one.worth[:, at]
            draws = one.origin.worth[:, :, at]
            seen += np.bincount(_bin(scores.pit(draws, truth, rng)), minlength=BINS)
            replicates = replicates + _replicate_bins(draws, rng)
            cases += len(truth)
        if cases:
            low, high = (end / cases for end in interval(np.asarray(replicates), prob))
            edges = np.arange(BINS) / BINS
            columns = {"horizon_months": horizon, "bin": edges, "accounts": cases}
            tables.append(pd.DataFrame(columns | {"share": seen / cases, "low": low, "high": high}))
    return pd.concat(tables, ignore_index=True)


def _bin(values: np.ndarray) -> np.ndarray:
    return np.minimum((values * BINS).astype("int64"), BINS - 1)


def _replicate_bins(draws: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the histogram of each draw among the others, shape (draw, bin), in random order."""
    ordered = np.sort(draws, axis=0)
    bins = np.zeros((len(draws), BINS))
    for account in range(draws.shape[1]):
        own = draws[:, account]
        below = np.searchsorted(ordered[:, account], own, side="left")
        ties = np.searchsorted(ordered[:, account], own, side="right") - below - 1
        position = (below + rng.random(len(own)) * (ties + 1)) / len(own)
        bins[np.arange(len(own)), _bin(position)] += 1
    # Origins are joined draw by draw; their draws have nothing to do with each other.
    return bins[rng.permutation(len(bins))]


def fan_table(judged: Sequence[Judged], prob: float) -> pd.DataFrame:
    """Return each origin's forecast of revenue, month by month.

    Parameters
    ----------
    judged : sequence of Judged
        One per origin, at least one.
    prob : float, between 0 and 1
        Inside the interval ``low`` to ``high``, equal tails.

    Returns
    -------
    DataFrame
        origin, month (number; the month before the first holds the opening), expected, low, high,
        naive.
    """
    tables = []
    for one in judged:
        frozen = one.origin.revenue
        draws = frozen.book[REVENUE]
        low, high = interval(draws, prob)
        series = {
            "expected": draws.mean(axis=0),
            "low": low,
            "high": high,
            "naive": frozen.naive[REVENUE],
        }
        months = np.arange(frozen.first_month - 1, frozen.first_month + frozen.months)
        begun = {name: np.append(frozen.opening, values) for name, values in series.items()}
        tables.append(pd.DataFrame({"origin": one.origin.day, "month": months, **begun}))
    return pd.concat(tables, ignore_index=True)
