"""What a number does beyond its line: natural cubic splines, the smoothest first."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.linalg import eigh, null_space

# Harrell (2015), Regression Modeling Strategies, section 2.4.6: places of five knots.
PLACES = (0.05, 0.275, 0.5, 0.725, 0.95)
FEWEST_VALUES = 6  # a number with fewer is a few levels, not a curve


def curve_basis(values: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Return curves that are orthogonal to the constant and the line, over the rows.

    They span what a natural cubic spline through the knots can do beyond a line. Each has mean
    square 1 over the rows before it is shortened by its bend, the integral of its squared second
    derivative: coefficients of one spread then mean the penalty of a smoothing spline (the basis of
    Demmler & Reinsch 1975, Numerische Mathematik 24, 375-382; the penalty of Wood 2017, Generalized
    Additive Models, section 5.3.1).

    Parameters
    ----------
    values : ndarray, shape (row,)
        The number, scaled; none missing.
    reach : float
        No curve is further from zero than this in any row.

    Returns
    -------
    knots : ndarray, shape (knot,)
        At quantiles of the rows; of the distinct values, where many rows share one.
    heights : ndarray, shape (knot, curve)
        Of each curve at the knots; the smoothest curve first, each above zero at the last knot.
        No curve where there are fewer than six distinct values.

    Examples
    --------
    >>> knots, heights = curve_basis(np.linspace(-1, 1, 101), reach=4.0)
    >>> knots.round(2).tolist(), heights.shape
    ([-0.9, -0.45, 0.0, 0.45, 0.9], (5, 3))
    >>> (heights[[0, 2, 4], 0] > 0).tolist()
    [True, False, True]
    """
    distinct, count = np.unique(values, return_counts=True)
    if len(distinct) < FEWEST_VALUES:
        return np.empty(0), np.empty((0, 0))
    knots = np.unique(np.quantile(values, PLACES))
    if len(knots) < len(PLACES):
        knots = np.quantile(distinct, PLACES)
    each = curve_values(distinct, knots, np.eye(len(knots)))
    gram = (each * count[:, None]).T @ each / count.sum()
    straight = np.column_stack([np.ones(len(knots)), knots])
    beyond = null_space(straight.T @ gram)
    bend, mix = eigh(beyond.T @ _bend(knots) @ beyond, beyond.T @ gram @ beyond)
    heights = beyond @ (mix * np.sqrt(bend[0] / bend))
    heights *= np.sign(heights[-1])
    largest = np.abs(curve_values(distinct, knots, heights)).max(axis=0)
    return knots, heights / np.maximum(largest / reach, 1.0)


def curve_values(values: np.ndarray, knots: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Return natural cubic splines at some values; beyond the outer knots they are lines.

    Parameters
    ----------
    values : ndarray, shape (value,)
        NaN stays NaN.
    knots : ndarray, shape (knot,)
        Increasing.
    heights : ndarray, shape (knot,) or (knot, curve)
        At the knots.

    Returns
    -------
    ndarray, shape (value,) or (value, curve)

    Examples
    --------
    >>> curve_values(np.array([-2.0, 0.0, 3.0]), np.array([-1.0, 0.0, 1.0]), np.array([2, 0, 2]))
    array([5., 0., 8.])
    """
    spline = CubicSpline(knots, heights, bc_type="natural")
    inside = np.clip(values, knots[0], knots[-1])
    over = (values - inside).reshape(-1, *[1] * (np.ndim(heights) - 1))
    return spline(inside) + np.where(over < 0, spline(knots[0], 1), spline(knots[-1], 1)) * over


def _bend(knots: np.ndarray) -> np.ndarray:
    """Return the integral of products of second derivatives, which are linear between knots."""
    second = CubicSpline(knots, np.eye(len(knots)), bc_type="natural")(knots, 2)
    width = np.diff(knots)
    share = np.zeros((len(knots), len(knots)))
    for at, wide in enumerate(width):
        share[at : at + 2, at : at + 2] += wide / 6 * np.array([[2.0, 1.0], [1.0, 2.0]])
    return second.T @ share @ second
