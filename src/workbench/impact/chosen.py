"""Whether plans pay more where there is potential than where much was bought before.

Of the customers of half a year ago, those with most in open offers and those with most revenue are
taken, half of the customers each at most. In each, accounts that had a plan are set against those
that had none by what became of their revenue. It is association: nobody tossed a coin for plans.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.intervals import interval
from workbench.impact.practice import PracticeFacts

CHOSEN_BY = {"potential": "growth potential", "arr": "purchase history"}
DIFFERENCE = "potential instead of purchase history"
COLUMNS = [
    "chosen_by", "planned", "unplanned", "change_with", "change_without", "gap", "gap_low",
    "gap_high",
]  # fmt: skip
_LEAST = 5  # accounts on either side
_RESAMPLES = 2000


def choice_table(before: PracticeFacts, arr_now: pd.Series, prob: float) -> pd.DataFrame:
    """Compare how revenue changed with a plan and without, by how accounts might be chosen.

    Parameters
    ----------
    before : PracticeFacts
        Of half a year ago.
    arr_now : Series
        Today's yearly revenue by account_id; who left is not in it.
    prob : float
        Probability inside the intervals, which are over resampled accounts.

    Returns
    -------
    DataFrame
        One row per way of choosing, then their difference: chosen_by, planned, unplanned
        (accounts), change_with, change_without (of their summed revenue in half a year, -1 where
        all left), gap (between them), gap_low, gap_high; missing with fewer than five accounts on
        either side.
    """
    table = before.table
    then = table["arr"].fillna(0).to_numpy("float64")
    now = table["account_id"].map(arr_now).fillna(0).to_numpy("float64")
    planned = table["has_plan"].fillna(False).to_numpy(bool)
    groups = {name: _top_half(table[name].fillna(0).to_numpy("float64")) for name in CHOSEN_BY}
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, max(len(table), 1), (_RESAMPLES, len(table)))
    weight = np.stack([np.bincount(one, minlength=len(table)) for one in drawn])
    rows, gaps, enough = [], [], True
    for name, words in CHOSEN_BY.items():
        sides = groups[name] & planned, groups[name] & ~planned
        counts = tuple(int(side.sum()) for side in sides)
        found = [float(_change(side[None], then, now)[0]) for side in sides]
        again = [_change(weight * side, then, now) for side in sides]
        gaps.append((found[0] - found[1], again[0] - again[1]))
        enough &= min(counts) >= _LEAST
        told = _told(gaps[-1], prob) if min(counts) >= _LEAST else (np.nan,) * 3
        rows.append((words, *counts, *found, *told))
    apart = gaps[0][0] - gaps[1][0], gaps[0][1] - gaps[1][1]
    told = _told(apart, prob) if enough else (np.nan,) * 3
    rows.append((DIFFERENCE, *[rows[0][at] + rows[1][at] for at in (1, 2)], np.nan, np.nan, *told))
    return pd.DataFrame(rows, columns=COLUMNS)


def _top_half(values: np.ndarray) -> np.ndarray:
    """Tell which half has most; who has nothing is never in it."""
    place = np.argsort(np.argsort(-values, kind="stable"), kind="stable")
    return (place < (len(values) + 1) // 2) & (values > 0)


def _change(weight: np.ndarray, then: np.ndarray, now: np.ndarray) -> np.ndarray:
    before = weight @ then
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(before > 0, weight @ now / before - 1, np.nan)


def _told(gap: tuple[float, np.ndarray], prob: float) -> tuple[float, float, float]:
    low, high = interval(gap[1][~np.isnan(gap[1])], prob)
    return gap[0], float(low), float(high)
