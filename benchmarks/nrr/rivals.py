"""What an analyst would do without a model of customers: rates of the past, and smoothed rates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from nrr.folders import HORIZONS, QUANTITIES, monthly_revenue, quantile_table, retained

_DRAWS = 4000
_FLOOR = 1e-3


def trailing(folder: Path) -> pd.DataFrame:
    """Forecast the rate of the last twelve months, as if it were certain."""
    held = monthly_revenue(folder)
    return quantile_table(
        {
            (name, months): np.array([_rate_of_last_year(held, name, months)])
            for name in QUANTITIES
            for months in HORIZONS
        }
    )


def trailing_spread(folder: Path) -> pd.DataFrame:
    """Forecast the same rate, give or take how much rates over as many months differed so far."""
    held, rng = monthly_revenue(folder), np.random.default_rng(1)
    found = {}
    for months in HORIZONS:
        past = _windows(held, months)
        for name in QUANTITIES:
            middle = _rate_of_last_year(held, name, months)
            found[name, months] = middle + past[name].std() * rng.normal(size=_DRAWS)
    return quantile_table(found)


def smoothed(folder: Path) -> pd.DataFrame:
    """Smooth monthly rates exponentially, with additive errors and no trend: ETS(A,N,N).

    Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential Smoothing, chapter 2.
    """
    monthly, rng = _windows(monthly_revenue(folder), 1), np.random.default_rng(1)
    found = {}
    for name in QUANTITIES:
        series = np.log(monthly[name].clip(lower=_FLOOR)).to_numpy()
        weight = minimize_scalar(
            lambda a, y=series: (_errors(y, a)[0] ** 2).sum(), bounds=(0, 1), method="bounded"
        ).x
        errors, level = _errors(series, weight)
        sd = np.sqrt((errors[12:] ** 2).mean())
        noise = rng.normal(0, sd, (_DRAWS, max(HORIZONS)))
        levels = level + weight * np.cumsum(noise, axis=1)
        ahead = np.cumsum(noise + np.column_stack([np.full(_DRAWS, level), levels[:, :-1]]), axis=1)
        for months in HORIZONS:
            found[name, months] = np.exp(ahead[:, months - 1])
    return quantile_table(found)


def _windows(held: pd.DataFrame, months: int) -> pd.DataFrame:
    """Return the rates over all stretches of so many months, oldest first."""
    ends = [end for end in held.columns if end - months in held.columns]
    return pd.DataFrame(
        [retained(held[end - months].to_numpy(), held[end].to_numpy()) for end in ends]
    )


def _rate_of_last_year(held: pd.DataFrame, name: str, months: int) -> float:
    return float(_windows(held, months)[name].iloc[-1::-months][: 12 // months].mean())


def _errors(series: np.ndarray, weight: float) -> tuple[np.ndarray, float]:
    level, errors = series[:12].mean(), np.empty(len(series))
    for t, value in enumerate(series):
        errors[t] = value - level
        level += weight * errors[t]
    return errors, level
