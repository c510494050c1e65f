"""Draws of a cohort model to retention: who is still there, who renews next, and for how long.

In numpy, S(t) = B(alpha, beta + t**shape) / B(alpha, beta); a test ties it to the model's.
What is forecast of a cohort is forecast *given* who is there today: the unconditional curve answers
another question.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import betaln

from workbench.core import cohort_names as names
from workbench.core.intervals import interval


@dataclass(frozen=True)
class CohortDraws:
    """Posterior draws as plain arrays.

    Parameters
    ----------
    alpha, beta, shape : ndarray, shape (draw, cohort)
    """

    alpha: np.ndarray
    beta: np.ndarray
    shape: np.ndarray


@dataclass(frozen=True)
class Ahead:
    """How to forecast.

    Parameters
    ----------
    periods : int
        Periods after each cohort's last observed one.
    interval_prob : float
        Probability inside each interval, equal tails.
    seed : int
        Of the customers' chance.
    """

    periods: int
    interval_prob: float
    seed: int


def read_cohort_draws(posterior: xr.Dataset, most: int = 2000) -> CohortDraws:
    """Take evenly spaced draws from a posterior, all chains in turn, at most so many.

    Parameters
    ----------
    posterior : Dataset
        Of a cohort model: alpha, beta and shape by chain, draw and cohort.
    most : int
        At most so many draws.

    Returns
    -------
    CohortDraws
    """
    flat = posterior.stack(sample=("draw", "chain"))
    keep = np.unique(np.linspace(0, flat.sizes["sample"] - 1, most).round().astype(int))
    flat = flat.isel(sample=keep).transpose("sample", names.COHORT)
    return CohortDraws(*(flat[name].values for name in (names.ALPHA, names.BETA, names.SHAPE)))


def log_survival(draws: CohortDraws, periods: np.ndarray) -> np.ndarray:
    """Return log S(t).

    Parameters
    ----------
    draws : CohortDraws
    periods : ndarray, shape (period,) or (cohort, period)

    Returns
    -------
    ndarray, shape (draw, cohort, period)

    Examples
    --------
    >>> high_end = CohortDraws(*np.array([[[0.668]], [[3.806]], [[1.0]]]))
    >>> np.exp(log_survival(high_end, np.array([7, 8]))).round(3)
    array([[[0.489, 0.46 ]]])
    """
    alpha, beta = draws.alpha[..., None], draws.beta[..., None]
    time = np.asarray(periods, dtype=float) ** draws.shape[..., None]
    return betaln(alpha, beta + time) - betaln(alpha, beta)


def conditional_survival(draws: CohortDraws, survived: np.ndarray, periods: int) -> np.ndarray:
    """Return the probability that a customer of today is there in 1, 2, ... periods.

    Parameters
    ----------
    draws : CohortDraws
    survived : ndarray of int, shape (cohort,)
        Periods that the customers of today have survived.
    periods : int
        How many to look ahead.

    Returns
    -------
    ndarray, shape (draw, cohort, period)

    Examples
    --------
    >>> high_end = CohortDraws(*np.array([[[0.668]], [[3.806]], [[1.0]]]))
    >>> conditional_survival(high_end, np.array([7]), 1).round(3)
    array([[[0.942]]])
    """
    log = log_survival(draws, survived[:, None] + np.arange(periods + 1))
    return np.exp(log[..., 1:] - log[..., :1])


def simulate_kept(
    draws: CohortDraws, alive: xr.DataArray, periods: int, rng: np.random.Generator
) -> np.ndarray:
    """Return customers there in 1, 2, ... periods, by chance too, starting from those there today.

    Parameters
    ----------
    draws : CohortDraws
    alive : DataArray, dimensions cohort and period
        Customers still there by period since the start; missing after a cohort's last observed one.
    periods : int, 1 or more
        How many periods ahead.
    rng : numpy.random.Generator
        Of the customers' chance; it is advanced.

    Returns
    -------
    ndarray, shape (draw, cohort, period)
    """
    survived, kept = _today(alive)
    stays = conditional_survival(draws, survived, periods)
    step = stays / np.concatenate([np.ones_like(stays[..., :1]), stays[..., :-1]], axis=-1)
    out = np.empty_like(stays)
    now = np.broadcast_to(np.round(kept).astype(int), draws.alpha.shape)
    for at in range(periods):
        now = rng.binomial(now, np.clip(step[..., at], 0.0, 1.0))
        out[..., at] = now
    return out


def predictive_prob(draws: CohortDraws, alive: xr.DataArray, rng: np.random.Generator) -> float:
    """Return how often the model itself produces data that fit it no better than these do.

    The misfit is Freeman and Tukey's, the sum of (sqrt(count) - sqrt(expected))**2 over the
    customers lost in each period and those left, all cohorts together (Gelman, Meng & Stern 1996,
    Statistica Sinica 6, 733-807). Near 0 the model cannot bend as the data do; 0.5 is a usual fit.

    Parameters
    ----------
    draws : CohortDraws
    alive : DataArray, dimensions cohort and period
    rng : Generator
    """
    replicated, found = np.zeros(len(draws.alpha)), np.zeros(len(draws.alpha))
    for j, row in enumerate(alive.values):
        kept = row[np.isfinite(row)]
        own = CohortDraws(*(getattr(draws, name)[:, [j]] for name in draws.__dataclass_fields__))
        survival = np.exp(log_survival(own, np.arange(len(kept))))[:, 0]
        cells = np.concatenate([-np.diff(survival, axis=1), survival[:, -1:]], axis=1)
        cells = np.clip(cells, 0.0, 1.0)
        cells /= cells.sum(axis=1, keepdims=True)
        expected = np.sqrt(cells * kept[0])
        counts = np.sqrt(np.append(-np.diff(kept), kept[-1]))
        again = np.sqrt(rng.multinomial(round(kept[0]), cells))
        found += np.square(counts - expected).sum(axis=1)
        replicated += np.square(again - expected).sum(axis=1)
    return float(np.mean(replicated >= found))


def retention_band(draws: CohortDraws, alive: xr.DataArray, ahead: Ahead) -> pd.DataFrame:
    """Return the fitted curve up to today and the fan after it, as shares of each cohort's start.

    Up to today the interval is that of the expected share; after it, of the share that will be
    seen, the customers' chance included.

    Parameters
    ----------
    draws : CohortDraws
    alive : DataArray, dimensions cohort and period
        Customers still there by period since the start; missing after a cohort's last observed one.
    ahead : Ahead

    Returns
    -------
    DataFrame
        cohort, period, kept, low, high, forecast (bool).
    """
    survived, _ = _today(alive)
    rng = np.random.default_rng(ahead.seed)
    start = alive.values[:, 0]
    kept = simulate_kept(draws, alive, ahead.periods, rng) / start[:, None]
    fitted = np.exp(log_survival(draws, np.arange(survived.max() + 1)))
    parts = []
    for j, cohort in enumerate(alive[names.COHORT].values):
        curve = np.concatenate([fitted[:, j, : survived[j] + 1], kept[:, j]], axis=1)
        low, high = interval(curve, ahead.interval_prob)
        period = np.arange(curve.shape[1])
        part = {names.COHORT: cohort, names.PERIOD: period, "kept": curve.mean(axis=0)}
        part |= {"low": low, "high": high, "forecast": period > survived[j]}
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def cohort_quantities(draws: CohortDraws, alive: xr.DataArray, ahead: Ahead) -> pd.DataFrame:
    """Return what becomes of each cohort's customers of today.

    Parameters
    ----------
    draws : CohortDraws
    alive : DataArray, dimensions cohort and period
        Customers still there by period since the start; missing after a cohort's last observed one.
    ahead : Ahead

    Returns
    -------
    DataFrame
        cohort, customers (today), then mean, low and high of: `renew`, chance to be there
        after the next period; `kept`, customers there at the horizon, by chance too; and
        `periods_ahead`, periods within the horizon that a customer of today is expected to stay,
        the sum of S(n + k) / S(n) for k = 1, 2, ... up to the horizon.
    """
    survived, today = _today(alive)
    stays = conditional_survival(draws, survived, ahead.periods)
    rng = np.random.default_rng(ahead.seed)
    quantities = {
        "renew": stays[..., 0],
        "kept": simulate_kept(draws, alive, ahead.periods, rng)[..., -1],
        "periods_ahead": stays.sum(axis=-1),
    }
    table = pd.DataFrame({names.COHORT: alive[names.COHORT].values, "customers": today})
    for name, values in quantities.items():
        table[name] = values.mean(axis=0)
        table[f"{name}_low"], table[f"{name}_high"] = interval(values, ahead.interval_prob)
    return table


def rising_chance(draws: CohortDraws) -> float:
    """Return the probability that the shape, over all cohorts, is above 1.

    Parameters
    ----------
    draws : CohortDraws
        A shape above 1 means that the hazard of customers alike rises with time.
    """
    return float(np.mean(np.log(draws.shape).mean(axis=1) > 0))


def parameter_table(posterior: xr.Dataset, interval_prob: float) -> pd.DataFrame:
    """Return the distribution's parameters, of each cohort and of what they share.

    Parameters
    ----------
    posterior : Dataset
        See `workbench.models.cohort.name_cohorts`.
    interval_prob : float
        Probability inside each interval, equal tails.

    Returns
    -------
    DataFrame
        cohort (empty for a cohort at the centre of all, which is left out where there is but one),
        then the median, low and high of alpha, beta and shape.
    """
    probs = [0.5, (1 - interval_prob) / 2, (1 + interval_prob) / 2]
    cohorts = posterior[names.COHORT].values.tolist()
    table = pd.DataFrame({names.COHORT: cohorts})
    shared = pd.DataFrame({names.COHORT: [""] * (len(cohorts) > 1)})
    for name in (names.ALPHA, names.BETA, names.SHAPE):
        for part, variable in ((table, name), (shared, f"shared_{name}")):
            drawn = posterior[variable].stack(sample=("chain", "draw")).transpose("sample", ...)
            values = np.quantile(drawn.values.reshape(drawn.sizes["sample"], -1), probs, axis=0)
            for column, value in zip((name, f"{name}_low", f"{name}_high"), values, strict=True):
                part[column] = value[: len(part)]
    return pd.concat([shared, table], ignore_index=True)


def _today(alive: xr.DataArray) -> tuple[np.ndarray, np.ndarray]:
    """Return periods survived and customers there at each cohort's last observed period."""
    survived = alive.notnull().sum(names.PERIOD).values - 1
    return survived, alive.values[np.arange(len(survived)), survived]
