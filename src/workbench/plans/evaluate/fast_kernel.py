"""The compiled fast approximation: monthly hazards, moved by levers, to chances and revenue.

Everything lies with the draws innermost, so that eight or sixteen of them go through the arithmetic
at once. The exponential and the logarithm are polynomials for that reason (a library's would be
called draw by draw): their relative error stays below 4e-7, that of single precision. The
library's took 14 times as long for the exponential and 28 times for the logarithm; Intel's vector
library (SVML), which would do the same, is not built into the LLVM of llvmlite's wheels.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba.core import types
from numba.extending import intrinsic

from workbench.core.compiled import jit

# What may change order is sums and products; infinities and NaN keep their meaning.
_jit = jit(error_model="numpy", nogil=True, fastmath={"reassoc", "contract", "arcp", "nsz"})
_inline = jit(error_model="numpy", inline="always")

_ONE, _HALF = np.float32(1), np.float32(0.5)
_LOG2_E, _LN_2 = np.float32(1.4426950408889634), np.float32(0.6931471805599453)
_LN_2_HIGH, _LN_2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
_LOWEST, _HIGHEST = np.float32(-87), np.float32(30)
_MANTISSA, _EXPONENT_OF_HALF = np.int32(0x007FFFFF), np.int32(0x3F000000)
_ROOT_HALF = np.float32(0.70710678)


class FastShifts(NamedTuple):
    """What levers do to the log-hazard of line j in month h and draw d, and to its revenue.

    They add the sum over k of size[k, j] effect[k, h, d]; lever k in the month `only[k, j]` alone,
    unless that is -1.

    Parameters
    ----------
    size : ndarray of float32, shape (lever, line)
    only : ndarray of int64, shape (lever, line)
    effect : ndarray of float32, shape (lever, month, draw)
    worth : ndarray of float32, shape (line, month)
        Revenue while the line runs.
    """

    size: np.ndarray
    only: np.ndarray
    effect: np.ndarray
    worth: np.ndarray


@intrinsic
def _bits(typing, x):
    def code(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], context.get_value_type(types.int32))

    return types.int32(types.float32), code


@intrinsic
def _number(typing, bits):
    def code(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], context.get_value_type(types.float32))

    return types.float32(types.int32), code


@_inline
def exp(x):
    """Return e to the power of a single-precision number, cut to -87 to 30.

    The reduction and the polynomial are those of Cephes (Moshier 1989, expf).

    Parameters
    ----------
    x : float32

    Returns
    -------
    float32
    """
    x = min(max(x, _LOWEST), _HIGHEST)
    n = np.floor(x * _LOG2_E + _HALF)
    r = x - n * _LN_2_HIGH - n * _LN_2_LOW
    p = np.float32(1.9875691500e-4)
    p = p * r + np.float32(1.3981999507e-3)
    p = p * r + np.float32(8.3334519073e-3)
    p = p * r + np.float32(4.1665795894e-2)
    p = p * r + np.float32(1.6666665459e-1)
    p = p * r + np.float32(5.0000001201e-1)
    p = p * r * r + r + _ONE
    return p * _number((np.int32(n) + np.int32(127)) << np.int32(23))  # pyright: ignore[reportCallIssue]


@_inline
def log1p(x):
    """Return the logarithm of 1 + x for a single-precision x of 0 or more (Cephes, logf).

    Parameters
    ----------
    x : float32, 0 or more

    Returns
    -------
    float32
    """
    bits = _bits(_ONE + x)  # pyright: ignore[reportCallIssue]
    e = np.float32((bits >> np.int32(23)) - np.int32(126))
    m = _number((bits & _MANTISSA) | _EXPONENT_OF_HALF)
    low = m < _ROOT_HALF
    e = e - _ONE if low else e
    m = m + m - _ONE if low else m - _ONE
    # Below the root of 2 the mantissa is x itself; taken from 1 + x it would have lost its digits.
    m = x if e == 0 else m
    p = np.float32(7.0376836292e-2)
    p = p * m + np.float32(-1.1514610310e-1)
    p = p * m + np.float32(1.1676998740e-1)
    p = p * m + np.float32(-1.2420140846e-1)
    p = p * m + np.float32(1.4249322787e-1)
    p = p * m + np.float32(-1.6668057665e-1)
    p = p * m + np.float32(2.0000714765e-1)
    p = p * m + np.float32(-2.4999993993e-1)
    p = p * m + np.float32(3.3333331174e-1)
    z = m * m
    return p * m * z - _HALF * z + m + e * _LN_2


@_jit
def _move(into, shifts, k, j, h):
    size = shifts.size[k, j]
    if size != 0 and (shifts.only[k, j] < 0 or shifts.only[k, j] == h):
        effect = shifts.effect[k, h]
        for d in range(len(into)):
            into[d] += size * effect[d]
        return True
    return False


@_jit
def _add_hazard(ahead, moved, now, shifts, j, h):
    moved[:] = 0
    any_moved = False
    for k in range(shifts.size.shape[0]):
        any_moved |= _move(moved, shifts, k, j, h)
    if any_moved:
        for d in range(len(ahead)):
            ahead[d] += now[d] * exp(moved[d])
    else:
        for d in range(len(ahead)):
            ahead[d] += now[d]


@_jit
def pass_lines(hazard, scale, power, begin, due, shifts, first, last, stays, revenue, renews, each):
    """Add up the accounts from `first` to before `last`: into the four arrays at the end.

    Parameters
    ----------
    hazard : ndarray of float32, shape (line, month, draw)
        Monthly, as things stand.
    scale : ndarray of float32, shape (line, draw)
        theta / (1 + theta P) of `forecast.posterior.frailty.conditional_survival`.
    power : ndarray of float32, shape (draw,)
        -1 / theta.
    begin : ndarray of int64, shape (account + 1,)
        Where the lines of each account begin.
    due : ndarray of int64, shape (account,)
        Position of the month of each account's next renewal.
    shifts : FastShifts
    first, last : int
        Positions of accounts.
    stays, revenue : ndarray of float32, shape (month, draw)
        Accounts still there, and yearly revenue; added to.
    renews : ndarray of float32, shape (draw,)
        Accounts still there after their next renewal; added to.
    each : ndarray of float32, shape (account, month)
        Mean over the draws of the probability that the account is still a customer.
    """
    months, draws = hazard.shape[1], hazard.shape[2]
    moved, ahead = np.empty(draws, np.float32), np.empty(draws, np.float32)
    gone = np.empty((months, draws), np.float32)
    for a in range(first, last):
        for j in range(begin[a], begin[a + 1]):
            ahead[:] = 0
            for h in range(months):
                _add_hazard(ahead, moved, hazard[j, h], shifts, j, h)
                worth = shifts.worth[j, h]
                _add_outcome(ahead, scale[j], power, worth, revenue[h], gone[h], j == begin[a])
        for h in range(months):
            total = np.float32(0)
            for d in range(draws):
                there = _ONE - gone[h, d]
                stays[h, d] += there
                total += there
            each[a, h] = total / np.float32(draws)
        for d in range(draws):
            renews[d] += _ONE - gone[due[a], d]


@_jit
def _add_outcome(ahead, scale, power, worth, revenue, gone, first):
    for d in range(len(ahead)):
        alive = exp(power[d] * log1p(ahead[d] * scale[d]))
        revenue[d] += worth * alive
        gone[d] = (_ONE - alive) if first else gone[d] * (_ONE - alive)


@_jit
def fill_hazard(own, strength, shared, shaken, tenure, to_end, term, term_group, out):
    """Fill the monthly hazards of lines as things stand.

    Parameters
    ----------
    own, strength : ndarray of float32, shape (line, draw)
        Predictor of leaving without signals, and that of the signals read today.
    shared : tuple of ndarray of float32
        Exit, tenure, shock and fade of leaving, each with the draws last; shocks by level first.
    shaken : ndarray of int64, shape (line,)
        Level of each line's shocks.
    tenure, to_end, term, term_group : ndarray of int64, shape (line,)
        In the first month to come; they go on as in `forecast.simulation.line.simulate_line`.
    out : ndarray of float32, shape (line, month, draw)
        Filled in place.
    """
    exits, by_tenure, shock, fade = shared
    for j in range(len(tenure)):
        left = to_end[j]
        for h in range(out.shape[1]):
            ends = left == 0 and term_group[j] > 0
            kind = 0 if term_group[j] == 0 else term_group[j] + (0 if ends else 4)
            age = min(max(tenure[j] + h, 0), by_tenure.shape[0] - 1)
            for d in range(out.shape[2]):
                eta = exits[kind, d] + by_tenure[age, d] + shock[shaken[j], h, d]
                out[j, h, d] = exp(eta + own[j, d] + strength[j, d] * fade[h, d])
            left = term[j] - 1 if ends else left - 1
