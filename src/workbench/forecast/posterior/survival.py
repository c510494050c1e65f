"""Posterior draws and months to come: who is still a customer, given that it is one today.

The same sums as the model's, in numpy, from the names that both floors know; what follows from them
is `forecast.posterior.frailty`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr

from workbench.core import names
from workbench.features.design import Design
from workbench.forecast.posterior.frailty import conditional_survival

DRAWS_AT_ONCE = 50


@dataclass(frozen=True)
class Draws:
    """Posterior draws as plain arrays, draw first; labels have become positions.

    Parameters
    ----------
    exit, tenure, attribute, group, signal : ndarray, shape (draw, ...)
        The group effects close with a zero column: a level that was not seen.
    shock : ndarray, shape (draw, level + 1, quarter + 1)
        Of all customers and of the level together, by `Coding.shaken_levels`; the last level is
        that of customers who have none of these, the last quarter, zero, one that was not seen.
    shock_sd, group_shock_sd : ndarray, shape (draw,)
        Spread of what all share, and of what a level has of its own.
    persistence : ndarray, shape (draw,)
        Share of a shock that is left after a quarter.
    fade, frailty : ndarray, shape (draw,)
    """

    exit: np.ndarray
    tenure: np.ndarray
    shock: np.ndarray
    attribute: np.ndarray
    group: np.ndarray
    signal: np.ndarray
    shock_sd: np.ndarray
    group_shock_sd: np.ndarray
    persistence: np.ndarray
    fade: np.ndarray
    frailty: np.ndarray

    def __len__(self) -> int:
        return len(self.fade)

    def take(self, which: slice) -> Draws:
        """Return some of the draws.

        Parameters
        ----------
        which : slice
            Of the draws.
        """
        return Draws(**{name: getattr(self, name)[which] for name in self.__dataclass_fields__})


def read_draws(posterior: xr.Dataset, most: int = 1000) -> Draws:
    """Take evenly spaced draws from a posterior, all chains in turn.

    Parameters
    ----------
    posterior : Dataset
        Named effects with dimensions chain and draw.
    most : int
        At most so many draws.

    Returns
    -------
    Draws
    """
    total = posterior.sizes["chain"] * posterior.sizes["draw"]
    keep = np.unique(np.linspace(0, total - 1, min(most, total)).round().astype(int))
    values = {}
    for name, array in posterior.data_vars.items():
        drawn = array.transpose("draw", "chain", ...).values
        values[name] = drawn.reshape(total, *drawn.shape[2:])[keep]
    zero = np.zeros((len(keep), 1))
    return Draws(
        exit=values[names.EXIT],
        tenure=values[names.TENURE],
        shock=shocks_of(values[names.SHOCK], values[names.GROUP_SHOCK]),
        attribute=values[names.STATIC],
        group=np.concatenate([values[names.GROUP], zero], axis=1),
        signal=values[names.SIGNAL],
        shock_sd=values[names.SHOCK_SD],
        group_shock_sd=values[names.GROUP_SHOCK_SD],
        persistence=values[names.PERSISTENCE],
        fade=values[names.FADE],
        frailty=values[names.FRAILTY],
    )


def shocks_of(of_all: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return the shocks of each level in each quarter, as `Draws` has them.

    Parameters
    ----------
    of_all : ndarray, shape (draw, quarter)
    own : ndarray, shape (draw, level * quarter)
        What each level has of its own, level by level.

    Returns
    -------
    ndarray, shape (draw, level + 1, quarter + 1)
    """
    draws, quarters = of_all.shape
    by_level = own.reshape(draws, -1, quarters) if quarters else np.zeros((draws, 0, 0))
    together = of_all[:, None] + np.pad(by_level, ((0, 0), (0, 1), (0, 0)))
    return np.pad(together, ((0, 0), (0, 0), (0, 1)))


def expected_shocks(draws: Draws) -> np.ndarray:
    """Return what is expected of the shocks of leaving so far, for what may go along with them.

    Given the endings on record the truth scatters around its expectation, independently of it: a
    slope on the expectation is therefore that on the truth, while one on single draws would be
    nearer to nothing (Carroll, Ruppert, Stefanski & Crainiceanu 2006, Measurement Error in
    Nonlinear Models, section 1.4 on Berkson's error, and chapter 4).

    Parameters
    ----------
    draws : Draws

    Returns
    -------
    ndarray, shape (level + 1, quarter + 1)
        As `Draws.shock`; rounded, so that draws that were stored give the same.
    """
    return draws.shock.mean(axis=0).round(6)


def shocks_ahead(draws: Draws, new: np.ndarray) -> np.ndarray:
    """Continue the shocks over quarters to come, from the last that was seen.

    Parameters
    ----------
    draws : Draws
    new : ndarray, shape (draw, level + 1, quarter)
        Standard normals: what is new in each level's quarter; of the last, in everybody's.

    Returns
    -------
    ndarray, shape (draw, level + 1, quarter)
        As `Draws.shock` has levels. What all share and what a level has of its own last equally
        long, so that their sum goes on from their sum.
    """
    seen = draws.shock.shape[2] > 1
    state = draws.shock[:, :, -2] if seen else np.zeros(new.shape[:2])
    share = np.sqrt(1 - draws.persistence**2)[:, None]
    found = np.empty(new.shape)
    for quarter in range(new.shape[2]):
        fresh = draws.shock_sd[:, None] * new[:, -1:, quarter]
        fresh = np.repeat(fresh, new.shape[1], axis=1)
        fresh[:, :-1] += draws.group_shock_sd[:, None] * new[:, :-1, quarter]
        state = draws.persistence[:, None] * state + share * fresh
        found[:, :, quarter] = state
    return found


