"""Log-likelihood of customers added and lost by period, and its exact gradient, as one kernel.

In PyTensor's own operations the same took 40 s to compile, ten times longer than to sample.
"""

from __future__ import annotations

import math

import numpy as np

from workbench.core.compiled import jit
from workbench.models.compiled.log_likelihood import CompiledLogLikelihood

AGE = 2.0
"""Years, at which the hazard is told: about where customers of most books are."""

# Gauss-Legendre on [0, 1], three nodes.
_NODES = (0.5 - math.sqrt(0.15), 0.5, 0.5 + math.sqrt(0.15))
_WEIGHTS = (5 / 18, 8 / 18, 5 / 18)


@jit(error_model="numpy")
def kept_shares(retention, count, per_year):
    """Return the share still there of those who came evenly over one period, by periods since.

    A new customer may leave fastest of all, with a hazard that is infinite at age 0: the mean over
    the period is taken in the square root of the age, where it is smooth.

    Parameters
    ----------
    retention : ndarray, shape (2,)
        Log of the yearly hazard at `AGE`, log of the Weibull shape.
    count : int
        Of shares: after 0, 1, ... whole periods since their own ended.
    per_year : float
        Periods in a year.

    Returns
    -------
    kept : ndarray, shape (count,)
    slope : ndarray, shape (count, 2)
        By `retention`.
    """
    shape = math.exp(retention[1])
    kept, slope = np.zeros(count), np.zeros((count, 2))
    for k in range(count):
        for node, weight in zip(_NODES, _WEIGHTS):  # noqa: B905, numba knows no strict
            power = shape * math.log((k + node * node) / per_year / AGE)
            cumulative = math.exp(retention[0] - retention[1] + power) * AGE
            stays = 2 * node * weight * math.exp(-cumulative)
            kept[k] += stays
            slope[k, 0] -= stays * cumulative
            slope[k, 1] -= stays * cumulative * (power - 1)
    return kept, slope


@jit(error_model="numpy")
def expected_alive(kept, before, added, opening):
    """Return how many are expected to be there before each period, and after the last.

    Parameters
    ----------
    kept : ndarray
        See `kept_shares`.
    before : ndarray, shape (period before,)
        Log of additions before the first row, the latest first, up to a constant.
    added : ndarray, shape (period,)
        Customers added.
    opening : float
        Customers before the first row.

    Returns
    -------
    alive, stock : ndarray, shape (period + 1,)
        All, and those of before, the latter up to the constant.
    """
    periods = len(added)
    alive, stock = np.zeros(periods + 1), np.zeros(periods + 1)
    for q in range(periods + 1):
        for k in range(len(before)):
            stock[q] += math.exp(before[k]) * kept[k + q]
        alive[q] = opening * stock[q] / stock[0]
        for c in range(q):
            alive[q] += added[c] * kept[q - 1 - c]
    return alive, stock


@jit(error_model="numpy")
def expected_lost(kept, alive, added, there):
    """Return losses expected in each period, of those really there before it and those added.

    Parameters
    ----------
    kept, alive, added
        See `expected_alive`.
    there : ndarray, shape (period,)
        Customers really there before each period.

    Returns
    -------
    ndarray, shape (period,)
    """
    expected = added * (1 - kept[0])
    for q in range(len(added)):
        if alive[q] > 0:
            expected[q] += there[q] * (1 - (alive[q + 1] - added[q] * kept[0]) / alive[q])
    return np.maximum(expected, 1e-9)


@jit(error_model="numpy")
def _by_retention_and_before(by_expected, kept, slope, before, alive, stock, added, there, opening):
    """Carry a gradient by the expected losses back to `retention` and `before`."""
    periods, vintages = len(added), len(before)
    by_alive, by_stock = np.zeros(periods + 1), np.zeros(periods + 1)
    by_kept, by_before = np.zeros(len(kept)), np.zeros(vintages)
    for q in range(periods):
        by_kept[0] -= by_expected[q] * added[q]
        if alive[q] > 0:
            rate = by_expected[q] * there[q] / alive[q]
            by_alive[q + 1] -= rate
            by_alive[q] += rate * (alive[q + 1] - added[q] * kept[0]) / alive[q]
            by_kept[0] += rate * added[q]
    for q in range(periods + 1):
        by_stock[q] += by_alive[q] * opening / stock[0]
        by_stock[0] -= by_alive[q] * opening * stock[q] / stock[0] ** 2
        for c in range(q):
            by_kept[q - 1 - c] += by_alive[q] * added[c]
    for k in range(vintages):
        weight = math.exp(before[k])
        for q in range(periods + 1):
            by_kept[k + q] += by_stock[q] * weight
            by_before[k] += by_stock[q] * weight * kept[k + q]
    return slope.T @ by_kept, by_before


@jit(error_model="numpy")
def value_and_gradients(retention, before, multiplier, noise, flows, there, constants):
    """Return the log-likelihood and its gradients by the first four.

    Parameters
    ----------
    retention, before, there
        See `kept_shares`, `expected_alive` and `expected_lost`.
    multiplier : ndarray, shape (2, period)
        Log of additions, and of what losses are as a multiple of those expected.
    noise : ndarray, shape (2,)
        Standard deviation of each flow as a share of its mean, beside its customers' chance.
    flows : ndarray, shape (2, period)
        Customers added and lost.
    constants : ndarray, shape (4,)
        Opening, periods in a year, customers per unit, variance of rounding.

    Returns
    -------
    (float, ndarray, ndarray, ndarray, ndarray)
    """
    opening, per_year, per_unit, rounding = constants
    added = flows[0]
    periods = len(added)
    kept, slope = kept_shares(retention, len(before) + periods + 1, per_year)
    alive, stock = expected_alive(kept, before, added, opening)
    expected = expected_lost(kept, alive, added, there)
    total, by_expected = 0.0, np.zeros(periods)
    by_multiplier, by_noise = np.zeros_like(multiplier), np.zeros(2)
    for f in range(2):
        for q in range(periods):
            mean = math.exp(multiplier[f, q]) * (expected[q] if f == 1 else 1.0)
            spread = (noise[f] * mean) ** 2
            variance = mean / per_unit + spread + rounding
            off = flows[f, q] - mean
            total -= 0.5 * (math.log(2 * math.pi * variance) + off * off / variance)
            by_variance = 0.5 * (off * off / variance - 1) / variance
            by_multiplier[f, q] = off / variance * mean
            by_multiplier[f, q] += by_variance * (mean / per_unit + 2 * spread)
            by_noise[f] += by_variance * 2 * noise[f] * mean * mean
            if f == 1:
                by_expected[q] = by_multiplier[f, q] / expected[q]
    by_retention, by_before = _by_retention_and_before(
        by_expected, kept, slope, before, alive, stock, added, there, opening
    )
    return np.asarray(total), by_retention, by_before, by_multiplier, by_noise


class FlowLogLikelihood(CompiledLogLikelihood):
    """Log-likelihood of customers added and lost, with its gradients as further outputs."""

    parameters = ("retention", "before", "multiplier", "noise")
    data = ("flows", "there", "constants")
    kernel = staticmethod(value_and_gradients)


flow_log_likelihood = FlowLogLikelihood()
