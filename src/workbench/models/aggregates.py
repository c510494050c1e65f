"""Retention with duration dependence from aggregates: nobody's life is seen, only totals.

After McCarthy, Fader & Hardie 2017, Journal of Marketing 81(1), 17-35. Of all customers added,

    S(t) = exp(-(hazard / shape) * AGE * (t / AGE)**shape)

stay for t years, where hazard is the yearly hazard at AGE, two years. A shape below 1 is a chance
of leaving that falls with age. Theirs is a Weibull baseline with gamma heterogeneity, in which the
chance may fall because the fickle leave first or because customers change; in totals the two look
alike, so that one shape stands for both.

Customers come evenly over their period. Those there before the first row are of unknown age: they
came within `years_before` years, in numbers that grew at a steady, unknown rate and strayed from it
as much as additions in the table do. Losses and additions stray from what is expected by a season,
a random walk and a period's own noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from workbench.core import aggregate_names as names
from workbench.core.aggregate_names import EXPONENTIAL, REVENUE
from workbench.core.aggregates import Aggregates
from workbench.models.compiled.aggregates import flow_log_likelihood


@dataclass(frozen=True)
class AggregatePriors:
    """Priors of the model of aggregates.

    Parameters
    ----------
    log_hazard : tuple of float
        Mean and standard deviation, yearly. Median 0.2; 95 % from 0.03 to 1.4.
    log_shape : tuple of float
        Centred at a chance that age does not move; 95 % from 0.4 to 2.2.
    growth_before : tuple of float
        Yearly, in logs: 95 % from a third fewer to a half more each year.
    season : float
        Standard deviation of the log of each season's factor.
    level_sd, noise_sd : float
        Scale of half-normals, for one year and for one period, in logs.
    growth_revenue : tuple of float
        Yearly, in logs.
    revenue_sd : float
        Scale of a half-normal, for one year, in logs.
    """

    log_hazard: tuple[float, float] = (-1.6, 1.0)
    log_shape: tuple[float, float] = (-0.1, 0.4)
    growth_before: tuple[float, float] = (0.0, 0.2)
    season: float = 0.1
    level_sd: float = 0.1
    noise_sd: float = 0.1
    growth_revenue: tuple[float, float] = (0.0, 0.05)
    revenue_sd: float = 0.05


def build_aggregates(
    given: Aggregates, distribution: str, priors: AggregatePriors | None = None
) -> pm.Model:
    """Build the graph; nothing is sampled here.

    Parameters
    ----------
    given : Aggregates
    distribution : str
        One of `workbench.core.aggregate_names.DISTRIBUTIONS`; exponential: a shape of 1.
    priors : AggregatePriors, optional

    Returns
    -------
    pm.Model
        Free variables are named in `workbench.core.aggregate_names`.
    """
    priors = priors or AggregatePriors()
    flows = given.table[list(names.FLOWS)].to_numpy().T
    before = given.years_before * given.per_year
    coords = {
        names.FLOW: list(names.FLOWS),
        names.PERIOD: list(map(str, given.table.index)),
        names.PERIOD_BEFORE: np.arange(before),
        names.PART: np.arange(given.per_year),
    }
    constants = [given.opening, given.per_year, given.customers_per_unit, given.rounding**2 / 12]
    with pm.Model(coords=coords) as model:
        hazard = pm.Normal(names.LOG_HAZARD, *priors.log_hazard)
        flat = distribution == EXPONENTIAL
        shape = 0.0 if flat else pm.Normal(names.LOG_SHAPE, *priors.log_shape)
        noise = pm.HalfNormal(names.NOISE_SD, priors.noise_sd, dims=names.FLOW)
        growth = pm.Normal(names.GROWTH_BEFORE, *priors.growth_before)
        strayed = pm.Normal(names.NOISE_BEFORE, dims=names.PERIOD_BEFORE)
        ago = (np.arange(before) + 0.5) / given.per_year
        inputs: list[Any] = [
            pt.stack([hazard, shape]),
            noise[0] * strayed - growth * ago,
            _multiplier(given, priors),
            noise,
            flows,
            given.there_before,
            np.array(constants, dtype=float),
        ]
        pm.Potential("log_likelihood", flow_log_likelihood.make_node(*inputs).outputs[0])
        if REVENUE in given.table:
            _revenue(given, priors)
    return model


def _multiplier(given: Aggregates, priors: AggregatePriors):
    """Return the log of additions, and of losses as a multiple of what retention expects."""
    usual = np.log(given.table[names.ADDED].mean() + 0.5)
    start = pm.Normal(names.LOG_ADDED, usual, 1.0)
    steps = pm.Normal(names.LEVEL_STEPS, dims=(names.FLOW, names.PERIOD))
    level_sd = pm.HalfNormal(names.LEVEL_SD, priors.level_sd, dims=names.FLOW)[:, None]
    level = start * np.array([[1.0], [0.0]])
    level += level_sd / np.sqrt(given.per_year) * steps.cumsum(axis=1)
    if not given.seasonal:
        return level
    dims = (names.FLOW, names.PART)
    season = pm.ZeroSumNormal(names.SEASON, priors.season, dims=dims)
    return level + season[:, given.seasons]


def _revenue(given: Aggregates, priors: AggregatePriors) -> None:
    """Let revenue per customer grow by a random walk with drift; rows may lack it."""
    known = given.table[REVENUE].to_numpy()
    at = np.flatnonzero(~np.isnan(known))
    years = np.diff(at) / given.per_year
    growth = pm.Normal(names.GROWTH_REVENUE, *priors.growth_revenue)
    sd = pm.HalfNormal(names.REVENUE_SD, priors.revenue_sd)
    steps = np.diff(np.log(known[at]))
    pm.Normal("revenue", growth * years, sd * np.sqrt(years), observed=steps)
