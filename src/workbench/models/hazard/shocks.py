"""Shocks that last: what is new in a quarter, and what is left of those before."""

from __future__ import annotations

import numpy as np


def quarter_before(which: np.ndarray, quarters: int) -> np.ndarray:
    """Return of what is new in a quarter the place of the same a quarter before.

    Parameters
    ----------
    which : ndarray of bool, shape (latent,)
        The latents that are new in a quarter: those of all customers, or level by level.
    quarters : int
        Of each level.

    Returns
    -------
    ndarray of int, shape (latent,)
        -1 for a first quarter and for all other latents.

    Examples
    --------
    >>> quarter_before(np.array([False, True, True, True, True]), 2)
    array([-1, -1,  1, -1,  3])
    """
    before, at = np.full(len(which), -1), np.flatnonzero(which)
    later = at[np.arange(len(at)) % max(quarters, 1) > 0]
    before[later] = later - 1
    return before


def level_of(which: np.ndarray, quarters: int) -> np.ndarray:
    """Return the level to which what is new in a quarter belongs.

    Parameters
    ----------
    which : ndarray of bool, shape (latent,)
        The latents of levels, level by level.
    quarters : int
        Of each level.

    Returns
    -------
    ndarray of int, shape (latent,)
        -1 for all other latents.
    """
    level, own = np.full(len(which), -1), np.flatnonzero(which)
    level[own] = np.arange(len(own)) // max(quarters, 1)
    return level


def carried(new: np.ndarray, persistence: np.ndarray) -> np.ndarray:
    """Return shocks from what is new in each quarter; of the first, all is.

    Parameters
    ----------
    new : ndarray, shape (..., quarter)
        Of the spread that shocks have.
    persistence : ndarray, shape (...)
        Share of a shock that is left after a quarter, 0 to 1.

    Examples
    --------
    >>> carried(np.array([[1.0, 0.0, 0.0]]), np.array([0.5]))
    array([[1.  , 0.5 , 0.25]])
    """
    shock, share = np.array(new), np.sqrt(1 - np.square(persistence))
    for quarter in range(1, shock.shape[-1]):
        shock[..., quarter] = persistence * shock[..., quarter - 1] + share * new[..., quarter]
    return shock
