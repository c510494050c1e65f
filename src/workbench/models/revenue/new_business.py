"""New business: how many come each month, by segment, and how large they are.

    count[s, m] ~ NegativeBinomial(mean = exp(log_rate_s + growth * (m - last) + season_m), alpha)
    log first revenue of a customer of segment s ~ N(size_mean_s, size_sd_s)

Growth is per month and has a tight prior; forecasts damp it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr

from workbench.core import revenue_names as names
from workbench.features.new_business import NewBusiness

_YEAR = 12


@dataclass(frozen=True)
class NewBusinessPriors:
    """Priors of new business.

    Parameters
    ----------
    level_sd : float
        Of the log-rate, around the book's mean count, and of the log of first revenue, around the
        mean of what is on record: a scale must come from the book.
    growth_sd : float
        Per month: 1 %.
    segment_sd, season_sd, size_sd : float
        Scales of half-normal priors: on the spread of segments' log sizes, of the twelve months of
        the year, and of log sizes within a segment.
    excess_sd : float
        Of the count's variance beyond Poisson, relative to its squared mean.
    returning : tuple of float
        Gamma prior (shape, rate) of the monthly count of returns.
    """

    level_sd: float = 1.0
    growth_sd: float = 0.01
    segment_sd: float = 1.0
    season_sd: float = 0.2
    size_sd: float = 1.0
    excess_sd: float = 0.3
    returning: tuple[float, float] = (0.5, 1.0)


def add_new_business(seen: NewBusiness, priors: NewBusinessPriors) -> None:
    """Add new business to the PyMC model at hand."""
    n_months = seen.count.shape[1]
    centre = np.log((seen.count.sum(axis=1) + 0.5) / max(n_months, 1))
    level: Any = pm.Normal(names.LOG_RATE, centre, priors.level_sd, dims=names.SEGMENT)
    growth = pm.Normal(names.GROWTH, 0.0, priors.growth_sd)
    z: Any = pm.Normal("season latent", 0.0, 1.0, dims=names.MONTH_OF_YEAR)
    season_sd = pm.HalfNormal("season_sd", priors.season_sd)
    season = (z - z.mean()) * season_sd
    excess: Any = pm.HalfNormal(names.EXCESS, priors.excess_sd, dims=names.SEGMENT)
    since = np.arange(n_months) - (n_months - 1.0)
    log_mean = level[:, None] + growth * since + season[seen.months % _YEAR]
    if n_months:
        alpha = 1 / (excess[:, None] + 1e-4)
        count = pm.Data("new count seen", seen.count)
        pm.NegativeBinomial("new count", mu=pt.exp(log_mean), alpha=alpha, observed=count)
    _add_sizes(seen, priors)


def size_centre(seen: NewBusiness) -> float:
    """Return the log of a typical revenue: of those who came, else of those who are there."""
    known = seen.customers["cents"].to_numpy() if len(seen.customers) else seen.running_cents
    return float(np.log(known / 100).mean())


def name_new_business(posterior: xr.Dataset) -> dict[str, xr.DataArray]:
    """Return the variables of new business that forecasts read."""
    kept = (
        names.LOG_RATE, names.GROWTH, names.EXCESS, names.NEW_SIZE_SD,
        names.RETURN_RATE, names.RETURN_SIZE_MEAN, names.RETURN_SIZE_SD,
    )  # fmt: skip
    z = posterior["season latent"]
    season = (z - z.mean(names.MONTH_OF_YEAR)) * posterior["season_sd"]
    size = posterior["new size"] + posterior["new size latent"] * posterior["new size between"]
    found = {name: posterior[name] for name in kept}
    return found | {names.SEASON: season, names.NEW_SIZE_MEAN: size}


def _add_sizes(seen: NewBusiness, priors: NewBusinessPriors) -> None:
    centre = size_centre(seen)
    whole = pm.Normal("new size", centre, priors.level_sd)
    between = pm.HalfNormal("new size between", priors.segment_sd)
    z = pm.Normal("new size latent", 0.0, 1.0, dims=names.SEGMENT)
    mean = whole + z * between
    sd = pm.HalfNormal(names.NEW_SIZE_SD, priors.size_sd, dims=names.SEGMENT)
    of = seen.customers["segment_idx"].to_numpy("int64")
    first = pm.Data("first revenue seen", _log(seen.customers["cents"]))
    pm.Normal("first revenue", mean[of], sd[of], observed=first)
    rate = pm.Gamma(names.RETURN_RATE, *priors.returning)
    months = len(seen.months)
    returns = pm.Data("returns seen", np.int64(len(seen.returns)))
    pm.Poisson("returns", rate * months + 1e-12, observed=returns)
    back = pm.Normal(names.RETURN_SIZE_MEAN, centre, priors.level_sd)
    back_sd = pm.HalfNormal(names.RETURN_SIZE_SD, priors.size_sd)
    revenue = pm.Data("returning revenue seen", _log(seen.returns["cents"]))
    pm.Normal("returning revenue", back, back_sd, observed=revenue)


def _log(cents: np.ndarray) -> np.ndarray:
    return np.log(np.asarray(cents, dtype="float64") / 100)
