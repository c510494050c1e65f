"""How large an effect is: ranges to prior draws, and files of measured effects.

A range [low, high] that holds with probability p becomes a log-normal prior with these as its
quantiles (1 - p) / 2 and (1 + p) / 2; for a chance, normal on the log-odds. Its draws go by name,
as all chance here does: the same action meets the same luck in every plan, so plans differ by what
they do. An effect of one kind is equally large, though unknown, for all accounts of a plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator
from scipy.special import expit, logit, ndtr, ndtri

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.core.marked_file import read_marked
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.random_numbers import key_of, normals
from workbench.plans.levers import Assumed, Measured, Part, Positive, Share
from workbench.plans.strict import read_part

# Purposes of chance, beyond those of `forecast.simulation.months`.
_BELIEF, _SALE = 100, 101

# What a price change does to the hazard at the renewal that it meets, if the planner says nothing:
# the hazard is multiplied by (new price / old price) ** elasticity. From 0 (nobody minds) to 5 (a
# rise of 10 % means 1.6 times as many leavers) in eight cases of ten: wide, since prices are
# raised where they can be, and the past shows little else.
PRICE_ELASTICITY = (0.0, 5.0, 0.8)


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


class _File(Part):
    effects: dict[str, Estimate]


def read_estimates(path: str | Path) -> dict[str, Estimate]:
    """Read a file of measured effects: ``effects``, by name.

    Raises
    ------
    ParameterError
        When there is no such file.
    DataError
        When it is not valid.
    """
    path = Path(path)
    if not path.is_file():
        problem = Problem("no such file", str(path), "measured effects in YAML or JSON")
        raise ParameterError("Measured effects could not be found.", [problem])
    headline = "The file of measured effects is not valid."
    return read_part(_File, read_marked(path, headline), headline).effects


Measurements = Mapping[str, Mapping[str, Estimate]]


def range_of(source: Assumed | Measured, measured: Measurements) -> tuple[float, float, float]:
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
    """
    return normals(inputs.seed, key_of([name]), len(inputs), _BELIEF)[:, 0]


def log_factor(stated: tuple[float, float, float], z: np.ndarray) -> np.ndarray:
    """Turn a range of a factor into draws of its logarithm.

    >>> log_factor((1.0, 1.0, 0.8), np.array([-1.0, 0.0, 2.0])).tolist()
    [0.0, 0.0, 0.0]
    """
    low, high, prob = stated
    middle, reach = (np.log(low) + np.log(high)) / 2, (np.log(high) - np.log(low)) / 2
    return middle + reach / ndtri((1 + prob) / 2) * z


def log_price_factor(change: float, z: np.ndarray) -> np.ndarray:
    """Return draws of the log factor on the hazard of a log price change, nothing being stated."""
    low, high, prob = PRICE_ELASTICITY
    return change * ((low + high) / 2 + (high - low) / 2 / ndtri((1 + prob) / 2) * z)


def chance(stated: tuple[float, float, float], z: np.ndarray) -> np.ndarray:
    """Turn a range of a probability into draws of it."""
    low, high, prob = stated
    middle, reach = (logit(low) + logit(high)) / 2, (logit(high) - logit(low)) / 2
    return expit(middle + reach / ndtri((1 + prob) / 2) * z)


def sale_luck(inputs: ForecastInputs, names: np.ndarray) -> np.ndarray:
    """Return uniform numbers that decide sales, shape (draw, name): sold where below the chance."""
    return ndtr(normals(inputs.seed, key_of(names), len(inputs), _SALE))