def thinned(posterior: xr.Dataset, most: int = 1000) -> xr.Dataset:
    """Return every k-th draw of each chain, at most so many in all: `read_draws` takes them all.

    Parameters
    ----------
    posterior : Dataset
        With dimensions chain and draw.
    most : int
        At most so many draws in all, but at least one of each chain.
    """
    each = max(most // posterior.sizes["chain"], 1)
    return posterior.thin(draw=-(-posterior.sizes["draw"] // each))


def row_hazard(draws: Draws, design: Design, new_shock: np.ndarray | None = None) -> np.ndarray:
    """Return exp(eta) of every row in every draw, before frailty.

    Parameters
    ----------
    draws : Draws
    design : Design
    new_shock : ndarray, shape (draw, level + 1, quarter), optional
        Shocks of quarters that the model has not seen; `design.cell_quarter_idx` points past the
        seen quarters into it. See `with_future_quarters` and `shocks_ahead`.

    Returns
    -------
    ndarray, shape (draw, row)
    """
    shock = draws.shock
    if new_shock is not None:
        shock = np.concatenate([shock[..., :-1], new_shock, shock[..., -1:]], axis=2)
    cell = (
        draws.exit[:, design.cell_exit_idx]
        + draws.tenure[:, design.cell_tenure]
        + shock[:, design.cell_level, design.cell_quarter_idx]
    )
    own = draws.attribute @ design.attribute_value.T
    for column in design.group_idx.T:
        own += draws.group[:, column]
    eta = cell[:, design.cell_idx] + own[:, design.subscription_idx]
    if design.signal_value.shape[1]:
        strength = draws.signal @ design.signal_value.T
        eta += strength * draws.fade[:, None] ** design.lead_months
    return np.exp(eta, out=eta)


def survival(
    draws: Draws,
    past: Design,
    future: Design,
    rng: np.random.Generator | None,
    certain: np.ndarray | None = None,
    gone: np.ndarray | None = None,
) -> np.ndarray:
    """Return the probability that each subscription still runs after each month to come.

    Parameters
    ----------
    draws : Draws
    past : Design
        At-risk rows so far. A subscription that has none yet has survived nothing.
    future : Design
        The same number of months for every subscription, in order.
    rng : Generator, optional
        Draws the shocks of quarters to come, shared by all subscriptions, quarter after quarter:
        a longer look ahead begins as a shorter one. Left out, of shocks there is only what is left
        of those so far.
    certain : ndarray of bool, shape (row,), optional
        Months to come that a subscription is sure to survive, since something that is signed
        begins in them or later.
    gone : ndarray of bool, shape (row,), optional
        Months to come that a subscription is sure not to see, since notice was given.

    Returns
    -------
    ndarray of float32, shape (draw, subscription, month)
        Given that it is running at the as-of date.
    """
    future, n_new = with_future_quarters(future)
    position = {key: i for i, key in enumerate(past.subscription_id)}
    known = np.array([position.get(key, -1) for key in future.subscription_id])
    months = len(future.cell_idx) // len(future.row_end)
    out = np.empty((len(draws), len(future.row_end), months), dtype="float32")
    fresh = (n_new, draws.shock.shape[1], len(draws))
    new = (np.zeros(fresh) if rng is None else rng.normal(size=fresh)).transpose(2, 1, 0)
    for chunk, where in _chunks(draws):
        survived = np.add.reduceat(row_hazard(chunk, past), past.row_start, axis=1)
        so_far = np.where(known >= 0, survived[:, known], 0.0)[:, :, None]
        ahead = row_hazard(chunk, future, shocks_ahead(chunk, new[where]))
        if certain is not None:
            ahead[:, certain] = 0.0
        ahead = ahead.reshape(len(chunk), -1, months)
        out[where] = conditional_survival(
            so_far, np.cumsum(ahead, axis=2), chunk.frailty[:, None, None]
        )
    if gone is not None:
        out[:, gone.reshape(-1, months)] = 0.0
    return out


def with_future_quarters(future: Design) -> tuple[Design, int]:
    """Give every unseen quarter among the rows a position of its own, after the seen ones.

    Parameters
    ----------
    future : Design
        `cell_quarter_idx` is below 0 where the model has not seen the quarter.

    Returns
    -------
    Design, int
        The design with positions filled in, and how many unseen quarters there are.
    """
    unseen = sorted(set(future.cell_quarter[future.cell_quarter_idx < 0].tolist()))
    seen = len(future.coding.quarters)
    position = {quarter: seen + i for i, quarter in enumerate(unseen)}
    filled = np.array(
        [
            position[quarter] if idx < 0 else idx
            for quarter, idx in zip(future.cell_quarter, future.cell_quarter_idx, strict=True)
        ],
        dtype="int64",
    )
    return future.with_quarter_idx(filled), len(unseen)


def _chunks(draws: Draws) -> Iterator[tuple[Draws, slice]]:
    for start in range(0, len(draws), DRAWS_AT_ONCE):
        where = slice(start, start + DRAWS_AT_ONCE)
        yield draws.take(where), where
