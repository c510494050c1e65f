"""Coordinates in which NUTS walks: effects that are apart from their spread, whatever it is.

Were the log-likelihood of an effect u = s z quadratic, with curvature h and pull b, then given s

    u ~ N(b / (h + 1 / s^2), 1 / (h + 1 / s^2)),
    z = s b / (1 + q) + y / sqrt(1 + q),   q = s^2 h

and y is standard normal whatever s: not centred where the data say little of u, centred where they
say much, and in between as far as they say it (Papaspiliopoulos, Roberts & Skold 2007, Statistical
Science 22, 59-73). Among the effects of one spread, turned into the curvature's own directions, the
formula holds for all at once. Spreads and variances go by the inverse of log(1 + exp(t)): where the
data leave one free to pile up at zero, its logarithm has a tail in which a walk stays long, while
what depends on it changes with the spread itself.

Nothing is approximated: the density is the model's with the change of variables, and curvature and
pull, found once at a mode, only say where the walk is easy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import minimize

from workbench.core.compiled import jit
from workbench.models.compiled.density import Density

_jit = jit(error_model="numpy", nogil=True)
_STEP = 1e-3
# In shares of the prior's scale: below it the coordinate is logarithmic, above it even.
_SOFT_SHARE = 0.2


@dataclass(frozen=True)
class Coordinates:
    """A density by place instead of by vector.

    Parameters
    ----------
    density : Density
    owner : ndarray of int, shape (latent,)
        Position of each latent's scale, -1 where it is fixed at 1.
    rotation : ndarray, shape (latent, latent)
        Orthonormal; it turns latents of the same scale only, so their prior stays the same.
    curvature, pull : ndarray, shape (latent,)
        h and b of the turned latents.
    soft : ndarray, shape (scale,)
        Unit of each scale, which goes by the inverse of log(1 + exp(t)); above 0.
    """

    density: Density
    owner: np.ndarray
    rotation: np.ndarray
    curvature: np.ndarray
    pull: np.ndarray
    soft: np.ndarray

    def vector(self, position: np.ndarray) -> np.ndarray:
        """Return the density's vector at a place.

        Parameters
        ----------
        position : ndarray, shape (parameter,)
            In the coordinates of the walk.
        """
        return to_vector(position, *self._back)

    def value_and_gradient(self, position: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log-density at a place, change of variables included, and its gradient.

        Parameters
        ----------
        position : ndarray, shape (parameter,)
            In the coordinates of the walk.
        """
        value, slope = self.density.value_and_gradient(self.vector(position))
        gradient = np.empty(len(position))
        return value + change_of_variables(position, *self._there, slope, gradient), gradient

    def constrained(self, position: np.ndarray) -> dict[str, np.ndarray]:
        """Return the model's variables at a place.

        Parameters
        ----------
        position : ndarray, shape (parameter,)
            In the coordinates of the walk.
        """
        return self.density.constrained(self.vector(position))

    def start(self, seed: int) -> np.ndarray:
        """Return a place near the mode of the effects and the middle of the other priors.

        Parameters
        ----------
        seed : int
            Of the random step, up to 1 in each coordinate, from that place.
        """
        position, latents = self.density.middle(), len(self.owner)
        scales = position[latents : latents + len(self.soft)]
        scales[:] = np.log(np.expm1(np.exp(scales) / self.soft))
        return position + np.random.default_rng(seed).uniform(-1, 1, len(position))

    @cached_property
    def _back(self) -> tuple[np.ndarray, ...]:
        # Row by row in memory as each loop reads it: whole rows are added at once then.
        rotated_back = np.ascontiguousarray(self.rotation.T)
        return self.owner, rotated_back, self.curvature, self.pull, self.soft

    @cached_property
    def _there(self) -> tuple[np.ndarray, ...]:
        return self.owner, self.rotation, self.curvature, self.pull, self.soft


