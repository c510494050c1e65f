"""Where the predictors of lines stand: those of some lines, and of the average customer."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workbench.core.processes import (
    BY_AMENDMENT,
    BY_CONTRACTION,
    BY_EXPANSION,
    CROSS_SELL_IDX,
)
from workbench.forecast.posterior.revenue import Effects
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import Lines

N_PREDICTORS = CROSS_SELL_IDX  # those before it: a further product is no part of the next contract
SIZED = (BY_CONTRACTION, BY_EXPANSION, BY_AMENDMENT)


@dataclass(frozen=True)
class PredictorPosition:
    """Where the predictors of some lines stand; everything of shape (draw, line) unless stated.

    Parameters
    ----------
    own, strength : ndarray, shape (process, draw, line)
        Without signals, and of signals read today; leaving, contraction, expansion, amendment.
    size : ndarray, shape (3, draw, line)
        Mean of the log of the log-ratio: of contractions, expansions and amendments.
    """

    own: np.ndarray
    strength: np.ndarray
    size: np.ndarray

    def towards(self, other: PredictorPosition, share: float) -> PredictorPosition:
        """Return the point so far along the straight way to another position.

        Parameters
        ----------
        other : PredictorPosition
            Of the same lines.
        share : float, 0 to 1
            0 is this position, 1 the other.
        """
        return PredictorPosition(
            *(
                getattr(self, name) + share * (getattr(other, name) - getattr(self, name))
                for name in ("own", "strength", "size")
            )
        )


def average_position(inputs: ForecastInputs, lines: Lines) -> PredictorPosition:
    """Return where the predictors of the book's average customer stand, shape (..., draw, 1).

    Parameters
    ----------
    inputs : ForecastInputs
    lines : Lines
        The whole book.
    """
    levels = inputs.revenue.size_group.shape[2]
    shares = [np.bincount(column, minlength=levels) / len(lines) for column in lines.group_idx.T]
    share = np.sum(shares, axis=0) if shares else np.zeros(levels)
    attribute, signal = lines.attribute_value.mean(axis=0), lines.signal_value.mean(axis=0)

    def level_of(part: Effects) -> np.ndarray:
        return part.base + part.attribute @ attribute + part.group @ share

    parts = inputs.predictors[:N_PREDICTORS]
    size = inputs.revenue.size_mean + inputs.revenue.size_group @ share
    return PredictorPosition(
        np.stack([level_of(part) for part in parts])[..., None],
        np.stack([part.signal @ signal for part in parts])[..., None],
        size[list(SIZED)][..., None],
    )


def moved(at: PredictorPosition, by: np.ndarray) -> PredictorPosition:
    """Return a position with signals moved by so much, shape (process, draw, line).

    Parameters
    ----------
    at : PredictorPosition
    by : ndarray
        Added to `strength`; log-rates and logits as they are for signals read today.
    """
    return replace(at, strength=at.strength + by)
