"""Log-densities of priors on the unbounded line, with their gradients, as one compiled pass.

The change of variables is part of them: of x = exp(v) where the prior is half-normal, and of
x = 1 / (1 + exp(-v)) where it is a beta.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import betaln

from workbench.core.compiled import jit

NORMAL, HALF_NORMAL, BETA = 0, 1, 2

_jit = jit(error_model="numpy", nogil=True)


def log_constant(kind: int, first: np.ndarray, second: np.ndarray) -> float:
    """Return what `add_priors` leaves out: the logs of the densities' constants, added up.

    Parameters
    ----------
    kind : int
        NORMAL, HALF_NORMAL or BETA.
    first, second : ndarray, shape (parameter,)
        Parameters of the priors; the second is not read where there is one.
    """
    if kind == NORMAL:
        return -0.5 * math.log(2 * math.pi) * len(first) - float(np.log(second).sum())
    if kind == HALF_NORMAL:
        return float(np.log(math.sqrt(2 / math.pi) / first).sum())
    return -float(betaln(first, second).sum())


@_jit
def add_priors(vector, kind, first, second, slope, gradient):
    """Return the log-priors up to a constant; complete the gradient of the density.

    Parameters
    ----------
    vector : ndarray, shape (parameter,)
        On the unbounded line.
    kind : ndarray of int, shape (parameter,)
        NORMAL, HALF_NORMAL or BETA.
    first, second : ndarray, shape (parameter,)
        Parameters of the priors; the second is not read where there is one.
    slope : ndarray, shape (parameter,)
        Gradient of the log-likelihood by the model's own parameters.
    gradient : ndarray, shape (parameter,)
        Is filled: of log-likelihood and priors by `vector`.

    Returns
    -------
    float
        With the logarithm of the change of variables.
    """
    total = 0.0
    for j in range(len(vector)):
        v = vector[j]
        if kind[j] == NORMAL:
            z = (v - first[j]) / second[j]
            total -= 0.5 * z * z
            gradient[j] = slope[j] - z / second[j]
        elif kind[j] == HALF_NORMAL:
            x = np.exp(v)
            square = (x / first[j]) ** 2
            total += v - 0.5 * square
            gradient[j] = slope[j] * x + 1 - square
        else:
            # log x = -log(1 + exp(-v)), log(1 - x) = log x - v.
            log_x = min(v, 0.0) - np.log1p(np.exp(-abs(v)))
            x = np.exp(log_x)
            total += (first[j] + second[j]) * log_x - second[j] * v
            gradient[j] = slope[j] * x * (1 - x) + first[j] - (first[j] + second[j]) * x
    return total
