"""Where the search for the mode starts: effects and spreads that are likely."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.stats import truncnorm

from workbench.core import names
from workbench.features.design import Design
from workbench.inference.quadratic import (
    Exact,
    Quadratic,
    expand,
)
from workbench.models.hazard.effects import EffectMap
from workbench.models.priors.distribution import Beta, HalfNormal
from workbench.models.priors.hazard import HazardPriors, hazard_priors
from workbench.models.priors.prior import Prior, distribution_of

_ROUNDS = 50

_VARIANCE_RANGE, _FADE_RANGE = (1e-3, 3.0), (0.05, 0.99)
LAST = 2  # entries of a point behind the effects


@dataclass(frozen=True)
class Start:
    """Where the search for the mode starts, and what is free in it.

    Parameters
    ----------
    point : ndarray, shape (effect + 2,)
        Effects, frailty variance and fade.
    free : ndarray of bool, shape (effect + 2,)
        What is moved; the rest stays where it is.
    variance : HalfNormal
        Prior of the frailty variance.
    fade : Beta
        Prior of how signals fade, a month.
    persistence : float, between 0 and 1
        Of shocks, quarter to quarter: the prior's mean.
    """

    point: np.ndarray
    free: np.ndarray
    variance: HalfNormal
    fade: Beta
    persistence: float


def start_of(design: Design, layout: EffectMap, priors: HazardPriors, frailty: bool) -> Start:
    """Return the start: effects of zero, and the priors' middles.

    Parameters
    ----------
    design : Design
    layout : EffectMap
    priors : HazardPriors
    frailty : bool
        False: without frailty.

    Returns
    -------
    Start
    """
    rows = hazard_priors(priors)
    fades = bool(design.coding.signals.columns)
    variance, fade = distribution_of(HalfNormal, rows, names.FRAILTY), _beta(rows, names.FADE)
    effects = len(layout.scale_idx)
    return Start(
        point=np.append(
            np.zeros(effects), [variance.scale / 2 * frailty, fade.mean if fades else 1.0]
        ),
        free=np.append(np.ones(effects, bool), [frailty, fades]),
        variance=variance,
        fade=fade,
        persistence=float(_beta(rows, names.PERSISTENCE).mean),
    )


def _beta(rows: Iterable[Prior], name: str) -> Beta:
    return distribution_of(Beta, rows, name)


def likely_mode(exact: Exact, layout: EffectMap, start: Start) -> np.ndarray:
    """Return the mode given likely scales and frailty, which an expansion tells.

    The joint mode of scales and latents is no place to expand: it has scales of zero.

    Parameters
    ----------
    exact : Exact
        Log-likelihood with its gradient.
    layout : EffectMap
    start : Start

    Returns
    -------
    ndarray, shape (effect + 2,)
    """
    point = _mode(exact, layout.scale_prior.scale / 2, layout, start)
    rough = expand(exact, point, start.free)
    scale = _likely_scales(rough, layout)
    point = point.copy()
    at = len(point) - LAST
    point[at] = _likely_variance(rough, scale, layout, start.variance) if start.free[at] else 0.0
    held = start.free & (np.arange(len(point)) != at)
    return _mode(exact, scale, layout, replace(start, point=point, free=held))


def _likely_variance(
    rough: Quadratic, scale: np.ndarray, layout: EffectMap, prior: HalfNormal
) -> float:
    """Return the frailty variance's mean: it piles up at zero, where its mode says little."""
    spread = np.append(1.0, scale)[layout.scale_idx]
    pull = np.concatenate([spread**-2, [prior.curvature, 1.0]])
    sd = np.sqrt(np.linalg.inv(rough.curvature + np.diag(pull))[-LAST, -LAST])
    mode = rough.point[-LAST]
    return float(truncnorm(-mode / sd, np.inf, loc=mode, scale=sd).mean())


def _mode(exact: Exact, scale: np.ndarray, layout: EffectMap, start: Start) -> np.ndarray:
    """Return the posterior mode of effects, frailty and fade at given scales."""
    spread = np.append(1.0, scale)[layout.scale_idx]

    def loss(short: np.ndarray) -> tuple[float, np.ndarray]:
        point = start.point.copy()
        point[start.free] = short
        value, gradient = exact(point)
        effect = point[:-LAST]
        pull = effect / spread**2
        log_prior, slopes = -0.5 * pull @ effect, [0.0] * LAST
        for last, prior in enumerate((start.variance, start.fade)):
            if start.free[len(effect) + last]:
                density, slopes[last] = prior.log_density(point[len(effect) + last])
                log_prior += density
        slope = gradient + np.append(-pull, slopes)
        return -float(value + log_prior), -slope[start.free]

    bounds = np.array([(-np.inf, np.inf)] * len(spread) + [_VARIANCE_RANGE, _FADE_RANGE])
    found = minimize(
        loss,
        start.point[start.free],
        jac=True,
        method="L-BFGS-B",
        bounds=bounds[start.free],
        options={"maxiter": 300, "maxcor": 30, "ftol": 1e-10, "gtol": 1e-3},
    )
    point = start.point.copy()
    point[start.free] = found.x
    return point


def _likely_scales(rough: Quadratic, layout: EffectMap) -> np.ndarray:
    """Return the scales' mode with the effects integrated out, by expectation-maximisation.

    The expected sum of squares of the n effects of a scale s gives the next s from
    n s^2 + s^4 / t^2 = sum of squares; t is the scale of its half-normal prior, or of the one that
    pulls as hard at the last s.
    """
    member, prior = layout.scale_idx, layout.scale_prior.scale
    count = np.bincount(member, minlength=len(prior) + 1)[1:]
    curvature = rough.curvature[:-LAST, :-LAST]
    pull = curvature @ rough.point[:-LAST] + rough.gradient[:-LAST]
    scale = prior / 2
    for _ in range(_ROUNDS):
        spread = np.append(1.0, scale)[member]
        covariance = np.linalg.inv(curvature + np.diag(spread**-2))
        square = np.square(covariance @ pull) + np.diag(covariance)
        total = np.bincount(member, square, minlength=len(prior) + 1)[1:]
        pulled = layout.scale_prior.as_half_normals(scale)
        root = np.sqrt(count**2 + 4 * total / pulled**2)
        scale = np.maximum(pulled * np.sqrt((root - count) / 2), prior / 10)
    return scale
