"""A model whose likelihood is one compiled pass: as a graph, and as the density that is sampled.

    latent ~ N(0, 1),  scale ~ HalfNormal(scale_prior),  fade ~ Beta(fade_prior),
    log-likelihood = kernel(latent, scale, fade, data)

The graph says what the model is. A sampler needs only the log-density of the unconstrained vector
(latent, log scale, logit fade) and its gradient; the kernel gives nearly all of both, and the
priors are a few lines. Compiled through the graph, the same pass is wrapped anew for every model,
which takes longer than to sample a small book; the tests hold the two together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from scipy.special import betaln, logit

from workbench.core.compiled import jit
from workbench.models.compiled.log_likelihood import CompiledLogLikelihood

_jit = jit(error_model="numpy", nogil=True)


@dataclass(frozen=True)
class KernelModel:
    """Priors, a compiled log-likelihood, and the data it reads.

    Parameters
    ----------
    likelihood : CompiledLogLikelihood
    data : dict of ndarray
        In the order in which the likelihood takes them.
    latent_shape : tuple of int
        (latent,), or (predictor, latent) where several predictors have parameters of their own.
    scale_prior : ndarray, shape (scale,)
        Scales of the half-normal priors, alike for all predictors.
    scale_names : tuple of str
    fade_prior : tuple of float, optional
        Beta prior; left out, the fade is 1.
    fade_name : str
    """

    likelihood: CompiledLogLikelihood
    data: dict[str, np.ndarray]
    latent_shape: tuple[int, ...]
    scale_prior: np.ndarray
    scale_names: tuple[str, ...]
    fade_prior: tuple[float, float] | None
    fade_name: str = "fade"

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each variable, in the order in which a vector holds them."""
        several = self.latent_shape[:-1]
        found = {"latent": self.latent_shape, "scale": (*several, len(self.scale_prior))}
        return found | ({self.fade_name: several} if self.fade_prior else {})

    @property
    def coords(self) -> dict[str, list]:
        """Return the labels of the dimensions of `scale`."""
        scales = {"scale_name": list(self.scale_names)}
        if len(self.latent_shape) == 1:
            return scales
        return {"predictor": [str(p) for p in range(self.latent_shape[0])]} | scales


def graph_of(model: KernelModel) -> pm.Model:
    """Return the model as a PyMC graph, which is its definition; nothing is sampled here.

    Parameters
    ----------
    model : KernelModel
        Priors, likelihood and data.
    """
    several = model.latent_shape[:-1]
    with pm.Model(coords=model.coords) as graph:
        latent = pm.Normal("latent", 0.0, 1.0, shape=model.latent_shape)
        scale = pm.HalfNormal("scale", model.scale_prior, dims=tuple(model.coords))
        fade: Any = pt.constant(np.ones(several))
        if model.fade_prior:
            # Python's own numbers would become single precision, and with them the constant.
            alpha, beta = np.asarray(model.fade_prior, dtype="float64")
            fade = pm.Beta(model.fade_name, alpha, beta, shape=several)
        data = [pm.Data(name, values) for name, values in model.data.items()]
        outputs: Any = model.likelihood(latent, scale, fade, *data)
        pm.Potential("log_likelihood", outputs[0])
    return graph


