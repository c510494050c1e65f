"""Which distribution to believe: what each forecast of periods that were hidden from it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core import cohort_names as names
from workbench.forecast.backtest.scores import crps
from workbench.forecast.cohort import Ahead, CohortDraws, retention_band, simulate_kept

SCORED = ("law", "hidden", "inside", "period", "observed", "forecast", "error", "crps")


def score_hidden(band: pd.DataFrame, observed: pd.DataFrame) -> pd.DataFrame:
    """Compare a forecast with what was hidden from it.

    Parameters
    ----------
    band : DataFrame
        See `workbench.forecast.cohort.retention_band`.
    observed : DataFrame
        cohort, period, kept of all periods.

    Returns
    -------
    DataFrame
        Per cohort: hidden (periods), inside (of them, in the interval), and of the last one period,
        observed, forecast and error, by how much the forecast is off as a share of the observed.
        Cohorts with nothing hidden are left out.
    """
    keys = [names.COHORT, names.PERIOD]
    both = band[band["forecast"]].merge(observed, on=keys, suffixes=("", "_seen"))
    both["inside"] = both["kept_seen"].between(both["low"], both["high"])
    by_cohort = both.groupby(names.COHORT, sort=False)
    last = by_cohort[["period", "kept_seen", "kept"]].last()
    last.columns = ["period", "observed", "forecast"]
    error = last["forecast"] / last["observed"] - 1
    counts = by_cohort["inside"].agg(hidden="size", inside="sum")
    return counts.join(last.assign(error=error)).reset_index()


def hidden_crps(
    draws: CohortDraws, past: xr.DataArray, alive: xr.DataArray, seed: int
) -> pd.Series:
    """Score the forecast of what was hidden, by the continuous ranked probability score.

    Parameters
    ----------
    draws : CohortDraws
        Of a fit to `past`.
    past, alive : DataArray, dimensions cohort and period
        Customers there, with the last periods hidden and without.
    seed : int
        Of the customers' chance.

    Returns
    -------
    Series
        By cohort, the mean over its hidden periods of the share's score: 0 is perfect, and a
        forecast without spread scores its absolute error. Cohorts with nothing hidden are left out.
    """
    survived = past.notnull().sum(names.PERIOD).values - 1
    hidden = alive.notnull().sum(names.PERIOD).values - 1 - survived
    if not hidden.max():
        return pd.Series(dtype=float, name="crps")
    kept = simulate_kept(draws, past, int(hidden.max()), np.random.default_rng(seed))
    found = {}
    for j, cohort in enumerate(alive[names.COHORT].values):
        if hidden[j]:
            seen = alive.values[j, survived[j] + 1 : survived[j] + hidden[j] + 1]
            score = crps(kept[:, j, : hidden[j]], seen)
            found[cohort] = float(score.mean() / alive.values[j, 0])
    return pd.Series(found, name="crps")


def score_distributions(
    fitted: Mapping[str, CohortDraws], past: xr.DataArray, alive: xr.DataArray, ahead: Ahead
) -> pd.DataFrame:
    """Score each distribution on what was hidden from its fit.

    Parameters
    ----------
    fitted : mapping of str to CohortDraws
        By distribution, of fits to `past`.
    past, alive, ahead
        See `hidden_crps` and `workbench.forecast.cohort.retention_band`.

    Returns
    -------
    DataFrame
        Per cohort and distribution what `score_hidden` and `hidden_crps` return; empty where
        nothing was hidden.
    """
    kept = alive / alive.isel({names.PERIOD: 0})
    observed = kept.to_series().dropna().rename("kept").reset_index()
    parts = [
        score_hidden(retention_band(draws, past, ahead), observed)
        .join(hidden_crps(draws, past, alive, ahead.seed), on=names.COHORT)
        .assign(law=distribution)
        for distribution, draws in fitted.items()
    ]
    if not parts:
        return pd.DataFrame(columns=[names.COHORT, *SCORED])
    return pd.concat(parts).sort_index(kind="stable")[[names.COHORT, *SCORED]]


def compare_distributions(
    scores: pd.DataFrame, predictive: Mapping[str, float], min_predictive_prob: float
) -> pd.DataFrame:
    """Choose the distribution that the answer comes from.

    It is the one that forecast the hidden periods better. The BdW, which contains the sBG, where
    nothing was hidden. One that cannot produce such data at all is passed over if another can.

    Parameters
    ----------
    scores : DataFrame
        See `score_distributions`.
    predictive : mapping of str to float
        By distribution, see `workbench.forecast.cohort.predictive_prob`.
    min_predictive_prob : float
        The smallest that the gate allows.

    Returns
    -------
    DataFrame
        law, crps (mean over all hidden periods, as a share; missing where none is hidden),
        predictive_prob, possible and chosen; the chosen one first.

    Examples
    --------
    >>> nothing_hidden = pd.DataFrame(columns=["law", "hidden", "crps"])
    >>> compare_distributions(nothing_hidden, {"sBG": 0.4, "BdW": 0.5}, 0.01)["law"].tolist()
    ['BdW', 'sBG']
    """
    rows = []
    for distribution, prob in predictive.items():
        own = scores[scores["law"] == distribution]
        mean = np.average(own["crps"], weights=own["hidden"]) if len(own) else np.nan
        rows.append((distribution, mean, prob, prob >= min_predictive_prob))
    table = pd.DataFrame(rows, columns=["law", "crps", "predictive_prob", "possible"])
    order = ["refused", "crps", "narrower"]
    table = table.assign(refused=~table["possible"], narrower=table["law"] != names.BDW)
    table = table.sort_values(order, kind="stable", ignore_index=True).drop(columns=order[::2])
    return table.assign(chosen=table.index == 0)
