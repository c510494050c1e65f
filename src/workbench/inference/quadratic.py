"""A quadratic in place of a log-likelihood, for numpy and as one compiled kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.compiled import jit
from workbench.models.compiled.effect_kernels import LEAST_NEW
from workbench.models.compiled.log_likelihood import CompiledLogLikelihood

# A log-likelihood and its gradient at a point: effects u, then frailty variance and fade.
Exact = Callable[[np.ndarray], tuple[float, np.ndarray]]

_STEP = 1e-3


@dataclass(frozen=True)
class Quadratic:
    """A log-likelihood's quadratic about a point.

    Parameters
    ----------
    point : ndarray, shape (parameter,)
        Effects u (of shocks, the shocks themselves), frailty variance, fade.
    value : float
    gradient : ndarray, shape (parameter,)
    curvature : ndarray, shape (parameter, parameter)
        Minus the Hessian, without directions of negative curvature.
    """

    point: np.ndarray
    value: float
    gradient: np.ndarray
    curvature: np.ndarray

    def at(self, points: np.ndarray) -> np.ndarray:
        """Return its value at points of shape (..., parameter).

        Parameters
        ----------
        points : ndarray, shape (..., parameter)
            Effects, frailty variance, fade.
        """
        step = points - self.point
        return self.value + step @ self.gradient - 0.5 * ((step @ self.curvature) * step).sum(-1)


def expand(
    exact: Exact, point: np.ndarray, free: np.ndarray, level: np.ndarray | None = None
) -> Quadratic:
    """Expand a log-likelihood about a point, by central differences of its gradient.

    Parameters
    ----------
    exact : callable
        Takes a point, returns value and gradient.
    point : ndarray, shape (parameter,)
        About which to expand, as a rule the mode.
    free : ndarray of bool, shape (parameter,)
        Which parameters vary.
    level : ndarray of int, shape (parameter,), optional
        Of a parameter that acts on the rows of one level only, the level; -1 for what all share.
        No row is of two levels, so parameters of different levels are stepped at once.

    Returns
    -------
    Quadratic

    Examples
    --------
    >>> def bell(x):
    ...     return -(x @ x), -2 * x
    >>> expand(bell, np.ones(2), np.ones(2, bool)).curvature.round(6)
    array([[2., 0.],
           [0., 2.]])
    """
    level = np.full(len(point), -1) if level is None else level

    def bend(which: np.ndarray) -> np.ndarray:
        step = np.zeros(len(point))
        step[which] = _STEP
        return (exact(point - step)[1] - exact(point + step)[1]) / (2 * _STEP)

    value, gradient = exact(point)
    curvature = np.zeros((len(point), len(point)))
    for j in np.flatnonzero(free & (level < 0)):
        curvature[j] = curvature[:, j] = bend(np.array([j]))
    # The first parameter of each level together, then the second of each, and so on.
    alone = pd.Series(np.flatnonzero(level >= 0))
    for _, together in alone.groupby(alone.groupby(level[alone]).cumcount()):
        found = bend(together.to_numpy())
        for j in together:
            same = level == level[j]
            curvature[j, same] = found[same]
    size, direction = np.linalg.eigh((curvature + curvature.T) / 2)
    return Quadratic(point, value, gradient, (direction * np.maximum(size, 0)) @ direction.T)


@jit(error_model="numpy", nogil=True)
def value_and_gradient(  # noqa: C901, PLR0913
    latent, scale, fade, persistence, point, value, gradient, curvature, scale_idx, n_spreads,
    before_idx,
):  # fmt: skip
    """Return the quadratic and its gradient by latent, scale, fade and persistence.

    The scale after the `n_spreads` of effects, where there is one, is the frailty variance.

    Parameters
    ----------
    latent : ndarray, shape (latent,)
        Standard normal under the prior.
    scale : ndarray, shape (scale,)
        Spreads of effects, and the frailty variance.
    fade : ndarray, scalar
        Share of a signal's effect that is left after a month, 0 to 1.
    persistence : ndarray, scalar
        Share of a shock that is left after a quarter, 0 to 1.
    point, value, gradient, curvature : ndarray
        See `Quadratic`.
    scale_idx, n_spreads, before_idx : ndarray of int
        See `workbench.models.hazard.effects.EffectMap`.

    Returns
    -------
    (float, ndarray, ndarray, ndarray, ndarray)
        The value, and its gradient by latent, scale, fade and persistence.
    """
    effects = len(latent)
    effect = last_over(latent, scale, persistence, scale_idx, before_idx)
    steps = np.empty(len(point))
    frail = len(scale) > n_spreads.item()
    slope, total = gradient.copy(), value.item()
    for i in range(len(point)):
        step = -point[i]
        if i < effects:
            step += effect[i]
        elif i > effects:
            step += fade.item()
        elif frail:
            step += scale[n_spreads.item()]
        # The curvature is symmetric: its rows are added whole, which is quick.
        for j in range(len(point)):
            slope[j] -= step * curvature[i, j]
        steps[i] = step
    for i in range(len(point)):
        total += 0.5 * steps[i] * (gradient[i] + slope[i])
    rho, by_persistence = persistence.item(), 0.0
    rest = max(1 - rho * rho, LEAST_NEW)
    for j in range(effects - 1, -1, -1):
        before = before_idx[j]
        if before >= 0:
            new = (effect[j] - rho * effect[before]) / rest
            by_persistence += slope[j] * (effect[before] - rho * new)
            slope[before] += rho * slope[j]
            slope[j] *= np.sqrt(rest)
    g_latent, g_scale = slope[:effects].copy(), np.zeros_like(scale)
    for j in range(effects):
        if scale_idx[j] > 0:
            g_scale[scale_idx[j] - 1] += slope[j] * latent[j]
            g_latent[j] *= scale[scale_idx[j] - 1]
    if frail:
        g_scale[n_spreads.item()] = slope[effects]
    by_fade = np.asarray(slope[effects + 1])
    return np.asarray(total), g_latent, g_scale, by_fade, np.asarray(by_persistence)


@jit(error_model="numpy", nogil=True)
def last_over(latent, scale, persistence, scale_idx, before_idx):
    """Return effects by latent, shocks with what is left of those of the quarters before.

    Parameters
    ----------
    latent : ndarray, shape (latent,)
        Standard normal under the prior.
    scale : ndarray, shape (scale,)
        Spreads of effects; more behind them are not read.
    persistence : ndarray, scalar
        Share of a shock that is left after a quarter, 0 to 1.
    scale_idx, before_idx : ndarray of int
        See `workbench.models.hazard.effects.EffectMap`.

    Returns
    -------
    ndarray, shape (latent,)
    """
    rho = persistence.item()
    share = np.sqrt(max(1 - rho * rho, LEAST_NEW))
    effect = np.empty(len(latent))
    for j in range(len(latent)):
        effect[j] = latent[j] * (scale[scale_idx[j] - 1] if scale_idx[j] > 0 else 1.0)
        if before_idx[j] >= 0:
            effect[j] = rho * effect[before_idx[j]] + share * effect[j]
    return effect


class QuadraticLogLikelihood(CompiledLogLikelihood):
    """The quadratic with its gradient as further outputs; it reads no rows."""

    parameters = ("latent", "scale", "fade", "persistence")
    data = (
        "point", "value", "gradient", "curvature", "scale_idx", "n_spreads", "before_idx",
    )  # fmt: skip
    kernel = staticmethod(value_and_gradient)
