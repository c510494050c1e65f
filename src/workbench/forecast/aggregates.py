"""Draws of the model of aggregates to customers added, lost and there, and revenue, by period.

The model's curve in numpy; a test ties it to the kernel's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core import aggregate_names as names
from workbench.core.aggregate_names import CLOSING, REVENUE
from workbench.core.aggregates import Aggregates, seasons_of

TOTAL = "revenue"
AGE = 2.0  # years, at which the hazard is told; as in the model

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(3)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2


@dataclass(frozen=True)
class AggregateDraws:
    """Posterior draws as plain arrays.

    Parameters
    ----------
    retention : ndarray, shape (draw, 2)
        Log yearly hazard at two years, log of the Weibull shape.
    before : ndarray, shape (draw, period before)
        Log of additions before the first row, the latest first, up to a constant.
    level : ndarray, shape (draw, 2)
        Log of additions, and of losses as a multiple of those expected, at the last row.
    level_sd, noise_sd : ndarray, shape (draw, 2)
        Standard deviations of a period's step of the random walk, and of its own noise, in logs.
    season : ndarray, shape (draw, 2, part of year)
    revenue : ndarray, shape (draw, 2)
        Of the log of revenue per customer, by period: growth and standard deviation of its steps.
    """

    retention: np.ndarray
    before: np.ndarray
    level: np.ndarray
    level_sd: np.ndarray
    noise_sd: np.ndarray
    season: np.ndarray
    revenue: np.ndarray


def read_aggregate_draws(
    posterior: xr.Dataset, given: Aggregates, most: int = 1000
) -> AggregateDraws:
    """Take evenly spaced draws from a posterior, all chains in turn, at most so many.

    Parameters
    ----------
    posterior : Dataset
        See `workbench.inference.fit_aggregates.fit_aggregates`.
    given : Aggregates
        That it was fitted to.
    most : int
        Draws.

    Returns
    -------
    AggregateDraws
    """
    flat = posterior.stack(sample=("draw", "chain"))
    keep = np.unique(np.linspace(0, flat.sizes["sample"] - 1, most).round().astype(int))
    flat = flat.isel(sample=keep).transpose("sample", names.FLOW, ...)
    nothing = xr.zeros_like(flat[names.LOG_HAZARD])
    pair = (flat[names.LOG_HAZARD], flat.get(names.LOG_SHAPE, nothing))
    noise_sd = flat[names.NOISE_SD].values
    ago = (np.arange(flat.sizes[names.PERIOD_BEFORE]) + 0.5) / given.per_year
    growth = flat[names.GROWTH_BEFORE].values[:, None]
    level_sd = flat[names.LEVEL_SD].values / np.sqrt(given.per_year)
    level = level_sd * flat[names.LEVEL_STEPS].values.sum(axis=-1)
    level[:, 0] += flat[names.LOG_ADDED].values
    revenue = (
        flat.get(names.GROWTH_REVENUE, nothing) / given.per_year,
        flat.get(names.REVENUE_SD, nothing) / np.sqrt(given.per_year),
    )
    seasons = np.zeros((len(keep), len(names.FLOWS), given.per_year))
    return AggregateDraws(
        np.stack([part.values for part in pair], axis=1),
        noise_sd[:, :1] * flat[names.NOISE_BEFORE].values - growth * ago,
        level,
        level_sd,
        noise_sd,
        flat[names.SEASON].values if names.SEASON in flat else seasons,
        np.stack([part.values for part in revenue], axis=1),
    )


def survival(retention: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Return the share of customers still there at an age.

    Parameters
    ----------
    retention : ndarray, shape (draw, 2)
        See `AggregateDraws`.
    age : ndarray
        Years, at least 0.

    Returns
    -------
    ndarray, shape (draw, ...)

    Examples
    --------
    >>> survival(np.array([[np.log(0.2), 0.0]]), np.array([1.0, 2.0])).round(3)
    array([[0.819, 0.67 ]])
    """
    hazard, shape = (retention[:, at].reshape(-1, *[1] * age.ndim) for at in (0, 1))
    return np.exp(-np.exp(hazard - shape) * AGE * (age / AGE) ** np.exp(shape))


def kept_shares(retention: np.ndarray, count: int, per_year: int) -> np.ndarray:
    """Return the share still there of those who came evenly over a period, by periods since.

    Parameters
    ----------
    retention : ndarray, shape (draw, 2)
        See `AggregateDraws`.
    count : int
        Of shares: after 0, 1, ... whole periods since their own ended.
    per_year : int
        Periods in a year.

    Returns
    -------
    ndarray, shape (draw, count)
    """
    age = (np.arange(count)[:, None] + _NODES**2) / per_year
    return survival(retention, age) @ (2 * _NODES * _WEIGHTS)


