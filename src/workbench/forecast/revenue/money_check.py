"""Do changes move as much money as they did? What a size model misses when it forgets the amount.

Sizes are learnt as log-ratios, whatever the amount that changes. Where small contracts grow many
times over and large ones shrink back, as when unrelated contracts take turns to speak for one
product, that is wrong, and a forecast that compounds it explodes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.intervals import interval
from workbench.core.processes import (
    AMEND,
    CONTRACT,
    CROSS_SELL,
    PROCESS_TEXTS,
    REVENUE_PROCESSES,
)
from workbench.core.revenue_names import MOST_LOG_RATIO
from workbench.features.revenue_data import Covariates, RevenueData
from workbench.forecast.posterior.revenue import RevenueDraws, Reversion

SURE = 0.98  # probability inside the interval beyond which a difference is not chance


def money_check(draws: RevenueDraws, data: RevenueData, seed: int) -> pd.DataFrame:
    """Draw the size of every change anew, and set the money that all moved beside what was seen.

    Parameters
    ----------
    draws : RevenueDraws
    data : RevenueData
        What they were fitted to.
    seed : int
        Fixes every random number.

    Returns
    -------
    DataFrame
        changes, count, seen, expected (median), low, high (98 %): yearly revenue in the currency's
        units, lost by smaller next contracts, gained by all others; amendments that
        reduce are left out. factor: by how much what was seen lies beyond the interval, 1 inside
        it.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for process, (table, own, covariates) in data.sized.items():
        before = table["before"].to_numpy(float)[own] / 100
        seen = _moved(table["log_ratio"].to_numpy(float)[own], process) @ before
        ratio = _log_ratios(draws, process, covariates.take(own), rng)
        again = _moved(ratio, process) @ before
        middle, (low, high) = np.median(again), interval(again, SURE)
        factor = max(1.0, seen / high, low / seen) if seen > 0 and high > 0 else 1.0
        rows.append((PROCESS_TEXTS[process].changes, len(before), seen, middle, low, high, factor))
    columns = ["changes", "count", "seen", "expected", "low", "high", "factor"]
    return pd.DataFrame(rows, columns=columns)


def _log_ratios(
    draws: RevenueDraws, process: str, of: Covariates, rng: np.random.Generator
) -> np.ndarray:
    """Draw a log-ratio for every change, shape (draw, change); see `models.revenue.sizes`."""
    groups, term = of.group_idx, of.term_idx
    kind = REVENUE_PROCESSES.index(process)
    none = np.zeros((3, len(draws))), np.zeros((len(REVENUE_PROCESSES), len(draws))), np.zeros(1)
    reversion = draws.reversion or Reversion(*none)
    shape = (len(draws), len(groups))
    size = draws.size_mean[kind][:, None] + draws.size_term[kind][:, term]
    for column in groups.T:
        size += draws.size_group[kind][:, column]
    size += draws.size_sd[kind][:, None] * rng.normal(size=shape)
    if process == CROSS_SELL:
        return np.clip(size, -MOST_LOG_RATIO, MOST_LOG_RATIO)
    sign: np.ndarray | float = -1.0 if process == CONTRACT else 1.0
    if process == AMEND:
        share = draws.amend_down[:, term]
        fewer = share * np.exp(reversion.log_odds[2][:, None] * of.standing)
        sign = np.where(rng.random(shape) * (1 - share + fewer) < fewer, -1.0, 1.0)
    size -= sign * reversion.size[kind][:, None] * of.standing
    return sign * np.minimum(np.exp(np.minimum(size, MOST_LOG_RATIO)), draws.most_size)


def _moved(log_ratio: np.ndarray, process: str) -> np.ndarray:
    """Return the money lost by a contraction, or gained, per unit of what changes."""
    if process == CROSS_SELL:
        return np.exp(log_ratio)
    moved = np.expm1(log_ratio)
    return np.maximum(-moved if process == CONTRACT else moved, 0.0)
