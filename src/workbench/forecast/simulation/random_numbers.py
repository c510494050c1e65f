"""Chance by name: a random number is a function of what it decides, not of when it is drawn.

`uniform(stream(seed, key, draw), purpose, count)` hashes its arguments. A subscription therefore
meets the same ones in a draw whatever else is simulated beside it, in whatever order and on however
many workers; two scenarios differ by what was changed and by nothing else (common random numbers).

The hash is SplitMix64's finaliser (Steele, Lea & Flood 2014, OOPSLA, section 5.1); the idea of
numbers by counter is that of Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.compiled import jit

_jit = jit(error_model="numpy", inline="never")

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_TWO_PI = 2 * np.pi

# Purposes: what a number decides. Those of levers follow, in `plans.levers.effects`.
FOR_LEAVING, FOR_OUTCOME, FOR_SIZE, FOR_RISE, FOR_PRICE, FOR_WAIT, FOR_AMOUNT, FOR_DOWN = range(8)
FOR_SALE_WAIT, FOR_SALE_SIZE, FOR_TERM, FOR_FIRST_SIZE, FOR_SHOCK = range(8, 13)


@_jit
def _mix(x):
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    return x ^ (x >> np.uint64(31))


@_jit
def stream(seed, key, draw):
    """Return the stream of one bearer (a subscription, an account, a quarter) in one draw.

    Parameters
    ----------
    seed : int, 0 or more
    key : uint64
        Of the bearer, see `key_of`.
    draw : int, 0 or more
        Number of the draw.

    Returns
    -------
    uint64
        Draws of one bearer, and bearers in one draw, have streams of their own.
    """
    mixed = _mix(np.uint64(seed) + _GOLDEN)
    mixed = _mix(mixed ^ np.uint64(key))
    return _mix(mixed + _GOLDEN * (np.uint64(draw) + np.uint64(1)))


@_jit
def uniform(of, purpose, count):
    """Return a number in the open interval 0 to 1.

    Parameters
    ----------
    of : uint64
        From `stream`.
    purpose : int, 0 or more
        What the number decides; one constant each.
    count : int, 0 to 4095
        How many numbers were drawn for the purpose before.

    Returns
    -------
    float64
        The same number for the same arguments.
    """
    position = np.uint64(purpose) * np.uint64(4096) + np.uint64(count) + np.uint64(1)
    bits = _mix(of + _GOLDEN * position) >> np.uint64(11)
    return (np.float64(bits) + 0.5) * 2.0**-53


@_jit
def normal(of, purpose, count):
    """Return a standard normal number, by Box and Muller from two uniforms.

    Parameters
    ----------
    of : uint64
        From `stream`.
    purpose : int, 0 or more
        What the number decides; one constant each.
    count : int, 0 to 2047
        How many numbers were drawn for the purpose before.

    Returns
    -------
    float64
        The same number for the same arguments.
    """
    radius = np.sqrt(-2 * np.log(uniform(of, purpose, 2 * count)))
    return radius * np.cos(_TWO_PI * uniform(of, purpose, 2 * count + 1))


@_jit
def _normals(seed, keys, draws, purpose):
    out = np.empty((draws, len(keys)))
    for d in range(draws):
        for k in range(len(keys)):
            out[d, k] = normal(stream(seed, keys[k], d), purpose, 0)
    return out


def normals(seed: int, keys: np.ndarray, draws: int, purpose: int) -> np.ndarray:
    """Return standard normal numbers by draw and key.

    Parameters
    ----------
    seed : int, 0 or more
    keys : ndarray of uint64, shape (key,)
        Of the bearers, see `key_of`.
    draws : int
        How many per key.
    purpose : int, 0 or more
        What they decide: other purposes are independent.

    Returns
    -------
    ndarray, shape (draw, key)

    Examples
    --------
    >>> keys = key_of(["a", "b"])
    >>> bool((normals(1, keys, 3, 0)[:, 1] == normals(1, keys[1:], 3, 0)[:, 0]).all())
    True
    """
    return _normals(np.uint64(seed), np.asarray(keys, dtype="uint64"), draws, purpose)


def key_of(names: object) -> np.ndarray:
    """Return a 64-bit key for each name, the same in every process and on every machine.

    Parameters
    ----------
    names : sequence of str
        One per bearer.
    """
    return pd.util.hash_array(np.asarray(names, dtype=object)).astype("uint64")
