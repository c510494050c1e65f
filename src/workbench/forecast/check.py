"""Does the model describe the past it was fitted to? Observed endings beside replicated ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.features.design import Design
from workbench.forecast.survival import Draws, row_hazard


def month_probability(draws: Draws, design: Design) -> np.ndarray:
    """Return the probability of ending in each row, given that the subscription reached it.

    Returns
    -------
    ndarray of float32, shape (draw, row)
        1 - S(after) / S(before), with the frailty's distribution among those who reached the row.
    """
    out = np.empty((len(draws), len(design.cell_idx)), dtype="float32")
    starts = np.repeat(design.row_start, design.row_end - design.row_start)
    for d in range(len(draws)):
        one = draws.take(slice(d, d + 1))
        hazard = row_hazard(one, design)[0]
        total = np.concatenate([[0.0], np.cumsum(hazard)])
        before = total[:-1] - total[starts]
        theta = max(float(one.frailty[0]), 1e-8)
        out[d] = -np.expm1(-np.log1p(theta * hazard / (1 + theta * before)) / theta)
    return out


def endings_check(
    draws: Draws, design: Design, rows: pd.DataFrame, rng: np.random.Generator, prob: float
) -> pd.DataFrame:
    """Compare observed endings with replicated ones in ten groups of rising risk.

    The groups are cut so that each expects about the same number of endings: a model that is too
    sure of itself sees too few endings among its safest rows and too many among its riskiest.

    Parameters
    ----------
    draws : Draws
        A few hundred are enough.
    design : Design
    rows : DataFrame
        The at-risk rows that the design was built from.
    rng : Generator
        Of the replications.
    prob : float
        Probability inside the interval.

    Returns
    -------
    DataFrame
        group (1 to 10, safest first), rows, risk (mean monthly probability), observed, expected,
        low, high (posterior predictive interval), inside.
    """
    chance = month_probability(draws, design)
    observed = rows["observed"].to_numpy(bool)
    event = rows["event"].to_numpy(bool)
    mean = np.where(observed, chance.mean(axis=0), 0.0)
    order = np.argsort(mean, kind="stable")
    reached = np.cumsum(mean[order]) / mean.sum()
    group = np.empty(len(mean), dtype="int64")
    group[order] = np.minimum((reached * 10).astype("int64"), 9)
    group[~observed] = -1
    replicated = rng.random(chance.shape, dtype="float32") < chance
    tail = (1 - prob) / 2
    table = []
    for g in range(10):
        inside = group == g
        counts = replicated[:, inside].sum(axis=1)
        low, high = np.quantile(counts, [tail, 1 - tail])
        seen = int(event[inside].sum())
        table.append(
            (g + 1, int(inside.sum()), mean[inside].mean(), seen, counts.mean(), low, high)
        )
    columns = ["group", "rows", "risk", "observed", "expected", "low", "high"]
    check = pd.DataFrame(table, columns=columns)
    check["inside"] = check["observed"].between(check["low"], check["high"])
    return check
