"""New business: how many come each month, by segment, and how large they are.

    count[s, m] ~ NegativeBinomial(mean = exp(log_rate_s + growth * (m - last)
                                             + loading * shock_m + season_m), alpha)
    log first revenue of a customer of segment s ~ N(size_mean_s, size_sd_s), up to rounding

Growth is per month and has a tight prior; forecasts damp it. The shock is that of all customers'
leaving, see `workbench.forecast.posterior.survival.expected_shocks`.
"""

from __future__ import annotations

from collections.abc import Iterable
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
from workbench.models.priors.distribution import Gamma, HalfNormal, Normal
from workbench.models.priors.new_business import NewBusinessPriors, new_business_priors
from workbench.models.priors.prior import Prior, distribution_of
from workbench.models.revenue.pooled_normal import rounded


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
    rows = new_business_priors(priors)
    data = {
        "centre": _usual_log_rate(seen),
        "scale_idx": np.repeat([0, 1], [segments + 2, YEAR]),
        "prior_sd": _prior_sd(seen, rows),
        "since": np.arange(months) - (months - 1.0),
        "shock": seen.shock,
        "month_idx": seen.months.astype("int64") % YEAR,
        "count": np.ascontiguousarray(seen.count, "int64"),
    }
    return KernelModel(
        likelihood=arrival_log_likelihood,
        data=data,
        latent_shape=(segments + 2 + YEAR,),
        scale_prior=distribution_of(
            HalfNormal, rows, [names.SEASON_SD, *[names.EXCESS] * segments]
        ),
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
    season = latent[..., segments + 2 :] * scale[..., :1]
    dims, coords = ("chain", "draw", names.SEGMENT), {names.SEGMENT: list(seen.segments)}
    level, growth, loading = _prior_sd(seen, new_business_priors(priors))
    rate = _usual_log_rate(seen) + level * latent[..., :segments]
    return {
        names.LOG_RATE: xr.DataArray(rate, coords, dims),
        names.GROWTH: xr.DataArray(growth * latent[..., segments], dims=dims[:2]),
        names.NEW_LOADING: xr.DataArray(loading * latent[..., segments + 1], dims=dims[:2]),
        names.SEASON_SD: xr.DataArray(scale[..., 0], dims=dims[:2]),
        names.SEASON: xr.DataArray(
            season - season.mean(axis=-1, keepdims=True),
            {names.MONTH_OF_YEAR: np.arange(1, YEAR + 1)},
            (*dims[:2], names.MONTH_OF_YEAR),
        ),
        names.EXCESS: xr.DataArray(scale[..., 1:], coords, dims),
    }


def _prior_sd(seen: NewBusiness, rows: Iterable[Prior]) -> np.ndarray:
    """Return the spreads of level, growth and loading; without shocks there is nothing to load."""
    spreads = distribution_of(Normal, rows, [names.LOG_RATE, names.GROWTH, names.NEW_LOADING]).sd
    return spreads * np.array([1.0, 1.0, float(seen.shock.any())])


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


def usual_revenue(seen: NewBusiness, rows: Iterable[Prior]) -> Normal:
    """Return the prior of the log of first revenue, and of that of those who return.

    Parameters
    ----------
    seen : NewBusiness
        What is on record of arrivals.
    rows : iterable of Prior
        With those of `workbench.models.priors.new_business.new_business_priors`.
    """
    around = distribution_of(Normal, rows, names.NEW_SIZE)
    return Normal(size_centre(seen) + around.centre, around.sd)


def add_first_revenue(seen: NewBusiness, rows: Iterable[Prior]) -> None:
    """Add the first revenue of those who come, and of those who return, to the model at hand.

    Parameters
    ----------
    seen : NewBusiness
        What is on record of arrivals.
    rows : iterable of Prior
        With those of `workbench.models.priors.new_business.new_business_priors`.
    """
    usual, spread = usual_revenue(seen, rows), distribution_of(HalfNormal, rows, names.NEW_SIZE_SD)
    whole = usual.variable(names.NEW_SIZE)
    apart = distribution_of(HalfNormal, rows, names.NEW_SIZE_BETWEEN)
    between = apart.variable(names.NEW_SIZE_BETWEEN)
    z = pm.Normal("new size latent", 0.0, 1.0, dims=names.SEGMENT)
    mean: Any = whole + z * between
    sd = spread.variable(names.NEW_SIZE_SD, dims=names.SEGMENT)
    of = seen.customers["segment_idx"].to_numpy("int64")
    first = pm.Data("first revenue seen", log_revenue(seen.customers))
    pm.Normal("first revenue", mean[of], rounded(sd)[of], observed=first)
    rate = distribution_of(Gamma, rows, names.RETURN_RATE).variable(names.RETURN_RATE)
    months = len(seen.months)
    returns = pm.Data("returns seen", np.int64(len(seen.returns)))
    pm.Poisson("returns", rate * months + 1e-12, observed=returns)
    back = usual.variable(names.RETURN_SIZE_MEAN)
    back_sd = spread.variable(names.RETURN_SIZE_SD)
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
    own = posterior["new size latent"] * posterior[names.NEW_SIZE_BETWEEN]
    size = posterior[names.NEW_SIZE] + own
    return {name: posterior[name] for name in kept} | {names.NEW_SIZE_MEAN: size}


def log_revenue(table: pd.DataFrame) -> np.ndarray:
    """Return the logs of yearly revenue, in the currency's units, of a table with cents.

    Parameters
    ----------
    table : DataFrame
        With cents: yearly revenue, above 0.
    """
    return np.log(table["cents"].to_numpy("float64") / 100)