def find_coordinates(density: Density) -> Coordinates:
    """Find coordinates by expanding the log-likelihood about a mode at middling scales.

    Parameters
    ----------
    density : Density

    Returns
    -------
    Coordinates
    """
    latents, scales = density.sizes[:2]
    per_predictor, width = density.model.latent_shape[-1], len(density.model.scale_names)
    fixed = np.zeros(per_predictor, int)  # where no spread is learnt, no latent has one
    member = np.asarray(density.model.data.get("scale_idx", fixed)) - 1
    predictors = latents // per_predictor
    position = np.arange(predictors)[:, None] * width
    owner = np.where(member >= 0, member + position, -1).ravel()
    middle = density.middle()
    spread = np.append(np.exp(middle[latents : latents + scales]), 1.0)[owner]
    mode = _mode(density, middle, latents, scales)
    curvature = np.zeros((latents, latents))
    for j in range(latents):
        step = np.zeros(len(mode))
        step[j] = _STEP
        behind, ahead = (density.value_and_gradient(mode + by)[1] for by in (-step, step))
        curvature[j] = (behind - ahead)[:latents] / (2 * _STEP)
    # The likelihood's own, by effect: without the latents' standard normal prior.
    curvature = ((curvature + curvature.T) / 2 - np.eye(latents)) / np.outer(spread, spread)
    slope = (density.value_and_gradient(mode)[1] + mode)[:latents] / spread
    rotation, size = np.zeros((latents, latents)), np.zeros(latents)
    for scale in np.unique(owner):
        own = np.flatnonzero(owner == scale)
        bend, direction = np.linalg.eigh(curvature[np.ix_(own, own)])
        rotation[np.ix_(own, own)], size[own] = direction, np.maximum(bend, 0.0)
    pull = rotation.T @ slope + size * (rotation.T @ (mode[:latents] * spread))
    soft = _SOFT_SHARE * np.tile(density.model.scale_prior.scale, predictors)
    return Coordinates(density, owner, rotation, size, pull, soft)


def _mode(density: Density, middle: np.ndarray, latents: int, scales: int) -> np.ndarray:
    """Return the mode of latents and fade at the middle's scales."""
    free = np.ones(len(middle), bool)
    free[latents : latents + scales] = False

    point = middle.copy()

    def loss(short: np.ndarray) -> tuple[float, np.ndarray]:
        point[free] = short
        value, gradient = density.value_and_gradient(point)
        return -value, -gradient[free]

    found = minimize(
        loss, middle[free], jac=True, method="L-BFGS-B", options={"maxiter": 200, "gtol": 1e-2}
    )
    point[free] = found.x
    return point


@_jit
def _softplus(t):
    return max(t, 0.0) + np.log1p(np.exp(-abs(t)))


@_jit
def to_vector(position, owner, rotated_back, curvature, pull, soft):
    """Return the density's vector at a place.

    Parameters
    ----------
    position : ndarray, shape (parameter,)
        In the coordinates of the walk.
    owner, rotated_back, curvature, pull, soft : ndarray
        See `Coordinates`; the rotation's transpose, row by row in memory.

    Returns
    -------
    ndarray, shape (parameter,)
        Latents, logs of scales, logits of fades.
    """
    latents = len(owner)
    vector = position.copy()
    for k in range(len(soft)):
        vector[latents + k] = np.log(soft[k] * _softplus(position[latents + k]))
    for i in range(latents):
        vector[i] = 0.0
    for j in range(latents):
        s = np.exp(vector[latents + owner[j]]) if owner[j] >= 0 else 1.0
        q = 1 + s * s * curvature[j]
        rotated = s * pull[j] / q + position[j] / np.sqrt(q)
        for i in range(latents):
            vector[i] += rotated_back[j, i] * rotated
    return vector


@_jit
def change_of_variables(  # noqa: PLR0913
    position, owner, rotation, curvature, pull, soft, slope, gradient
):
    """Return the logarithm of the volume's change; write the gradient by place.

    Parameters
    ----------
    position : ndarray, shape (parameter,)
        In the coordinates of the walk.
    owner, rotation, curvature, pull, soft : ndarray
        See `Coordinates`.
    slope : ndarray, shape (parameter,)
        Gradient of the log-density by vector.
    gradient : ndarray, shape (parameter,)
        Is filled.

    Returns
    -------
    float
        To be added to the log-density.
    """
    latents, total = len(owner), 0.0
    for k in range(latents):
        gradient[k] = 0.0
    for k in range(latents, len(slope)):
        gradient[k] = slope[k]
    for k in range(len(soft)):
        total += _log_rate(position[latents + k])
    for i in range(latents):
        for j in range(latents):
            gradient[j] += rotation[i, j] * slope[i]
    for j in range(latents):
        by_rotated = gradient[j]
        s, at = 1.0, latents + owner[j]
        if owner[j] >= 0:
            s = soft[owner[j]] * _softplus(position[at])
        learnt = s * s * curvature[j]
        q = 1 + learnt
        gradient[j] = by_rotated / np.sqrt(q)
        total -= 0.5 * np.log(q)
        if owner[j] >= 0:
            moved = s * pull[j] * (1 - learnt) / (q * q) - position[j] * learnt / q**1.5
            gradient[at] += by_rotated * moved - learnt / q
    for k in range(len(soft)):
        t = position[latents + k]
        rate = np.exp(_log_rate(t))
        gradient[latents + k] *= rate
        gradient[latents + k] += 1 / (1 + np.exp(t)) - rate
    return total


@_jit
def _log_rate(t):
    """Return log of d log(softplus(t)) / dt."""
    return -np.log1p(np.exp(-t)) - np.log(_softplus(t))
