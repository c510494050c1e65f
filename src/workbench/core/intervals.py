"""The interval that every table of draws states: equal-tailed, the same one everywhere."""

from __future__ import annotations

import numpy as np
from arviz_stats.base.array import array_stats
from scipy.stats import beta


def interval(draws: np.ndarray, prob: float, axis: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the equal-tailed interval.

    Parameters
    ----------
    draws : ndarray, shape (draw, ...)
    prob : float
        Probability inside, 0 to 1.
    axis : int
        Along which the draws lie.

    Returns
    -------
    low, high : ndarray
        Without that dimension.

    Examples
    --------
    >>> [round(float(end), 6) for end in interval(np.arange(101), 0.9)]
    [5.0, 95.0]
    """
    low, high = np.moveaxis(array_stats.eti(draws, prob, axis=axis), -1, 0)
    return low, high


def share_interval(hits: int, cases: int, prob: float) -> tuple[float, float]:
    """Return the ends of Jeffreys' interval of a share (Brown, Cai & DasGupta 2001, section 3).

    Parameters
    ----------
    hits, cases : int
        How many of how many, which may be none.
    prob : float
        Probability inside, 0 to 1.

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> [round(end, 4) for end in share_interval(8, 10, 0.9)]
    [0.5475, 0.9398]
    """
    tail = (1 - prob) / 2
    low, high = beta.ppf([tail, 1 - tail], hits + 0.5, cases - hits + 0.5)
    return float(low), float(high)
