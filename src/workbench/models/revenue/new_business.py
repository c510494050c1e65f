"""New business: how many come each month, by segment, and how large they are.

    count[s, m] ~ NegativeBinomial(mean = exp(log_rate_s + growth * (m - last) + season_m), alpha)
    log first revenue of a customer of segment s ~ N(size_mean_s, size_sd_s), up to rounding

Growth is per month and has a tight prior; forecasts damp it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr

from workbench.core import revenue_names as names
from workbench.features.new_business import NewBusiness
from workbench.models.compiled.arrival_kernels import YEAR
from workbench.models.compiled.density import KernelModel
from workbench.models.compiled.revenue import arrival_log_likelihood
from workbench.models.priors.distribution import HalfNormal
from workbench.models.revenue.pooled_normal import rounded


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


def arrival_model(seen: NewBusiness, priors: NewBusinessPriors) -> KernelModel:
    """Lay out the model of how many come; nothing is sampled here.

    Parameters
    ----------
    seen : NewBusiness
        What is on record of arrivals.
    priors : NewBusinessPriors
        Scales and means of the priors.

    Returns
    -------
    KernelModel
        Priors, likelihood and data.
    """
    segments, months = seen.count.shape
    data = {
        "centre": _usual_log_rate(seen),
        "scale_idx": np.repeat([0, 1], [segments + 1, YEAR]),
        "prior_sd": np.array([priors.level_sd, priors.growth_sd]),
        "since": np.arange(months) - (months - 1.0),
        "month_idx": seen.months.astype("int64") % YEAR,
        "count": np.ascontiguousarray(seen.count, "int64"),
    }
    return KernelModel(
        likelihood=arrival_log_likelihood,
        data=data,
        latent_shape=(segments + 1 + YEAR,),
        scale_prior=HalfNormal(np.append(priors.season_sd, np.full(segments, priors.excess_sd))),
        scale_names=("season", *(f"excess of {name}" for name in seen.segments)),
    )


def name_arrivals(
    posterior: xr.Dataset, seen: NewBusiness, priors: NewBusinessPriors
) -> dict[str, xr.DataArray]:
    """Return the variables of arrivals that forecasts read.

    Parameters
    ----------
    posterior : Dataset
        With latent and scale, as the arrival model has them.
    seen : NewBusiness
        What is on record of arrivals.
    priors : NewBusinessPriors
        Scales and means of the priors.
    """
    latent = posterior["latent"].transpose("chain", "draw", ...).values
    scale = posterior["scale"].transpose("chain", "draw", ...).values
    segments = len(seen.segments)
    season = latent[..., segments + 1 :] * scale[..., :1]
    dims, coords = ("chain", "draw", names.SEGMENT), {names.SEGMENT: list(seen.segments)}
    rate = _usual_log_rate(seen) + priors.level_sd * latent[..., :segments]
    return {
        names.LOG_RATE: xr.DataArray(rate, coords, dims),
        names.GROWTH: xr.DataArray(priors.growth_sd * latent[..., segments], dims=dims[:2]),
        names.SEASON_SD: xr.DataArray(scale[..., 0], dims=dims[:2]),
        names.SEASON: xr.DataArray(
            season - season.mean(axis=-1, keepdims=True),
            {names.MONTH_OF_YEAR: np.arange(1, YEAR + 1)},
            (*dims[:2], names.MONTH_OF_YEAR),
        ),
        names.EXCESS: xr.DataArray(scale[..., 1:], coords, dims),
    }


def _usual_log_rate(seen: NewBusiness) -> np.ndarray:
    return np.log((seen.count.sum(axis=1) + 0.5) / max(len(seen.months), 1))


def size_centre(seen: NewBusiness) -> float:
    """Return the log of a typical revenue: of those who came, else of those who are there.

    Parameters
    ----------
    seen : NewBusiness
        What is on record of arrivals.
    """
    known = seen.customers["cents"].to_numpy() if len(seen.customers) else seen.running_cents
    return float(np.log(known / 100).mean())


def add_first_revenue(seen: NewBusiness, priors: NewBusinessPriors) -> None:
    """Add the first revenue of those who come, and of those who return, to the model at hand.

    Parameters
    ----------
    seen : NewBusiness
        What is on record of arrivals.
    priors : NewBusinessPriors
        Scales and means of the priors.
    """
    centre = size_centre(seen)
    whole = pm.Normal("new size", centre, priors.level_sd)
    between = pm.HalfNormal("new size between", priors.segment_sd)
    z = pm.Normal("new size latent", 0.0, 1.0, dims=names.SEGMENT)
    mean: Any = whole + z * between
    sd: Any = pm.HalfNormal(names.NEW_SIZE_SD, priors.size_sd, dims=names.SEGMENT)
    of = seen.customers["segment_idx"].to_numpy("int64")
    first = pm.Data("first revenue seen", log_revenue(seen.customers))
    pm.Normal("first revenue", mean[of], rounded(sd)[of], observed=first)
    rate = pm.Gamma(names.RETURN_RATE, *priors.returning)
    months = len(seen.months)
    returns = pm.Data("returns seen", np.int64(len(seen.returns)))
    pm.Poisson("returns", rate * months + 1e-12, observed=returns)
    back = pm.Normal(names.RETURN_SIZE_MEAN, centre, priors.level_sd)
    back_sd = pm.HalfNormal(names.RETURN_SIZE_SD, priors.size_sd)
    revenue = pm.Data("returning revenue seen", log_revenue(seen.returns))
    pm.Normal("returning revenue", back, rounded(back_sd), observed=revenue)


def name_first_revenue(posterior: xr.Dataset) -> dict[str, xr.DataArray]:
    """Return the variables of first revenue that forecasts read.

    Parameters
    ----------
    posterior : Dataset
        Draws of the money model.
    """
    kept = (names.NEW_SIZE_SD, names.RETURN_RATE, names.RETURN_SIZE_MEAN, names.RETURN_SIZE_SD)
    size = posterior["new size"] + posterior["new size latent"] * posterior["new size between"]
    return {name: posterior[name] for name in kept} | {names.NEW_SIZE_MEAN: size}


def log_revenue(table: pd.DataFrame) -> np.ndarray:
    """Return the logs of yearly revenue, in the currency's units, of a table with cents.

    Parameters
    ----------
    table : DataFrame
        With cents: yearly revenue, above 0.
    """
    return np.log(table["cents"].to_numpy("float64") / 100)
