"""Survival under a gamma frailty, given what was survived: the formula and its inverse.

For a subscription with cumulative hazard P so far and A over the months to come, and a frailty of
mean 1 and variance theta,

    S = ((1 + theta (P + A)) / (1 + theta P)) ** (-1 / theta),

since the frailty of a survivor is again a gamma, with shape 1 / theta and rate 1 / theta + P
(Vaupel, Manton & Stallard 1979, Demography 16, 439-454): who has survived much is less frail.

Each function stands here once, for arrays; numba compiles the same lines for the simulation. The
likelihood has a form of its own, with derivatives (`models.compiled.hazard_kernels`), and so has
the fast approximation, in single precision (`plans.evaluate.fast_kernel`): tests hold all
three together.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.core.compiled import jit

_jit = jit(error_model="numpy", nogil=True)


def log_conditional_survival(survived: Any, ahead: Any, frailty: Any) -> Any:
    """Return log S; see the module. Without frailty it is ``-ahead``.

    Parameters
    ----------
    survived : float or ndarray, 0 or more
        P, the cumulative hazard so far.
    ahead : float or ndarray, 0 or more
        A, the cumulative hazard to come.
    frailty : float or ndarray, 0 or more
        theta, its variance.

    Returns
    -------
    float or ndarray
        0 or less; of the parameters' common shape.
    """
    theta = np.maximum(frailty, 1e-8)
    return -np.log1p(theta * ahead / (1 + theta * survived)) / theta


def cumulative_hazard(survived: Any, survival: Any, frailty: Any) -> Any:
    """Return the hazard ahead at which that survival is reached: the inverse by `ahead`.

    Parameters
    ----------
    survived, frailty : float or ndarray, 0 or more
        As for `log_conditional_survival`.
    survival : float or ndarray, above 0 and at most 1

    Returns
    -------
    float or ndarray
        0 or more.

    Examples
    --------
    >>> float(cumulative_hazard(2.0, 0.6, 1.0).round(4))
    2.0
    """
    theta = np.maximum(frailty, 1e-8)
    return (1 + theta * survived) / theta * np.expm1(-theta * np.log(survival))


compiled_log_survival = _jit(log_conditional_survival)
compiled_cumulative_hazard = _jit(cumulative_hazard)


def conditional_survival(
    survived: np.ndarray | float, ahead: np.ndarray | float, frailty: np.ndarray | float
) -> np.ndarray:
    """Return S(ahead | survived) under a gamma frailty of that variance; exp(-ahead) at zero.

    Parameters
    ----------
    survived : ndarray
        Cumulative hazard so far, 0 or more.
    ahead : ndarray
        Cumulative hazard to come, 0 or more.
    frailty : ndarray
        Variance of the frailty, 0 or more; the three are broadcast to one shape.

    Examples
    --------
    >>> float(conditional_survival(np.array(0.5), np.array(1.0), np.array(0.0)).round(4))
    0.3679
    >>> float(conditional_survival(np.array(2.0), np.array(2.0), np.array(1.0)).round(4))
    0.6
    """
    return np.exp(log_conditional_survival(survived, ahead, frailty))
