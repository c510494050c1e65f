"""Distributions of priors: each once, for the page, the graph, the compiled pass and closed forms.

A parameter may be an array, of as many parameters of the model as it has numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any, ClassVar

import numpy as np
import pymc as pm
from scipy import stats
from scipy.special import logit

from workbench.models.priors import kernels


@dataclass(frozen=True)
class Distribution:
    """What all distributions have in common; see the ones below.

    A subclass says how SciPy, PyMC and, where a compiled pass takes it, the kernel know it. The
    kernel reads values on the unbounded line, onto which `unbounded` and `bounded` map.
    """

    title: ClassVar[str]
    in_graph: ClassVar[Callable[..., Any]]
    kernel: ClassVar[Any]

    @property
    def parameters(self) -> tuple[Any, ...]:
        """Return the parameters in their order."""
        return astuple(self)

    @property
    def text(self) -> str:
        """Return the distribution as a page states it."""
        return f"{self.title}({', '.join(f'{value:g}' for value in self.parameters)})"

    @property
    def in_scipy(self) -> Any:
        """Return the distribution as SciPy has it."""
        raise NotImplementedError

    @property
    def mean(self) -> Any:
        """Return the mean."""
        raise NotImplementedError

    def variable(self, name: str, **layout: Any) -> Any:
        """Add a variable with this distribution to the PyMC model at hand.

        Parameters
        ----------
        name : str
            Of the variable.
        **layout
            Its `shape`, or its `dims`.

        Returns
        -------
        TensorVariable
            Registered under its name.
        """
        # Python's own numbers would become single precision, and with them the constant.
        exact = (np.asarray(value, dtype="float64") for value in self.parameters)
        return self.in_graph(name, *exact, **layout)

    def unbounded(self, values: Any) -> np.ndarray:
        """Return values on the unbounded line.

        Parameters
        ----------
        values : float or ndarray
            Inside the support.
        """
        return np.asarray(values)

    def bounded(self, values: Any) -> np.ndarray:
        """Return values in the support: the inverse of `unbounded`.

        Parameters
        ----------
        values : float or ndarray
            On the unbounded line.
        """
        return np.asarray(values)


@dataclass(frozen=True)
class Normal(Distribution):
    """Normal with a mean and a standard deviation above 0."""

    centre: Any
    sd: Any
    title = "normal"
    in_graph = pm.Normal
    kernel = kernels.NORMAL

    @property
    def in_scipy(self) -> Any:
        """Return the distribution as SciPy has it."""
        return stats.norm(self.centre, self.sd)

    @property
    def mean(self) -> Any:
        """Return the mean."""
        return self.centre


class Positive(Distribution):
    """What is above 0: on the unbounded line by its logarithm."""

    def unbounded(self, values: Any) -> np.ndarray:
        """Return the logarithm.

        Parameters
        ----------
        values : float or ndarray
            Above 0.
        """
        return np.log(np.asarray(values))

    def bounded(self, values: Any) -> np.ndarray:
        """Return the exponential.

        Parameters
        ----------
        values : float or ndarray
            On the unbounded line.
        """
        return np.exp(np.asarray(values))


@dataclass(frozen=True)
class HalfNormal(Positive):
    """Absolute values of a normal around 0, whose standard deviation is the scale, above 0."""

    scale: Any
    title = "half-normal"
    in_graph = pm.HalfNormal
    kernel = kernels.HALF_NORMAL

    @property
    def in_scipy(self) -> Any:
        """Return the distribution as SciPy has it."""
        return stats.halfnorm(scale=self.scale)

    @property
    def mean(self) -> Any:
        """Return the mean."""
        return self.scale * np.sqrt(2 / np.pi)

    @property
    def curvature(self) -> Any:
        """Return minus the second derivative of the log-density, the same everywhere."""
        return self.scale**-2

    def log_density(self, value: float) -> tuple[float, float]:
        """Return the log-density without its constant, and its slope.

        Parameters
        ----------
        value : float
            At least 0.
        """
        pull = value * self.curvature
        return -0.5 * pull * value, -pull


def _exponential(name: str, mean: Any, **layout: Any) -> Any:
    return pm.Exponential(name, scale=mean, **layout)


@dataclass(frozen=True)
class Exponential(Positive):
    """Exponential with a mean above 0."""

    scale: Any
    title = "exponential"
    in_graph = staticmethod(_exponential)

    @property
    def in_scipy(self) -> Any:
        """Return the distribution as SciPy has it."""
        return stats.expon(scale=self.scale)

    @property
    def mean(self) -> Any:
        """Return the mean."""
        return self.scale


@dataclass(frozen=True)
class Beta(Distribution):
    """Beta on 0 to 1, both parameters above 0; the mean is a / (a + b)."""

    a: Any
    b: Any
    title = "beta"
    in_graph = pm.Beta
    kernel = kernels.BETA

    @property
    def in_scipy(self) -> Any:
        """Return the distribution as SciPy has it."""
        return stats.beta(self.a, self.b)

    @property
    def mean(self) -> Any:
        """Return the mean."""
        return self.a / (self.a + self.b)

    def log_density(self, value: float) -> tuple[float, float]:
        """Return the log-density without its constant, and its slope.

        Parameters
        ----------
        value : float
            Between 0 and 1.
        """
        density = (self.a - 1) * np.log(value) + (self.b - 1) * np.log1p(-value)
        return density, (self.a - 1) / value - (self.b - 1) / (1 - value)

    def unbounded(self, values: Any) -> np.ndarray:
        """Return the log-odds.

        Parameters
        ----------
        values : float or ndarray
            Between 0 and 1.
        """
        return logit(np.asarray(values))

    def bounded(self, values: Any) -> np.ndarray:
        """Return the share of log-odds.

        Parameters
        ----------
        values : float or ndarray
            On the unbounded line.
        """
        return 1 / (1 + np.exp(-np.asarray(values)))


@dataclass(frozen=True)
class Gamma(Distribution):
    """Gamma with a shape and a rate, both above 0."""

    shape: Any
    rate: Any
    title = "gamma"
    in_graph = pm.Gamma

    @property
    def in_scipy(self) -> Any:
        """Return the distribution as SciPy has it."""
        return stats.gamma(self.shape, scale=1 / self.rate)

    @property
    def mean(self) -> Any:
        """Return the mean."""
        return self.shape / self.rate


@dataclass(frozen=True)
class LogNormal(Distribution):
    """What has a normal logarithm, with a mean and a standard deviation above 0."""

    centre: Any
    sd: Any
    title = "log-normal"
    in_graph = pm.LogNormal

    @property
    def log(self) -> Normal:
        """Return the distribution of the logarithm."""
        return Normal(self.centre, self.sd)

    @property
    def in_scipy(self) -> Any:
        """Return the distribution as SciPy has it."""
        return stats.lognorm(self.sd, scale=np.exp(self.centre))

    @property
    def mean(self) -> Any:
        """Return the mean."""
        return np.exp(self.centre + self.sd**2 / 2)


def stacked[Kind: Distribution](kind: type[Kind], distributions: Sequence[Kind]) -> Kind:
    """Return distributions of one kind as one, with an array for each parameter.

    Parameters
    ----------
    kind : type of Distribution
        Theirs.
    distributions : sequence of Distribution
        There may be none.

    Examples
    --------
    >>> stacked(HalfNormal, [HalfNormal(0.5), HalfNormal(0.3)]).scale
    array([0.5, 0.3])
    """
    columns = np.array([one.parameters for one in distributions], dtype="float64")
    return kind(*columns.reshape(len(distributions), len(fields(kind))).T)