class Density:
    """Log-density and gradient of a model over unconstrained vectors.

    A vector holds the latents, the logarithms of the scales and the logits of the fades, each
    flattened: the value variables of the graph, in the graph's order.

    Parameters
    ----------
    model : KernelModel
    """

    def __init__(self, model: KernelModel) -> None:
        self.model = model
        self.sizes = tuple(math.prod(shape) for shape in model.shapes.values())
        several = model.latent_shape[:-1]
        self._shapes = (*model.shapes.values(), several)[:3]
        self._fixed = np.ones(math.prod(several))
        self._scale_prior = np.tile(model.scale_prior, math.prod(several))
        self._fade_prior = np.array(model.fade_prior or (1.0, 1.0))
        self._data = tuple(model.data.values())
        self._constant = -0.5 * math.log(2 * math.pi) * self.sizes[0] + float(
            np.log(math.sqrt(2 / math.pi) / self._scale_prior).sum()
        )
        if model.fade_prior:
            self._constant -= float(betaln(*model.fade_prior)) * len(self._fixed)

    def value_and_gradient(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log-density at a vector, change of variables included, and its gradient.

        Parameters
        ----------
        vector : ndarray, shape (parameter,)
            Unconstrained, as the class describes it.
        """
        latent, scale, fade = self._split(vector)
        shaped = (v.reshape(s) for v, s in zip((latent, scale, fade), self._shapes, strict=True))
        value, *slopes = self.model.likelihood.kernel(*shaped, *self._data)
        by_latent, by_scale, by_fade = (slope.reshape(-1) for slope in slopes)
        gradient = np.empty(len(vector))
        prior = add_priors(
            vector, scale, self._scale_prior, self._fade_prior, by_latent, by_scale, by_fade,
            gradient,
        )  # fmt: skip
        return float(value) + prior + self._constant, gradient

    def constrained(self, vector: np.ndarray) -> dict[str, np.ndarray]:
        """Return the model's variables at a vector.

        Parameters
        ----------
        vector : ndarray, shape (parameter,)
            Unconstrained, as the class describes it.
        """
        parts = self._split(vector)
        return {
            name: part.reshape(shape)
            for (name, shape), part in zip(self.model.shapes.items(), parts, strict=False)
        }

    def middle(self) -> np.ndarray:
        """Return the vector at the middle of the priors."""
        alpha, beta = self._fade_prior
        middle = [
            np.zeros(self.sizes[0]),
            np.log(self._scale_prior * math.sqrt(2 / math.pi)),
            np.full(sum(self.sizes[2:]), logit(alpha / (alpha + beta))),
        ]
        return np.concatenate(middle)

    def _split(self, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        latents, scales = self.sizes[:2]
        scale = np.exp(vector[latents : latents + scales])
        fade = self._fixed
        if self.model.fade_prior:
            fade = 1 / (1 + np.exp(-vector[latents + scales :]))
        return vector[:latents].copy(), scale, fade


@_jit
def add_priors(  # noqa: PLR0913
    vector, scale, scale_prior, fade_prior, by_latent, by_scale, by_fade, gradient
):
    """Return the log-priors up to a constant; complete the gradient of the density.

    Parameters
    ----------
    vector : ndarray, shape (parameter,)
        Latents, logs of scales, logits of fades.
    scale : ndarray, shape (scale,)
        Of all predictors, one behind the other.
    scale_prior : ndarray, shape (scale,)
        Scales of their half-normal priors.
    fade_prior : ndarray, shape (2,)
        Both parameters of the beta prior.
    by_latent, by_scale, by_fade : ndarray
        Gradient of the log-likelihood by each, flattened.
    gradient : ndarray, shape (parameter,)
        Is filled: of log-likelihood and priors by `vector`.

    Returns
    -------
    float
        With the logarithm of the change of variables.
    """
    total, latents, scales = 0.0, len(by_latent), len(scale)
    for j in range(latents):
        total -= 0.5 * vector[j] * vector[j]
        gradient[j] = by_latent[j] - vector[j]
    for s in range(scales):
        square = (scale[s] / scale_prior[s]) ** 2
        total += vector[latents + s] - 0.5 * square
        gradient[latents + s] = by_scale[s] * scale[s] + 1 - square
    alpha, beta = fade_prior
    for f in range(len(vector) - latents - scales):
        # log fade = -log(1 + exp(-v)), log(1 - fade) = log fade - v.
        v = vector[latents + scales + f]
        log_fade = min(v, 0.0) - np.log1p(np.exp(-abs(v)))
        fade = np.exp(log_fade)
        total += (alpha + beta) * log_fade - beta * v
        gradient[latents + scales + f] = (
            by_fade[f] * fade * (1 - fade) + alpha - (alpha + beta) * fade
        )
    return total
