"""One simulated course of leaving per draw, with a reason for every ending."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.reasons.departures import Departures
from workbench.forecast.reasons.exits import Exits, ReasonDraws


@dataclass(frozen=True)
class SimulatedExits:
    """One simulated course of events per draw: the same as the outlook's, with reasons.

    Parameters
    ----------
    month : ndarray of int, shape (draw, subscription)
        In which month it is left, from 0; the number of months where it stays.
    reason : ndarray of int, shape (draw, subscription)
        For which reason, were it left.
    last : ndarray of bool, shape (draw, subscription)
        Whether its leaving is its account's.
    saved : ndarray of bool, shape (draw, subscription)
        Whether it would still run at the horizon, had that reason been gone.
    """

    month: np.ndarray
    reason: np.ndarray
    last: np.ndarray
    saved: np.ndarray


def simulate_exits(
    outlook: Outlook, draws: ReasonDraws, exits: Exits, found: Departures, seed: int
) -> SimulatedExits:
    """Draw a reason for every ending of the outlook's simulated course.

    Parameters
    ----------
    outlook : Outlook
        Whose simulated course is told; see `workbench.forecast.leaving.renewals.Outlook`.
    draws : ReasonDraws
        As many as the outlook's.
    exits : Exits
        Of the same subscriptions and months.
    found : Departures
        From the same outlook.
    seed : int
        Fixes every random number.

    Returns
    -------
    SimulatedExits
    """
    rng = np.random.default_rng([seed, 1])
    n, lines, months = outlook.kept.shape
    month = outlook.kept.sum(axis=2)
    sort = exits.sort_idx[np.arange(lines), np.minimum(month, months - 1)]
    level_idx = exits.level_idx
    reason = np.empty((n, lines), dtype="int64")
    line = np.arange(lines)
    for d in range(n):
        reach = np.cumsum(draws.share(level_idx[line, sort[d]], slice(d, d + 1))[0], axis=1)
        reason[d] = (rng.random((lines, 1)) > reach[:, :-1]).sum(axis=1)
    known = exits.reason_idx >= 0
    reason[:, known] = exits.reason_idx[known]
    # Some time within the month decides which of an account's endings is its last.
    moment = month + rng.random((n, lines))
    latest = np.full((n, len(outlook.accounts)), -1.0)
    np.maximum.at(latest, (np.arange(n)[:, None], outlook.account_idx), moment)
    last = (moment == latest[:, outlook.account_idx]) & (month < months)
    own = np.take_along_axis(found.subscription, reason[:, :, None], axis=2)[:, :, 0]
    without = np.take_along_axis(found.without, reason[:, :, None], axis=2)[:, :, 0]
    gain = (without - outlook.subscription[:, :, -1]) / np.maximum(own, 1e-12)
    saved = (month < months) & (rng.random((n, lines)) < gain)
    return SimulatedExits(month, reason, last, saved)
