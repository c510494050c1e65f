"""Laplace approximation of the hazard model, corrected by Pareto-smoothed importance sampling.

On a large book one pass over the rows takes a good part of a second, and NUTS takes tens of
thousands. Here a few hundred find the mode and the curvature of the log-likelihood as a function of
the effects u, the frailty variance and the fade; the quadratic

    q(x) = l(m) + g . (x - m) - (x - m) . H (x - m) / 2

then stands in for the log-likelihood l in the same PyMC model, which NUTS samples without looking
at a row. Of effects, those of shocks are the shocks themselves and not what was new in a quarter:
the data see nothing else of spreads and of how long shocks last. So the priors stay exact: the
scales, whose posterior near zero is nothing like a normal, and the persistence are not approximated
(where the joint posterior of scales and latents is taken as one normal, Pareto k-hat tells at
once). What is left, l - q, becomes the importance weights of the draws, by Pareto
smoothing (Vehtari, Simpson, Gelman, Yao & Gabry 2024, Journal of Machine Learning Research 25(72),
1-58); their k-hat says whether the correction can be trusted.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from arviz_stats.base.array import array_stats

from workbench.core import names
from workbench.features.design import Design
from workbench.inference.laplace_start import LAST, likely_mode, start_of
from workbench.inference.quadratic import (
    Exact,
    Quadratic,
    QuadraticLogLikelihood,
    expand,
    last_over,
)
from workbench.inference.run import Sampled, Sampling, sample
from workbench.models.compiled.density import KernelModel
from workbench.models.hazard.effects import EffectMap, effect_map
from workbench.models.hazard.model import hazard_model, likelihood_for, model_data
from workbench.models.priors.hazard import HazardPriors


@dataclass(frozen=True)
class Approximated:
    """Weighted draws, resampled.

    Parameters
    ----------
    sampled : Sampled
        As from NUTS. Each chain is resampled by its weights in the order of its draws, so that
        R-hat and effective sample sizes count what repeated draws cost.
    pareto_k : float
        Shape of the weights' tail; above 0.7 the draws must not be used.
    weight_ess : float
        Effective number of draws after weighting, (sum w)^2 / sum w^2.
    """

    sampled: Sampled
    pareto_k: float
    weight_ess: float


def approximate(
    design: Design, how: Sampling, priors: HazardPriors | None = None, *, frailty: bool = True
) -> Approximated:
    """Approximate the posterior of the hazard model.

    Parameters
    ----------
    design : Design
    how : Sampling
        Of the approximation; each kept draw costs one pass over the rows.
    priors : HazardPriors, optional
    frailty : bool
        See `workbench.models.hazard.model.build_hazard`.

    Returns
    -------
    Approximated
    """
    priors = priors or HazardPriors()
    how = replace(how, until=None)  # weighting costs effective draws that nobody knows yet
    sampled, close = quadratic_draws(design, how, priors, frailty=frailty)
    began, layout = time.perf_counter(), effect_map(design, priors)
    exact = exact_likelihood(design, priors, frailty=frailty)
    points = _points(sampled.posterior, layout, frailty=frailty)
    log_ratio = np.array([[exact(point)[0] for point in chain] for chain in points])
    posterior, pareto_k, ess = reweigh(sampled.posterior, log_ratio - close.at(points), how.seed)
    seconds = sampled.sample_seconds + time.perf_counter() - began
    return Approximated(
        replace(sampled, posterior=posterior, sample_seconds=seconds), pareto_k, ess
    )


def quadratic_draws(
    design: Design, how: Sampling, priors: HazardPriors, *, frailty: bool = True
) -> tuple[Sampled, Quadratic]:
    """Draw from the model with the quadratic in place of its log-likelihood, not weighted.

    Parameters
    ----------
    design : Design
    how : Sampling
    priors : HazardPriors
    frailty : bool
        See `workbench.models.hazard.model.build_hazard`.

    Returns
    -------
    Sampled
        Its seconds are those of the expansion too.
    Quadratic
    """
    began = time.perf_counter()
    layout = effect_map(design, priors)
    start = start_of(design, layout, priors, frailty)
    # Shocks that last are searched by what is new in each quarter, and expanded as they are.
    lasting = exact_likelihood(design, priors, frailty=frailty, persistence=start.persistence)
    exact = exact_likelihood(design, priors, frailty=frailty)
    mode = likely_mode(lasting, layout, start)
    effects = len(mode) - LAST
    ones, persistence = np.ones(len(layout.scales)), np.asarray(start.persistence)
    shaken = layout.scale_idx, layout.before_idx
    mode[:effects] = last_over(mode[:effects], ones, persistence, *shaken)
    close = expand(exact, mode, start.free, np.append(layout.level_idx, [-1] * LAST))
    expanded = time.perf_counter() - began
    model = stand_in(hazard_model(design, priors, frailty=frailty), close, layout)
    sampled = sample(model, how, "diag")
    return replace(sampled, sample_seconds=sampled.sample_seconds + expanded), close


def exact_likelihood(
    design: Design, priors: HazardPriors, *, frailty: bool, persistence: float = 0.0
) -> Exact:
    """Return the model's log-likelihood as a function of effects, frailty and fade.

    Parameters
    ----------
    design : Design
        Rows, cells and subscriptions.
    priors : HazardPriors
        Scales and means of the priors.
    frailty : bool
        Whether the model has one; without, the variance in a point has no effect.
    persistence : float
        Share of a shock that is left after a quarter; where it is 0, what is new in a quarter is
        its shock.
    """
    kernel = likelihood_for(design).kernel
    data = list(model_data(design, priors).values())
    ones = np.ones(len(effect_map(design, priors).scales))
    held = np.asarray(persistence)

    def exact(point: np.ndarray) -> tuple[float, np.ndarray]:
        theta, fade = point[-LAST:]
        scale = np.append(ones, theta) if frailty else ones
        value, by_latent, by_scale, by_fade, _ = kernel(
            np.ascontiguousarray(point[:-LAST]),
            scale,
            np.asarray(fade),
            held,
            *data,
        )
        by_theta = by_scale[-1] if frailty else 0.0
        return float(value), np.concatenate([by_latent, [by_theta, float(by_fade)]])

    return exact


def reweigh(
    posterior: xr.Dataset, log_ratio: np.ndarray, seed: int
) -> tuple[xr.Dataset, float, float]:
    """Resample draws by Pareto-smoothed importance weights.

    Parameters
    ----------
    posterior : Dataset
        Draws of the approximation, dimensions chain and draw.
    log_ratio : ndarray, shape (chain, draw)
        Log of target over approximation.
    seed : int
        Of the choice of draws.

    Returns
    -------
    Dataset
        As many draws, each chain in the order of its own.
    float
        Pareto k-hat of the weights.
    float
        Effective number of draws, (sum w)^2 / sum w^2.
    """
    smoothed, pareto_k = array_stats.psislw(-(log_ratio - log_ratio.max()).ravel())
    weight = np.exp(smoothed - smoothed.max()).reshape(log_ratio.shape)
    rng = np.random.default_rng(seed)
    kept = np.array([_systematic(chain, rng) for chain in weight])
    picked = xr.DataArray(kept, dims=("chain", "draw"))
    chain = xr.DataArray(np.arange(len(kept)), dims="chain")
    resampled = posterior.drop_vars("draw", errors="ignore").isel(chain=chain, draw=picked)
    resampled = resampled.assign_coords(draw=np.arange(kept.shape[1]))
    return resampled, float(pareto_k), float(weight.sum() ** 2 / np.square(weight).sum())


def _systematic(weight: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return as many positions as weights, each as often as its weight says, up to one."""
    reach = np.cumsum(weight) / weight.sum()
    ticks = (np.arange(len(weight)) + rng.random()) / len(weight)
    return np.minimum(np.searchsorted(reach, ticks), len(weight) - 1)


