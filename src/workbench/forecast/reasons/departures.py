"""Who leaves for which reason: cause-specific cumulative incidences and what a reason costs.

Given that a subscription leaves in month t, reason k has share p_k, which depends on the way of
leaving and on the groups. From its survival S,

    I_k(t) = sum of p_k(u) (S(u - 1) - S(u)) over the months u up to t,   sum over k = 1 - S(t).

Were reason k gone while the others still competed, its share of the hazard would be missing. With
a gamma frailty of variance theta, S ** -theta grows by theta times the hazard of a month (up to a
constant factor), so that

    S_without_k(t) = (1 + sum of (1 - p_k(u)) (S(u)**-theta - S(u - 1)**-theta)) ** (-1 / theta).

This takes the reasons as independent given what the model knows and the frailty that they share.
No data can test that (Tsiatis 1975, PNAS 72, 20-22): whoever left for the price never showed for
what else he might have left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.core import reason_names as names
from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.posterior.frailty import conditional_survival, cumulative_hazard
from workbench.forecast.reasons.exits import Exits, ReasonDraws

DRAWS_AT_ONCE = 50
GONE = 1e-300  # the smallest probability whose logarithm is taken


@dataclass(frozen=True)
class Departures:
    """Leaving by reason, in every draw.

    Parameters
    ----------
    reasons : tuple of str
    subscription : ndarray of float32, shape (draw, subscription, reason)
        Probability of leaving within the horizon for the reason.
    account : ndarray of float32, shape (draw, account, reason)
        Probability that the account's last subscription is left within the horizon, for the
        reason given then.
    without : ndarray of float32, shape (draw, subscription, reason)
        Probability of still running at the horizon, were the reason gone.
    accounts, arr : ndarray, shape (draw, month, reason)
        Expected accounts and yearly revenue lost up to each month.
    """

    reasons: tuple[str, ...]
    subscription: np.ndarray
    account: np.ndarray
    without: np.ndarray
    accounts: np.ndarray
    arr: np.ndarray


def departures(
    outlook: Outlook, frailty: np.ndarray, draws: ReasonDraws, exits: Exits
) -> Departures:
    """Split the forecast of leaving by reason.

    Parameters
    ----------
    outlook : Outlook
        From `workbench.forecast.leaving.renewals.look_ahead`.
    frailty : ndarray, shape (draw,)
        Frailty variance of the hazard's draws that the outlook was made from.
    draws : ReasonDraws
        As many.
    exits : Exits
        Of the same subscriptions and months.

    Returns
    -------
    Departures
    """
    n, lines, months = outlook.subscription.shape
    k, n_accounts = len(draws.reasons), len(outlook.accounts)
    arr = outlook.book["arr"].to_numpy(float)
    taken = np.eye(len(names.SORTS))[exits.sort_idx]  # subscription, month, sort
    found = Departures(
        draws.reasons,
        np.empty((n, lines, k), "float32"),
        np.empty((n, n_accounts, k), "float32"),
        np.empty((n, lines, k), "float32"),
        np.empty((n, months, k)),
        np.empty((n, months, k)),
    )
    for start in range(0, n, DRAWS_AT_ONCE):
        where = slice(start, start + DRAWS_AT_ONCE)
        alive = outlook.subscription[where].astype(float)
        share = exits.share(draws, where)
        ended = -np.diff(alive, axis=2, prepend=1.0)
        last = last_endings(alive, outlook.account_idx)
        by_sort = np.einsum("dsm,smj->dsj", ended, taken)
        found.subscription[where] = np.einsum("dsj,dsjk->dsk", by_sort, share)
        found.arr[where] = _by_month(ended * arr[:, None], taken, share)
        found.accounts[where] = _by_month(last, taken, share)
        by_sort = np.einsum("dsm,smj->dsj", last, taken)
        own = np.einsum("dsj,dsjk->dsk", by_sort, share)
        found.account[where] = _by_account(own, outlook.account_idx, n_accounts)
        found.without[where] = survival_without(alive, frailty[where], share, taken)
        found.without[where, exits.gone] = 0.0  # it is decided: no lever comes in time
    return found


def last_endings(alive: np.ndarray, account_idx: np.ndarray) -> np.ndarray:
    """Return the probability that a subscription is its account's last, and is left in the month.

    Given a draw, the subscriptions of an account leave independently; endings spread evenly over
    a month, so that of two in the same month either may be the last. The integral over the month
    is a polynomial's and taken exactly (Gauss-Legendre).

    Parameters
    ----------
    alive : ndarray, shape (draw, subscription, month)
    account_idx : ndarray of int, shape (subscription,)

    Returns
    -------
    ndarray, shape (draw, subscription, month)
        Its sum over an account's subscriptions is the account's probability of leaving then.
    """
    order = np.argsort(account_idx, kind="stable")
    first = np.searchsorted(account_idx[order], np.arange(account_idx.max() + 1))
    most = int(np.bincount(account_idx).max())
    before = np.concatenate([np.zeros_like(alive[:, :, :1]), 1 - alive[:, :, :-1]], axis=2)
    ended = 1 - alive - before
    found = np.zeros_like(alive)
    nodes, weights = np.polynomial.legendre.leggauss((most + 1) // 2)
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        log_gone = np.log(np.maximum(before + node * ended, GONE))
        of_account = np.add.reduceat(log_gone[:, order], first, axis=1)
        others = np.exp(of_account[:, account_idx] - log_gone)
        found += weight * ended * others
    return found


def survival_without(
    alive: np.ndarray, frailty: np.ndarray, share: np.ndarray, taken: np.ndarray
) -> np.ndarray:
    """Return the survival at the horizon were each reason gone; see the module.

    Parameters
    ----------
    alive : ndarray, shape (draw, subscription, month)
    frailty : ndarray, shape (draw,)
    share : ndarray, shape (draw, subscription, sort, reason)
    taken : ndarray, shape (subscription, month, sort)
        1 for the sort of exit that the month offers.

    Returns
    -------
    ndarray, shape (draw, subscription, reason)
    """
    frailty = frailty[:, None, None]
    grown = cumulative_hazard(0.0, np.maximum(alive, GONE), frailty)
    hazard = np.diff(grown, axis=2, prepend=0.0)
    by_sort = np.einsum("dsm,smj->dsj", hazard, taken)
    left = np.einsum("dsj,dsjk->dsk", by_sort, 1 - share)
    return conditional_survival(0.0, left, frailty)


def _by_month(ended: np.ndarray, taken: np.ndarray, share: np.ndarray) -> np.ndarray:
    parts = [
        np.einsum("dsm,dsk->dmk", ended * taken[..., j], share[:, :, j], optimize=True)
        for j in range(taken.shape[2])
    ]
    return np.cumsum(np.sum(parts, axis=0), axis=1)


def _by_account(values: np.ndarray, account_idx: np.ndarray, accounts: int) -> np.ndarray:
    found = np.zeros((len(values), accounts, values.shape[2]))
    np.add.at(found, (np.arange(len(values))[:, None], account_idx), values)
    return found
