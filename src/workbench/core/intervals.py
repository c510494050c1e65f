"""The interval that every table of draws states: equal-tailed, the same one everywhere."""

from __future__ import annotations

import numpy as np
from arviz_stats.base.array import array_stats


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
