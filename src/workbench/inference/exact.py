"""Draw sizes, prices and first revenue from their posterior itself, independent of one another.

Spreads come from their own posterior, of one number or two (`workbench.inference.cells`); means and
levels follow from the normal that is theirs given the spreads; shares and rates from the beta and
gamma distributions to which they are conjugate (Gelman et al., Bayesian Data Analysis, 3rd edition,
sections 2.4, 2.6 and 5.4).
"""

from __future__ import annotations

import time

import numpy as np
import xarray as xr
from scipy.special import softmax

from workbench.core import revenue_names as names
from workbench.core.processes import REVENUE_PROCESSES
from workbench.inference.cells import draw_density
from workbench.inference.run import Sampled, Sampling
from workbench.models.priors.distribution import Beta, Gamma
from workbench.models.priors.prior import distribution_of
from workbench.models.revenue.first_revenue import FirstRevenue
from workbench.models.revenue.money import (
    MoneyModel,
    reduced_first_revenue,
    reduced_prices,
    reduced_returns,
    reduced_sizes,
)
from workbench.models.revenue.pooled_normal import (
    PooledNormal,
    farthest,
    log_spread_prior,
    to_spread,
)
from workbench.models.revenue.sizes import count_priced

Drawn = dict[str, np.ndarray]


def draw_money(model: MoneyModel, how: Sampling) -> Sampled:
    """Draw the posterior of sizes, prices and first revenue.

    Parameters
    ----------
    model : MoneyModel
    how : Sampling
        Of which draws, chains and seed count; chains are a way to lay out independent draws.

    Returns
    -------
    Sampled
        The variables of `models.revenue.money.money_graph`. Nothing can diverge, and of energy
        nothing can be missing: its fraction is infinite.
    """
    began = time.perf_counter()
    rng, draws = np.random.default_rng(how.seed), how.draws * how.chains
    sizes = [_pooled(part, draws, rng) for part in reduced_sizes(model)]
    price, back = (
        _alone(part, draws, rng) for part in (reduced_prices(model), reduced_returns(model))
    )
    found = dict(
        zip(
            (
                names.SIZE_MEAN,
                names.SIZE_REVERSION,
                names.SIZE_SD,
                names.SIZE_GROUP_SD,
                "size latent",
            ),
            (np.stack(values, axis=1) for values in zip(*sizes, strict=True)),
            strict=True,
        )
    )
    found |= {names.PRICE_MEAN: price[0], names.PRICE_SD: price[1]}
    found |= {names.RETURN_SIZE_MEAN: back[0], names.RETURN_SIZE_SD: back[1]}
    found |= _shares(model, draws, rng)
    found |= _first_revenue(reduced_first_revenue(model), draws, rng)
    return Sampled(
        posterior=_dataset(found, model, how),
        diverging=0,
        bfmi=np.full(how.chains, np.inf),
        compile_seconds=0.0,
        sample_seconds=time.perf_counter() - began,
        target_accept=how.target_accept,
    )


def _shares(model: MoneyModel, draws: int, rng: np.random.Generator) -> Drawn:
    seen, (flat, _) = model.seen, count_priced(model.data)
    a, b = distribution_of(Beta, model.priors, names.PRICE_SHARE).parameters
    shape, rate = distribution_of(Gamma, model.priors, names.RETURN_RATE).parameters
    priced, months = seen["priced seen"], len(model.data.new.months)
    return {
        names.PRICE_SHARE: rng.beta(a + priced, b + flat - priced, draws),
        names.RETURN_RATE: rng.gamma(shape + seen["returns seen"], 1 / (rate + months), draws),
    }


def _alone(
    part: PooledNormal, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw mean and spread where there are no levels."""
    nothing = np.zeros(1)

    def log_posterior(at: np.ndarray) -> np.ndarray:
        sd = to_spread(at[:, 0])
        return part.log_marginal(sd, nothing) + log_spread_prior(at[:, 0], part.sd_prior)

    most = [farthest(part.sd_prior)]
    sd = to_spread(draw_density(log_posterior, np.zeros(1), np.array(most), draws, rng)[:, 0])
    middle, wide = part.fixed_given(sd, nothing)
    return middle[:, 0] + wide[:, 0, 0] * rng.normal(size=draws), sd


def _pooled(part: PooledNormal, draws: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Draw mean, slope, both spreads, and latents."""

    def log_posterior(at: np.ndarray) -> np.ndarray:
        log_prior = log_spread_prior(at[:, 0], part.sd_prior)
        log_prior += log_spread_prior(at[:, 1], part.group_sd_prior)
        return part.log_marginal(*to_spread(at).T) + log_prior

    most = np.array([farthest(part.sd_prior), farthest(part.group_sd_prior)])
    sd, group_sd = to_spread(draw_density(log_posterior, np.zeros(2), most, draws, rng)).T
    middle, wide = part.fixed_given(sd, group_sd)
    fixed = middle + (wide @ rng.normal(size=(*middle.shape, 1)))[..., 0]
    middle, wide = part.latents_given(fixed, sd, group_sd)
    latents = (middle + wide * rng.normal(size=middle.shape)) @ part.axes.T
    return *fixed.T, sd, group_sd, latents


def _first_revenue(part: FirstRevenue, draws: int, rng: np.random.Generator) -> Drawn:
    """Draw what is common to segments, then each segment's spread and mean."""
    low, high = (np.array(end) for end in part.box)
    position, whole = draw_density(part.log_posterior, low, high, draws, rng).T
    between, spreads, latents = to_spread(position), [], []
    for segment in part.segments:
        share = softmax(segment.log_by_cell(whole, between), axis=1).cumsum(axis=1)
        cell = (share < rng.uniform(0.0, share[:, -1:], (draws, 1))).sum(axis=1)
        width = np.diff(segment.edges)[cell]
        spreads.append(to_spread(segment.edges[cell] + width * rng.uniform(size=draws)))
        learnt = segment.count * between / segment.variance[cell]
        precision = 1 + learnt * between
        middle = learnt * (segment.mean - whole) / precision
        latents.append(middle + rng.normal(size=draws) / np.sqrt(precision))
    return {
        names.NEW_SIZE: whole,
        names.NEW_SIZE_BETWEEN: between,
        "new size latent": np.stack(latents, axis=1),
        names.NEW_SIZE_SD: np.stack(spreads, axis=1),
    }


def _dataset(found: Drawn, model: MoneyModel, how: Sampling) -> xr.Dataset:
    dims = {
        names.SIZE_MEAN: (names.PROCESS,),
        names.SIZE_REVERSION: (names.PROCESS,),
        names.SIZE_SD: (names.PROCESS,),
        names.SIZE_GROUP_SD: (names.PROCESS,),
        "size latent": (names.PROCESS, "size latent_dim_1"),
        "new size latent": (names.SEGMENT,),
        names.NEW_SIZE_SD: (names.SEGMENT,),
    }
    labels = {
        names.PROCESS: np.asarray(REVENUE_PROCESSES, dtype=object),
        names.SEGMENT: np.asarray(model.data.new.segments, dtype=object),
        "chain": np.arange(how.chains),
        "draw": np.arange(how.draws),
    }
    variables = {
        name: (
            ("chain", "draw", *dims.get(name, ())),
            value.reshape(how.chains, how.draws, *value.shape[1:]),
        )
        for name, value in found.items()
    }
    return xr.Dataset(variables, labels)
