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
from workbench.core.compiled import jit
from workbench.features.design import Design
from workbench.forecast.posterior.frailty import conditional_survival

DRAWS_AT_ONCE = 50


@dataclass(frozen=True)
class Draws:
    """Posterior draws as plain arrays, draw first; labels have become positions.

    Parameters
    ----------
    exit, tenure, shock, attribute, group, signal : ndarray, shape (draw, ...)
        The shock and group effects close with a zero column: a quarter or level that was not seen.
    shock_sd, fade, frailty : ndarray, shape (draw,)
    """

    exit: np.ndarray
    tenure: np.ndarray
    shock: np.ndarray
    attribute: np.ndarray
    group: np.ndarray
    signal: np.ndarray
    shock_sd: np.ndarray
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
        shock=np.concatenate([values[names.SHOCK], zero], axis=1),
        attribute=values[names.STATIC],
        group=np.concatenate([values[names.GROUP], zero], axis=1),
        signal=values[names.SIGNAL],
        shock_sd=values[names.SHOCK_SD],
        fade=values[names.FADE],
        frailty=values[names.FRAILTY],
    )


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
    new_shock : ndarray, shape (draw, quarter), optional
        Shocks of quarters that the model has not seen; `design.cell_quarter_idx` points past the
        seen quarters into it. See `with_future_quarters`.

    Returns
    -------
    ndarray, shape (draw, row)
    """
    shock = draws.shock
    if new_shock is not None:
        shock = np.concatenate([shock[:, :-1], new_shock, shock[:, -1:]], axis=1)
    cell = (
        draws.exit[:, design.cell_exit_idx]
        + draws.tenure[:, design.cell_tenure]
        + shock[:, design.cell_quarter_idx]
    )
    own = draws.attribute @ design.attribute_value.T
    for column in design.group_idx.T:
        own += draws.group[:, column]
    eta = cell[:, design.cell_idx] + own[:, design.subscription_idx]
    if design.signal_value.shape[1]:
        strength = draws.signal @ design.signal_value.T
        eta += strength * draws.fade[:, None] ** design.lead_months
    return np.exp(eta, out=eta)


def past_hazard(draws: Draws, design: Design) -> np.ndarray:
    """Return the cumulative hazard that each subscription has survived, entry included.

    The sum of `row_hazard` over the rows of each, without the array of all rows and draws.

    Parameters
    ----------
    draws : Draws
    design : Design
        At-risk rows, those of one subscription side by side.

    Returns
    -------
    ndarray, shape (draw, subscription)
    """
    used, cell_idx = np.unique(design.cell_idx, return_inverse=True)
    cell = (
        draws.exit[:, design.cell_exit_idx[used]]
        + draws.tenure[:, design.cell_tenure[used]]
        + draws.shock[:, design.cell_quarter_idx[used]]
    )
    own = draws.attribute @ design.attribute_value.T
    for column in design.group_idx.T:
        own += draws.group[:, column]
    longest = int(design.lead_months.max(initial=0))
    fade = draws.fade[:, None] ** np.arange(longest + 1)
    signal = np.ascontiguousarray(design.signal_value), np.ascontiguousarray(draws.signal)
    return _past(cell, own, *signal, fade, cell_idx, design.lead_months, design.row_end)


@jit(error_model="numpy", nogil=True, fastmath={"reassoc", "contract"})
def _past(cell, own, value, effect, fade, cell_idx, lead, row_end):
    out = np.empty(own.shape)
    for d in range(own.shape[0]):
        row = 0
        for s in range(own.shape[1]):
            total = 0.0
            while row < row_end[s]:
                strength = 0.0
                for k in range(value.shape[1]):
                    strength += value[row, k] * effect[d, k]
                eta = cell[d, cell_idx[row]] + own[d, s] + strength * fade[d, lead[row]]
                total += np.exp(eta)
                row += 1
            out[d, s] = total
    return out


def survival(
    draws: Draws,
    past: Design,
    future: Design,
    rng: np.random.Generator,
    certain: np.ndarray | None = None,
) -> np.ndarray:
    """Return the probability that each subscription still runs after each month to come.

    Parameters
    ----------
    draws : Draws
    past : Design
        At-risk rows so far. A subscription that has none yet has survived nothing.
    future : Design
        The same number of months for every subscription, in order.
    rng : Generator
        Draws the shocks of quarters to come, shared by all subscriptions.
    certain : ndarray of bool, shape (row,), optional
        Months to come that a subscription is sure to survive, since something that is signed
        begins in them or later.

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
    for chunk, where in _chunks(draws):
        survived = np.add.reduceat(row_hazard(chunk, past), past.row_start, axis=1)
        so_far = np.where(known >= 0, survived[:, known], 0.0)[:, :, None]
        new = rng.normal(size=(len(chunk), n_new)) * chunk.shock_sd[:, None]
        ahead = row_hazard(chunk, future, new)
        if certain is not None:
            ahead[:, certain] = 0.0
        ahead = ahead.reshape(len(chunk), -1, months)
        out[where] = conditional_survival(
            so_far, np.cumsum(ahead, axis=2), chunk.frailty[:, None, None]
        )
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
