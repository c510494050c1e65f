"""Tenure as a smooth curve: its knots and its basis."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import BSpline

TENURE_KNOTS_MONTHS = (1, 3, 6, 12, 24, 36, 60, 96)


def tenure_basis(max_tenure_months: int) -> np.ndarray:
    """Evaluate a cubic B-spline in log tenure for every tenure from 0 to the longest.

    Knots stand at 1, 3, 6, 12, 24, 36, 60 and 96 months, as far as the data reach: leaving changes
    faster early than late.

    Parameters
    ----------
    max_tenure_months : int
        Longest tenure to be asked for; below 4, knots reach to 4.

    Returns
    -------
    ndarray, shape (max_tenure_months + 1, function)
    """
    top = max(max_tenure_months, 4)
    inner = [knot for knot in TENURE_KNOTS_MONTHS[1:] if knot < 0.8 * top]
    points = np.log(np.array([1, *inner, top], float))
    knots = np.concatenate([[points[0]] * 3, points, [points[-1]] * 3])
    tenure = np.clip(np.arange(max_tenure_months + 1), 1, top)
    return BSpline.design_matrix(np.log(tenure), knots, 3).toarray()
