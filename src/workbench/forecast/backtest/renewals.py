"""Probabilities of renewal beside what happened, and beside simpler forecasts; who leaves first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.forecast.backtest import scores
from workbench.forecast.backtest.judge import DEFAULT_RATE, FORECASTS, MODEL, Judged


def pooled_renewals(judged: Sequence[Judged]) -> pd.DataFrame:
    """Return the renewals of all origins, one row per origin and renewal due.

    Parameters
    ----------
    judged : sequence of Judged
        One per origin, at least one; their order is kept.
    """
    tables = [one.renewals.assign(origin=one.origin.day) for one in judged]
    filled = [table for table in tables if len(table)] or tables[:1]
    return pd.concat(filled, ignore_index=True)


def renewal_table(judged: Sequence[Judged], prob: float) -> pd.DataFrame:
    """Score the probabilities of renewal by horizon and forecast.

    Parameters
    ----------
    judged : sequence of Judged
        One per origin, at least one, all with the same horizons.
    prob : float, between 0 and 1
        Inside the interval of the gain, equal tails.

    Returns
    -------
    DataFrame
        horizon_months (renewals due until then), forecast, renewals (cases: a renewal that several
        origins foresaw counts in each), brier, skill (against the 70 % default), gain (how much
        higher the rival's Brier score is, on the cases that it has), low, high (interval of the
        gain, accounts counted as one observation each), c (0.5: no better than chance).
    """
    pooled = pooled_renewals(judged)
    column = dict(zip(FORECASTS, ("probability", "naive", "default", "human"), strict=True))
    rows = []
    for horizon in judged[0].origin.horizons:
        near = pooled[pooled["horizon_months"] <= horizon]
        for forecast in FORECASTS:
            own = near[near[column[forecast]].notna()]
            if own.empty:
                continue
            chance = own[column[forecast]].to_numpy(float)
            renewed = own["renewed"].to_numpy(bool)
            ours, unit = own["probability"].to_numpy(float), own["account_id"].to_numpy()
            gain = scores.brier_gain(ours, chance, renewed, unit, prob)
            score = scores.brier(chance, renewed)
            by_default = scores.brier(np.full(len(own), DEFAULT_RATE), renewed)
            c = scores.concordance(np.where(renewed, 2, 1), ~renewed, 1 - chance)
            other = gain if forecast != MODEL else (np.nan,) * 3
            skill = scores.skill(score, by_default)
            rows.append((horizon, forecast, len(own), score, skill, *other, c))
    columns = ["horizon_months", "forecast", "renewals", "brier", "skill"]
    return pd.DataFrame(rows, columns=[*columns, "gain", "low", "high", "c"])


def leaving_table(judged: Sequence[Judged], final_month: int) -> pd.DataFrame:
    """Tell how well subscriptions are ordered by who leaves first.

    Parameters
    ----------
    judged : sequence of Judged
        One per origin.
    final_month : int
        Number of the last month whose endings are settled; see `OriginPlan`.

    Returns
    -------
    DataFrame
        origin, horizon_months (until which endings are settled), subscriptions (that the contracts
        still know), left, c.
    """
    rows = []
    for one in judged:
        first = one.origin.stays.first_month
        months = min(one.origin.stays.months, final_month - first + 1)
        found = one.left["found"].to_numpy(bool)
        since = (one.left["left"][found] - first + 1).to_numpy(float, na_value=np.inf)
        event = since <= months
        # Whoever is found to have ended before the origin left in its first month.
        at = np.where(event, np.maximum(since, 1), months).astype("int64")
        risk = one.origin.gone[found, months - 1]
        c = scores.concordance(at, event, risk)
        rows.append((one.origin.day, months, len(event), int(event.sum()), c))
    return pd.DataFrame(rows, columns=["origin", "horizon_months", "subscriptions", "left", "c"])
