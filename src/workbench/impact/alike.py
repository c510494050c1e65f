"""Two groups set against each other, alike in what was known: standardised, with an interval."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtri

from workbench.impact.weights import logistic, with_intercept

LEAST = 20  # on either side; fewer tell nothing
_GROUPS = 40  # of accounts that are left out together


def standardised_chances(
    outcome: np.ndarray, flag: np.ndarray, known: np.ndarray, over: np.ndarray | None = None
) -> tuple[float, float]:
    """Return the chance of an outcome with the flag and without, of the same rows.

    Parameters
    ----------
    outcome, flag : ndarray of bool, shape (row,)
    known : ndarray, shape (row, covariate)
        Standardised.
    over : ndarray of bool, shape (row,), optional
        Rows over which both chances are averaged; left out, all of them.

    Returns
    -------
    flagged, not_flagged : float
        Between 0 and 1, by a logistic model under weak normal priors (g-computation).
    """
    design = with_intercept(np.column_stack([flag, known]))
    beta = logistic(design, outcome)
    some = design if over is None else design[over]
    chances = []
    for value in (1.0, 0.0):
        some[:, 1] = value
        chances.append(float((1 / (1 + np.exp(-some @ beta))).mean()))
    return chances[0], chances[1]


def jackknifed(
    estimate: Callable[[np.ndarray], float], account: np.ndarray, prob: float
) -> tuple[float, float, float]:
    """Return an estimate with its interval by leaving out groups of accounts.

    Parameters
    ----------
    estimate : callable
        Takes which rows count (ndarray of bool), returns a number.
    account : ndarray of int, shape (row,)
        Position of the row's account, from 0.
    prob : float
        Probability inside the interval.

    Returns
    -------
    value, low, high : float
    """
    value = estimate(np.ones(len(account), dtype=bool))
    groups = min(_GROUPS, int(account.max()) + 1)
    without = np.array([estimate(account % groups != group) for group in range(groups)])
    error = float(np.sqrt((groups - 1) / groups * ((without - without.mean()) ** 2).sum()))
    reach = float(ndtri((1 + prob) / 2)) * error
    return value, value - reach, value + reach
