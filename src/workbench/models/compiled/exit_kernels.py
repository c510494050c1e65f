"""What one subscription adds to the likelihood: survival to its end, with a frailty."""

from __future__ import annotations

import numpy as np

from workbench.core.compiled import jit

_exact = jit(error_model="numpy")


@_exact
def log_survival(hazard: float, theta: float) -> tuple[float, float, float]:
    """Return f(L) and its derivatives by L and by theta; a series where theta L is small.

    Parameters
    ----------
    hazard : float
        Cumulative hazard L, at least 0.
    theta : float
        Variance of the frailty, at least 0.
    """
    x = theta * hazard
    if x < 1e-5:
        value = -hazard * (1 - x / 2 + x * x / 3)
        by_theta = hazard * hazard * (0.5 - 2 * x / 3)
    else:
        log1p = np.log1p(x)
        value = -log1p / theta
        by_theta = (log1p - x / (1 + x)) / (theta * theta)
    return value, -1 / (1 + x), by_theta


@_exact
def subscription(at_entry, at_last, at_end, event, theta):
    """Return the log-likelihood and its derivatives by L0, L1, L2 and theta.

    Parameters
    ----------
    at_entry, at_last, at_end : float
        L0, L1 and L2: cumulative hazards, rising.
    event : bool
        Whether it ended in its last row.
    theta : float
        Variance of the frailty, at least 0.

    Returns
    -------
    (float, float, float, float, float)
        The value, then the derivatives.
    """
    f0, d0, t0 = log_survival(at_entry, theta)
    f2, d2, t2 = log_survival(at_end, theta)
    if event > 0:
        f1, d1, t1 = log_survival(at_last, theta)
        odds = 1 / np.expm1(f1 - f2)
        value = f1 - f0 + np.log(-np.expm1(f2 - f1))
        return value, -d0, (1 + odds) * d1, -odds * d2, (1 + odds) * t1 - odds * t2 - t0
    return f2 - f0, -d0, 0.0, d2, t2 - t0
