"""Months of follow-up after actions, as arrays: what the model of their effects reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
        rate = np.exp(self.log_rate)
        informs = self.share * (self.weight * rate * rate / np.expm1(rate))[:, None]
        return informs.T @ self.basis / np.maximum(informs.sum(axis=0), 1e-12)[:, None]
