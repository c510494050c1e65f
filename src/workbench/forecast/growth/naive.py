"""The naive forecast that stands beside ours: what was lost of late, applied to today's revenue."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.forecast.growth.movements import KINDS, bridge

LOSSES = ("churn", "contraction")
MOST_MONTHS = 36


def naive_forecast(
    moved: pd.DataFrame, first_month: int, months: int, observed_from: int
) -> pd.DataFrame:
    """Carry the rates of the last two or three years forward.

    Parameters
    ----------
    moved : DataFrame
        Movements until the as-of date, see `forecast.growth.movements.movements`.
    first_month : int
        First month to come.
    months : int
        How many to forecast.
    observed_from : int
        Losses before this month are not on record.

    Returns
    -------
    DataFrame
        month, horizon_months, kept (today's revenue less churn and contraction at their average
        monthly rate over the last 36 months, or as many as there are), closing (all movements at
        their average rates; new business at its average in money), in the currency's units.
    """
    start = max(observed_from, first_month - MOST_MONTHS)
    past = bridge(moved, start, first_month - 1)
    opening = past["opening"].to_numpy(float)
    whole = opening.sum()
    rate = {kind: past[kind].sum() / whole if whole else 0.0 for kind in KINDS}
    brought = (past["new"] + past["reactivation"]).mean() / 100
    today = float(moved["cents"].sum()) / 100
    stays = 1 + sum(rate[kind] for kind in LOSSES)
    grows = stays + rate["expansion"] + rate["price"]
    horizon = np.arange(1, months + 1)
    closing, worth = [], today
    for _ in horizon:
        worth = worth * grows + brought
        closing.append(worth)
    return pd.DataFrame(
        {
            "month": [month_label(first_month + h) for h in range(months)],
            "horizon_months": horizon,
            "kept": today * stays**horizon,
            "closing": closing,
        }
    )
