"""Do changes move as much money as they did? What a size model misses when it forgets the amount.

Sizes are learnt as log-ratios, whatever the amount that changes. Where small contracts grow many
times over and large ones shrink back, as when unrelated contracts take turns to speak for one
product, that is wrong, and a forecast that compounds it explodes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core import revenue_names as names
from workbench.features.revenue_data import RevenueData
from workbench.forecast.posterior.revenue import RevenueDraws
from workbench.forecast.simulation.months import MOST_LOG_RATIO

WORDS = ("smaller renewals", "larger renewals", "amendments", "further products")
SURE = 0.98  # probability inside the interval beyond which a difference is not chance


def money_check(draws: RevenueDraws, data: RevenueData, seed: int) -> pd.DataFrame:
    """Draw the size of every change anew, and set the money that all moved beside what was seen.

    Parameters
    ----------
    draws : RevenueDraws
    data : RevenueData
        What they were fitted to.
    seed : int

    Returns
    -------
    DataFrame
        changes, count, seen, expected (median), low, high (98 %): yearly revenue in the currency's
        units, lost by smaller renewals, gained by all others; amendments that reduce are left out.
        factor: by how much what was seen lies beyond the interval, 1 inside it.
    """
    rng = np.random.default_rng(seed)
    renewed, amended, sold = data.renewals, data.amendments, data.cross_sales
    cases = (
        (renewed["outcome"] == "contraction", renewed, data.renewal_covariates),
        (renewed["outcome"] == "expansion", renewed, data.renewal_covariates),
        (amended["hit"], amended, data.amendment_covariates),
        (sold["hit"], sold, data.cross_sale_covariates),
    )
    rows = []
    for kind, (hit, table, covariates) in enumerate(cases):
        own = hit.to_numpy(bool)
        before = table["before"].to_numpy(float)[own] / 100
        seen = _moved(table["log_ratio"].to_numpy(float)[own], kind) @ before
        ratio = _log_ratios(draws, kind, (covariates.group_idx[own], covariates.term_idx[own]), rng)
        again = _moved(ratio, kind) @ before
        low, middle, high = np.quantile(again, [(1 - SURE) / 2, 0.5, (1 + SURE) / 2])
        factor = max(1.0, seen / high, low / seen) if seen > 0 and high > 0 else 1.0
        rows.append((WORDS[kind], len(before), seen, middle, low, high, factor))
    columns = ["changes", "count", "seen", "expected", "low", "high", "factor"]
    return pd.DataFrame(rows, columns=columns)


def _log_ratios(
    draws: RevenueDraws, kind: int, of: tuple[np.ndarray, np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    """Draw a log-ratio for every change, shape (draw, change); see `models.revenue.sizes`."""
    groups, term = of
    shape = (len(draws), len(groups))
    size = draws.size_mean[kind][:, None] + draws.size_term[kind][:, term]
    for column in groups.T:
        size += draws.size_group[kind][:, column]
    size += draws.size_sd[kind][:, None] * rng.normal(size=shape)
    if names.PROCESSES[kind] == names.CROSS_SELL:
        return np.clip(size, -MOST_LOG_RATIO, MOST_LOG_RATIO)
    ratio = np.exp(np.minimum(size, np.log(MOST_LOG_RATIO)))
    if names.PROCESSES[kind] == names.CONTRACT:
        return -ratio
    if names.PROCESSES[kind] == names.AMEND:
        return np.where(rng.random(shape) < draws.amend_down[:, term], -ratio, ratio)
    return ratio


def _moved(log_ratio: np.ndarray, kind: int) -> np.ndarray:
    """Return the money lost by a contraction, or gained, per unit of what changes."""
    if names.PROCESSES[kind] == names.CROSS_SELL:
        return np.exp(log_ratio)
    moved = np.expm1(log_ratio)
    return np.maximum(-moved if names.PROCESSES[kind] == names.CONTRACT else moved, 0.0)