class Stock:
    """Who is expected to be there, by when they came; one path of additions per draw.

    Parameters
    ----------
    draws : AggregateDraws
    given : Aggregates
    periods : int
        From the first row to the last that will be asked for.
    """

    def __init__(self, draws: AggregateDraws, given: Aggregates, periods: int) -> None:
        vintages = draws.before.shape[1]
        self._kept = kept_shares(draws.retention, vintages + periods + 1, given.per_year)
        windows = np.lib.stride_tricks.sliding_window_view(self._kept, vintages, axis=1)
        left = (np.exp(draws.before)[:, None] * windows[:, : periods + 1]).sum(axis=-1)
        self._opening = given.opening * left / left[:, :1]

    def expected_lost(self, added: np.ndarray, there: np.ndarray) -> np.ndarray:
        """Return losses expected in the last period of a path.

        Parameters
        ----------
        added : ndarray, shape (draw, period)
            Customers added, up to this period.
        there : ndarray, shape (draw,)
            Customers there before it.

        Returns
        -------
        ndarray, shape (draw,)
        """
        last = added.shape[1]
        earlier, kept = added[:, -2::-1], self._kept
        before = self._opening[:, last - 1] + (earlier * kept[:, : last - 1]).sum(axis=1)
        after = self._opening[:, last] + (earlier * kept[:, 1:last]).sum(axis=1)
        share = np.divide(after, before, out=np.ones_like(after), where=before > 0)
        return there * (1 - share) + added[:, -1] * (1 - kept[:, 0])


def simulate_ahead(
    draws: AggregateDraws, given: Aggregates, periods: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Return what may happen after the last row, chance included.

    Parameters
    ----------
    draws : AggregateDraws
    given : Aggregates
    periods : int
        After the last row.
    rng : Generator

    Returns
    -------
    dict of str to ndarray, shape (draw, period)
        added, lost, closing; with revenue per customer known also that, and revenue: revenue per
        customer times the mean of customers before and after the period.
    """
    known, count = len(given.table), len(draws.level)
    stock = Stock(draws, given, known + periods)
    added = np.empty((count, known + periods))
    added[:, :known] = given.table[names.ADDED].to_numpy()
    there = np.full((count, periods + 1), given.table[CLOSING].iloc[-1])
    lost = np.empty((count, periods))
    level = draws.level.copy()
    for at, season in enumerate(seasons_of(following(given, periods))):
        level += draws.level_sd * rng.normal(size=level.shape)
        multiplier = np.exp(level + draws.season[:, :, season])
        added[:, known + at] = _with_chance(multiplier[:, 0], draws.noise_sd[:, 0], given, rng)
        expected = stock.expected_lost(added[:, : known + at + 1], there[:, at])
        most = there[:, at] + added[:, known + at]
        drawn = _with_chance(expected * multiplier[:, 1], draws.noise_sd[:, 1], given, rng)
        lost[:, at] = np.minimum(drawn, most)
        there[:, at + 1] = most - lost[:, at]
    paths = {names.ADDED: added[:, known:], names.LOST: lost, CLOSING: there[:, 1:]}
    return paths | _revenue(draws, given, there, rng)


def _revenue(
    draws: AggregateDraws, given: Aggregates, there: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Draw revenue per customer from the last row that tells it on."""
    if REVENUE not in given.table:
        return {}
    reported = np.flatnonzero(given.table[REVENUE].notna())
    silent, periods = len(given.table) - 1 - reported[-1], there.shape[1] - 1
    noise = rng.normal(size=(len(there), silent + periods))
    steps = draws.revenue[:, :1] + draws.revenue[:, 1:] * noise
    each = given.table[REVENUE].iloc[reported[-1]] * np.exp(steps.cumsum(axis=1))[:, silent:]
    customers = (there[:, 1:] + there[:, :-1]) / 2
    return {REVENUE: each, TOTAL: each * customers * given.revenues_per_period}


def following(given: Aggregates, periods: int) -> pd.PeriodIndex:
    """Return the periods after the last row.

    Parameters
    ----------
    given : Aggregates
    periods : int
        How many.

    Returns
    -------
    PeriodIndex
    """
    last = given.table.index[-1]
    return pd.period_range(last + 1, periods=periods, freq=given.table.index.freq)


def _with_chance(
    mean: np.ndarray, noise_sd: np.ndarray, given: Aggregates, rng: np.random.Generator
) -> np.ndarray:
    variance = mean / given.customers_per_unit + (noise_sd * mean) ** 2 + given.rounding**2 / 12
    return np.maximum(mean + np.sqrt(variance) * rng.normal(size=len(mean)), 0.0)
