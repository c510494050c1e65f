"""How subscriptions can be left in the months to come, and the shares of reasons, were they."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import softmax

from workbench.core import reason_names as names
from workbench.features.design import Design
from workbench.features.reason_data import SORT_OF_KIND, level_positions


@dataclass(frozen=True)
class ReasonDraws:
    """Posterior draws of the model of reasons as plain arrays, draw first.

    Parameters
    ----------
    reasons : tuple of str
    base : ndarray, shape (draw, reason)
    effect : ndarray, shape (draw, level, reason)
        Closing with a zero: a level that was not seen.
    """

    reasons: tuple[str, ...]
    base: np.ndarray
    effect: np.ndarray

    def __len__(self) -> int:
        return len(self.base)

    def share(self, level_idx: np.ndarray, which: slice = slice(None)) -> np.ndarray:
        """Return the shares of the reasons given leaving.

        Parameters
        ----------
        level_idx : ndarray of int, shape (..., grouping)
            See `workbench.features.reason_data.ReasonData`.
        which : slice
            Of the draws.

        Returns
        -------
        ndarray, shape (draw, ..., reason)
            Sums to 1 over reasons.
        """
        logit = np.zeros((len(self.base[which]), *level_idx.shape[:-1], len(self.reasons)))
        for column in np.moveaxis(level_idx, -1, 0):
            logit += self.effect[which][:, column]
        shape = (-1, *[1] * (level_idx.ndim - 1), len(self.reasons))
        return softmax(logit + self.base[which].reshape(shape), axis=-1)


def read_reason_draws(posterior: xr.Dataset, count: int) -> ReasonDraws:
    """Take evenly spaced draws, as many as those of the hazard, with which they are paired.

    Parameters
    ----------
    posterior : Dataset
        From `workbench.inference.fit_reasons.fit_reasons`.
    count : int
        The posterior shares no parameter with the hazard's, so any pairing is a joint draw.

    Returns
    -------
    ReasonDraws
    """
    flat = posterior.transpose("draw", "chain", ...).stack(sample=("draw", "chain"))
    keep = np.linspace(0, flat.sizes["sample"] - 1, count).round().astype(int)
    base = flat[names.BASE].transpose("sample", names.REASON).values[keep]
    effect = flat[names.EFFECT].transpose("sample", names.LEVEL, names.REASON).values[keep]
    closed = np.concatenate([effect, np.zeros((count, 1, base.shape[1]))], axis=1)
    return ReasonDraws(tuple(map(str, posterior[names.REASON].values)), base, closed)


@dataclass(frozen=True)
class Exits:
    """How each subscription can be left in each month to come.

    Parameters
    ----------
    sort_idx : ndarray of int, shape (subscription, month)
        Position among `core.reason_names.SORTS`.
    level_idx : ndarray of int, shape (subscription, sort, grouping)
        What reasons may go with, were it left in that way.
    gone : ndarray of bool, shape (subscription,)
        Notice was given for a day within the horizon: it is left, whatever is done.
    reason_idx : ndarray of int, shape (subscription,)
        Position of the reason that was given with the notice; -1 where none is known.
    """

    sort_idx: np.ndarray
    level_idx: np.ndarray
    gone: np.ndarray
    reason_idx: np.ndarray

    def share(self, draws: ReasonDraws, which: slice) -> np.ndarray:
        """Return the shares of the reasons, were a subscription left: 1 for one that is known.

        Parameters
        ----------
        draws : ReasonDraws
        which : slice
            Of the draws.

        Returns
        -------
        ndarray, shape (draw, subscription, sort, reason)
        """
        share = draws.share(self.level_idx, which)
        known = self.reason_idx >= 0
        share[:, known] = np.eye(len(draws.reasons))[self.reason_idx[known]][:, None]
        return share


def exits_of(future: Design, rows: pd.DataFrame, announced: pd.Series) -> Exits:
    """Take the exits from the months to come.

    Parameters
    ----------
    future : Design
        The same number of months for every subscription, in order.
    rows : DataFrame
        From which it was built, with ``gone``.
    announced : Series of int
        Positions of the reasons that were given with notices, by subscription.

    Returns
    -------
    Exits
    """
    lines = len(future.row_end)
    kind = future.cell_exit_idx[future.cell_idx].reshape(lines, -1)
    sorts = np.tile(np.arange(len(names.SORTS)), lines)
    group_idx = np.repeat(future.group_idx, len(names.SORTS), axis=0)
    levels = level_positions(sorts, group_idx)
    known = announced.reindex(future.subscription_id, fill_value=-1).to_numpy("int64")
    return Exits(
        SORT_OF_KIND[kind],
        levels.reshape(lines, len(names.SORTS), -1),
        rows["gone"].to_numpy(bool).reshape(lines, -1).any(axis=1),
        known,
    )
