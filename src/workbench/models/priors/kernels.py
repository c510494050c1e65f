"""Log-densities of priors on the unbounded line, with their gradients, as one compiled pass.

The change of variables is part of them: of x = exp(v) where the prior is that of a spread, and of
x = 1 / (1 + exp(-v)) where it is a beta.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import betaln, gammaln

from workbench.core.compiled import jit

NORMAL, HALF_NORMAL, BETA, SHARED = 0, 1, 2, 3

_jit = jit(error_model="numpy", nogil=True)


def log_constant(kind: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    """Return what `add_priors` leaves out: the logs of the densities' constants, added up.

    Parameters
    ----------
    kind : ndarray of int, shape (parameter,)
        NORMAL, HALF_NORMAL, BETA or SHARED.
    first, second : ndarray, shape (parameter,)
        Parameters of the priors; the second is not read where there is one.
    """
    normal, half, beta, shared = (kind == one for one in (NORMAL, HALF_NORMAL, BETA, SHARED))
    total = -0.5 * math.log(2 * math.pi) * normal.sum() - np.log(second[normal]).sum()
    total += np.log(math.sqrt(2 / math.pi) / first[half]).sum()
    total -= betaln(first[beta], second[beta]).sum()
    if shared.any():
        share = second[shared]
        total += gammaln(share.sum()) - gammaln(share).sum() + (len(share) - 1) * math.log(2)
        total -= math.log(first[shared][0])
    return float(total)


@_jit
def _of_total(vector, kind, first, second):
    """Return what spreads that share a total have together: density, log of the root, pull."""
    largest, shares = -1, 0.0
    for j in range(len(vector)):
        if kind[j] == SHARED:
            shares += second[j]
            if largest < 0 or vector[j] > vector[largest]:
                largest = j
    if largest < 0:
        return 0.0, 0.0, 0.0
    square = 0.0
    for j in range(len(vector)):
        if kind[j] == SHARED:
            square += np.exp(2 * (vector[j] - vector[largest]))
    log_root = vector[largest] + 0.5 * np.log(square)
    far = np.exp(log_root) / first[largest]
    return -far - (2 * shares - 1) * log_root, log_root, far + 2 * shares - 1


@_jit
def add_priors(vector, kind, first, second, slope, gradient):
    """Return the log-priors up to a constant; complete the gradient of the density.

    Parameters
    ----------
    vector : ndarray, shape (parameter,)
        On the unbounded line.
    kind : ndarray of int, shape (parameter,)
        NORMAL, HALF_NORMAL, BETA or SHARED. All that are SHARED are spreads of one total: the
        root of the sum of their squares is exponential with the mean `first`, and the shares of
        the squares are Dirichlet with the parameters `second`.
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
    total, log_root, pull = _of_total(vector, kind, first, second)
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
        elif kind[j] == SHARED:
            x = np.exp(v)
            total += 2 * second[j] * v
            gradient[j] = slope[j] * x + 2 * second[j] - pull * np.exp(2 * (v - log_root))
        else:
            # log x = -log(1 + exp(-v)), log(1 - x) = log x - v.
            log_x = min(v, 0.0) - np.log1p(np.exp(-abs(v)))
            x = np.exp(log_x)
            total += (first[j] + second[j]) * log_x - second[j] * v
            gradient[j] = slope[j] * x * (1 - x) + first[j] - (first[j] + second[j]) * x
    return total