def stand_in(model: KernelModel, close: Quadratic, layout: EffectMap) -> KernelModel:
    """Return the model with the quadratic in place of its log-likelihood.

    Parameters
    ----------
    model : KernelModel
        The hazard model.
    close : Quadratic
        Around the mode.
    layout : EffectMap
        The model's effects.
    """
    values = (close.point, np.asarray(close.value), close.gradient, close.curvature)
    values = (*values, layout.scale_idx, layout.n_spreads, layout.before_idx)
    data = dict(zip(QuadraticLogLikelihood.data, values, strict=True))
    return replace(model, likelihood=QuadraticLogLikelihood(), data=data)


def _points(posterior: xr.Dataset, layout: EffectMap, *, frailty: bool) -> np.ndarray:
    """Return draws as points, shape (chain, draw, parameter)."""
    latent = posterior["latent"].transpose("chain", "draw", ...).values
    scale = posterior["scale"].transpose("chain", "draw", ...).values
    one = np.ones(latent.shape[:2])
    fade, persistence = (
        posterior[name].values if name in posterior else one
        for name in (names.FADE, names.PERSISTENCE)
    )
    shaken = layout.scale_idx, layout.before_idx
    effect = np.empty_like(latent)
    for at in np.ndindex(*one.shape):
        effect[at] = last_over(latent[at], scale[at], np.asarray(persistence[at]), *shaken)
    theta = scale[..., -1] if frailty else 0 * one
    return np.concatenate([effect, theta[..., None], fade[..., None]], axis=-1)
