"""A model whose likelihood is one compiled pass: as a graph, and as the density that is sampled.

    latent ~ N(0, 1),  scale ~ half-normal or `Spreads`,  each scalar by its own prior,
    log-likelihood = kernel(latent, scale, *scalars, data)

The graph says what the model is. A sampler needs only the log-density of the unconstrained vector
(latent, log scale, logit fade) and its gradient; the kernel gives nearly all of both, and the
priors are a short pass of their own. Both take the same `Distribution` of each parameter. Compiled
through the graph, the same pass is wrapped anew for every model, which takes longer than to sample
a small book; the tests hold the two together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from workbench.models.compiled.log_likelihood import CompiledLogLikelihood
from workbench.models.priors.distribution import Distribution, HalfNormal, Normal
from workbench.models.priors.kernels import add_priors, log_constant
from workbench.models.priors.spreads import Spreads

_LATENT = Normal(0.0, 1.0)


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
    scale_prior : HalfNormal or Spreads
        With one number for each scale, alike for all predictors; spreads that share a total are for
        models of one predictor.
    scale_names : tuple of str
    scalars : dict of str to Distribution or None
        What the likelihood takes behind latent and scale, one number for each predictor, by its
        name in the posterior and in that order; None where it is held at 1.
    """

    likelihood: CompiledLogLikelihood
    data: dict[str, np.ndarray]
    latent_shape: tuple[int, ...]
    scale_prior: HalfNormal | Spreads
    scale_names: tuple[str, ...]
    scalars: dict[str, Distribution | None] = field(default_factory=lambda: {"fade": None})

    @property
    def several(self) -> tuple[int, ...]:
        """Return (predictor,) where there are several, else nothing."""
        return self.latent_shape[:-1]

    @property
    def priors(self) -> dict[str, Distribution]:
        """Return the prior of each variable, in the order in which a vector holds them."""
        learnt = {name: prior for name, prior in self.scalars.items() if prior is not None}
        return {"latent": _LATENT, "scale": self.scale_prior} | learnt

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each variable, in the order in which a vector holds them."""
        own = {"latent": self.latent_shape, "scale": (*self.several, len(self.scale_names))}
        return {name: own.get(name, self.several) for name in self.priors}

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
    with pm.Model(coords=model.coords) as graph:
        parameters: dict[str, Any] = {name: pt.ones(model.several) for name in model.scalars}
        for name, prior in model.priors.items():
            where: dict[str, Any] = {"shape": model.shapes[name]}
            if name == "scale":
                where = {"dims": tuple(model.coords)}
            parameters[name] = prior.variable(name, **where)
        ordered = [parameters[name] for name in ("latent", "scale", *model.scalars)]
        data = [pm.Data(name, values) for name, values in model.data.items()]
        outputs: Any = model.likelihood(*ordered, *data)
        pm.Potential("log_likelihood", outputs[0])
    return graph


class Density:
    """Log-density and gradient of a model over unconstrained vectors.

    A vector holds the latents, the logarithms of the scales and what its prior makes of each
    scalar, each flattened: the value variables of the graph, in the graph's order.

    Parameters
    ----------
    model : KernelModel
    """

    def __init__(self, model: KernelModel) -> None:
        self.model = model
        self.sizes = tuple(math.prod(shape) for shape in model.shapes.values())
        ends = np.cumsum(self.sizes).tolist()
        # Variables and shapes are asked for at every step of a walk: they are found once.
        self._variables = [(name, model.priors[name], model.shapes[name]) for name in model.shapes]
        self._at = [slice(end - size, end) for size, end in zip(self.sizes, ends, strict=True)]
        self._held = {name: np.ones(model.several) for name in model.scalars}
        self._data = tuple(model.data.values())
        self._kind = np.zeros(sum(self.sizes), dtype="int64")
        self._first, self._second = np.ones((2, len(self._kind)))
        for (_, prior, _), size, at in zip(self._variables, self.sizes, self._at, strict=True):
            rows = (self._kind, self._first, self._second)
            for row, values in zip(rows, (prior.kernel, *prior.parameters), strict=False):
                row[at] = np.resize(values, size) if size else []
        self._constant = log_constant(self._kind, self._first, self._second)

    def value_and_gradient(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log-density at a vector, change of variables included, and its gradient.

        Parameters
        ----------
        vector : ndarray, shape (parameter,)
            Unconstrained, as the class describes it.
        """
        found = self._held | self.constrained(vector)
        ordered = (found[name] for name in ("latent", "scale", *self.model.scalars))
        value, *slopes = self.model.likelihood.kernel(*ordered, *self._data)
        by_name = dict(zip(("latent", "scale", *self.model.scalars), slopes, strict=True))
        slope = np.concatenate([by_name[name].reshape(-1) for name, _, _ in self._variables])
        gradient = np.empty(len(vector))
        prior = add_priors(vector, self._kind, self._first, self._second, slope, gradient)
        return float(value) + prior + self._constant, gradient

    def constrained(self, vector: np.ndarray) -> dict[str, np.ndarray]:
        """Return the model's variables at a vector.

        Parameters
        ----------
        vector : ndarray, shape (parameter,)
            Unconstrained, as the class describes it.
        """
        return {
            name: np.array(prior.bounded(vector[at])).reshape(shape)
            for (name, prior, shape), at in zip(self._variables, self._at, strict=True)
        }

    def middle(self) -> np.ndarray:
        """Return the vector at the middle of the priors."""
        middle = [
            np.resize(prior.unbounded(prior.mean), size) if size else np.empty(0)
            for (_, prior, _), size in zip(self._variables, self.sizes, strict=True)
        ]
        return np.concatenate(middle)
