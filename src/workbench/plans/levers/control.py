"""Controls: the numbers of a lever that a planner may change, as values without a widget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.plans.levers.source import Assumed

RANGE = "source"
STEPS = 100  # of a control, about


@dataclass(frozen=True)
class Control:
    """One number of a lever, or the two ends of an assumed effect.

    Parameters
    ----------
    field : str
        Which of the lever's fields it changes; `RANGE` for the ends of its assumed effect.
    text, unit : str
    low, high, step : float
        Where it ends; values beyond are flagged or refused.
    value : float or tuple of float
    today : float or None
        Where it stands if nothing is done, on the same scale; None where it is nowhere on it.
    usual : tuple of float or None
        Between which values most accounts lie, on the same scale.
    marks : str
        Both in words; empty where there is nothing to say.
    """

    field: str
    text: str
    unit: str
    low: float
    high: float
    step: float
    value: float | tuple[float, float]
    today: float | None = None
    usual: tuple[float, float] | None = None
    marks: str = ""


def range_control(text: str, unit: str, ends: tuple[float, float], source: Assumed) -> Control:
    """Return the control of an assumed range.

    Parameters
    ----------
    text, unit : str
        Of what it is a range.
    ends : pair of float
        Of the control, unless the range goes beyond.
    source : Assumed
    """
    text = f"{text}: your {source.probability:.0%} range"
    low, high = min(ends[0], source.low), max(ends[1], source.high)
    return Control(RANGE, text, unit, low, high, 0.01, (source.low, source.high))


def number_control(
    field: str, text: str, unit: str, ends: tuple[float, float, float], value: float
) -> Control:
    """Return the control of a number: low, high and step, unless the value lies beyond.

    Parameters
    ----------
    field : str
        Which of the lever's fields it changes.
    text, unit : str
        As people read them.
    ends : tuple of float
        Low, high and step, in the unit.
    value : float
        Where it stands now; one beyond the ends moves the end.
    """
    low, high, step = ends
    return Control(field, text, unit, min(low, value), max(high, value), step, value)


def round_step(step: float) -> float:
    """Return the next larger step that begins with 1, 2 or 5.

    Parameters
    ----------
    step : float, above 0

    Examples
    --------
    >>> round_step(0.013)
    0.02
    """
    size = 10.0 ** np.floor(np.log10(step))
    return float(next(size * digit for digit in (1, 2, 5, 10) if size * digit >= step * (1 - 1e-9)))


def sentence_case(text: str) -> str:
    """Return a text that begins with a capital.

    Parameters
    ----------
    text : str
        May be empty.

    Examples
    --------
    >>> sentence_case("seats")
    'Seats'
    """
    return text[:1].upper() + text[1:]
