"""How large an effect is: ranges to prior draws.

A range [low, high] that holds with probability p becomes a log-normal prior with these as its
quantiles (1 - p) / 2 and (1 + p) / 2; for a chance, normal on the log-odds. Its draws go by name,
as all random numbers here do: the same action meets the same ones in every plan, so plans differ by
what they do. An effect of one kind is equally large, though unknown, for all accounts of a plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator
from scipy.special import expit, logit, ndtri

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.random_numbers import key_of, normals
from workbench.plans.levers.part import Part, Positive, Share
from workbench.plans.levers.source import Assumed, Measured

# Purposes of random numbers, beyond those of `forecast.simulation.random_numbers`.
BELIEF, SALE = 100, 101

Range = tuple[float, float, float]  # low, high, and the probability that the truth lies between


class Estimate(Part):
    """A measured effect: estimate, and the interval that holds it with a probability."""

    estimate: Positive
    low: Positive
    high: Positive
    probability: Annotated[Share, Field(description="a probability between 0 and 1")] = 0.9

    @model_validator(mode="after")
    def _ordered(self) -> Estimate:
        if not self.low <= self.estimate <= self.high:
            raise ValueError("the estimate lies outside of its interval")
        return self


Measurements = Mapping[str, Mapping[str, Estimate]]


def range_of(source: Assumed | Measured, measured: Measurements) -> Range:
    """Return low, high and the probability that the truth lies between them.

    Parameters
    ----------
    source : Assumed or Measured
    measured : mapping
        Estimates by file, as the plan names it, and effect.

    Raises
    ------
    ParameterError
        When the file or the effect is unknown.
    """
    if isinstance(source, Assumed):
        return source.low, source.high, source.probability
    known = measured.get(source.file, {})
    if source.effect not in known:
        hint = nearest(source.effect, known) if known else "Read it with the plan."
        problem = Problem(f"no measured effect {source.effect}", source.file, hint=hint)
        raise ParameterError("The plan cannot be applied.", [problem])
    found = known[source.effect]
    return found.low, found.high, found.probability


def belief(inputs: ForecastInputs, name: str) -> np.ndarray:
    """Return the standard normal numbers behind a planner's belief, one per draw.

    Parameters
    ----------
    inputs : ForecastInputs
    name : str
        The same name, the same numbers.

    Returns
    -------
    ndarray, shape (draw,)
    """
    return normals(inputs.seed, key_of([name]), len(inputs), BELIEF)[:, 0]


def normal_between(low: float, high: float, prob: float, z: np.ndarray) -> np.ndarray:
    """Return draws of the normal that lies between two ends with a probability.

    Parameters
    ----------
    low, high : float
        Its quantiles (1 - prob) / 2 and (1 + prob) / 2.
    prob : float
        Between 0 and 1.
    z : ndarray
        Standard normal numbers; see `belief`.

    Returns
    -------
    ndarray of z's shape

    Examples
    --------
    >>> normal_between(0.0, 5.0, 0.8, ndtri(np.array([0.1, 0.5, 0.9]))).round(6).tolist()
    [0.0, 2.5, 5.0]
    """
    return (low + high) / 2 + (high - low) / 2 / ndtri((1 + prob) / 2) * z


def log_factor(stated: Range, z: np.ndarray) -> np.ndarray:
    """Turn a range of a factor into draws of its logarithm.

    Parameters
    ----------
    stated : Range
        Of the factor: both ends above 0.
    z : ndarray
        Standard normal numbers; see `belief`.

    Returns
    -------
    ndarray of z's shape

    Examples
    --------
    >>> log_factor((1.0, 1.0, 0.8), np.array([-1.0, 0.0, 2.0])).tolist()
    [0.0, 0.0, 0.0]
    """
    low, high, prob = stated
    return normal_between(np.log(low), np.log(high), prob, z)


def chance(stated: Range, z: np.ndarray) -> np.ndarray:
    """Turn a range of a probability into draws of it.

    Parameters
    ----------
    stated : Range
        Of the probability: both ends between 0 and 1.
    z : ndarray
        Standard normal numbers; see `belief`.

    Returns
    -------
    ndarray of z's shape
        Between 0 and 1.
    """
    low, high, prob = stated
    return expit(normal_between(logit(low), logit(high), prob, z))
