"""Months of follow-up after actions, as arrays: what the model of their effects reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def information(log_rate: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return how much each month tells of an effect on the log of its expected endings.

    Parameters
    ----------
    log_rate : ndarray, shape (month,)
        Of the cumulative hazard expected.
    weight : ndarray, shape (month,)

    Returns
    -------
    ndarray, shape (month,)
        Fisher's information of a binomial count under the complementary log-log, above 0.
    """
    rate = np.exp(log_rate)
    return weight * rate * rate / np.expm1(rate)


@dataclass(frozen=True)
class TreatedMonths:
    """Months of follow-up of the trials with an action.

    Parameters
    ----------
    kinds, bands, segments : tuple of str
        Labels.
    horizon_months : int
    share : ndarray, shape (month, kind)
        1 for each kind that was done.
    step, band_idx, segment_idx : ndarray of int, shape (month,)
        Month of follow-up from 0, and positions.
    log_rate : ndarray, shape (month,)
        Of the cumulative hazard expected without an action.
    basis : ndarray, shape (month, direction)
        Standard deviations of `log_rate` along independent directions.
    freedom : float
        Degrees of freedom with which those standard deviations are known.
    weight : ndarray, shape (month,)
    event : ndarray of bool, shape (month,)
    """

    kinds: tuple[str, ...]
    bands: tuple[str, ...]
    segments: tuple[str, ...]
    horizon_months: int
    share: np.ndarray
    step: np.ndarray
    band_idx: np.ndarray
    segment_idx: np.ndarray
    log_rate: np.ndarray
    basis: np.ndarray
    freedom: float
    weight: np.ndarray
    event: np.ndarray

    @property
    def moves(self) -> np.ndarray:
        """By how much each direction moves the log of the endings expected of a kind.

        Shape (kind, direction), to first order; months count by what they tell of their kind's
        effect.
        """
        informs = self.share * information(self.log_rate, self.weight)[:, None]
        return informs.T @ self.basis / np.maximum(informs.sum(axis=0), 1e-12)[:, None]
