"""Where the effect of a lever comes from: part of every lever.

A coefficient is what goes *with* leaving, not what causes it, so each lever says which it is:

- ``association``: the model's own coefficient;
- ``assumed``: the planner's range, which becomes a prior, so that the doubt reaches the result;
- ``measured``: an estimate with its interval, from a file.

What an assumed or measured range is a range of stands with each kind of lever.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from workbench.plans.levers.part import Name, Part, Positive, Share

ASSOCIATION, ASSUMED, MEASURED = "association", "assumed", "measured"
_SOURCE = "association, or kind: assumed or measured with its own keys"


class Association(Part):
    """The model's own coefficient: what goes with leaving, not what causes it."""

    kind: Literal["association"] = "association"


class Assumed(Part):
    """The planner's range.

    Parameters
    ----------
    low, high : float
        Above 0. Equal ones are a certainty.
    probability : float
        That the truth lies between them; equal tails on both sides. The prior is log-normal; for
        a chance, it is normal on the log-odds.
    """

    kind: Literal["assumed"] = "assumed"
    low: Positive
    high: Positive
    probability: Annotated[Share, Field(description="a probability between 0 and 1")] = 0.8

    @model_validator(mode="after")
    def _ordered(self) -> Assumed:
        if self.low > self.high:
            raise ValueError("low lies above high")
        return self


class Measured(Part):
    """An estimate with its interval, from a file of measured effects.

    Parameters
    ----------
    file : str
        YAML or JSON, relative to the plan's own folder: names of effects, each with estimate, low,
        high and probability.
    effect : str
        Which of them.
    """

    kind: Literal["measured"] = "measured"
    file: Name
    effect: Name


def _spelled_out(value: Any) -> Any:
    return {"kind": "association"} if value == "association" else value


_Short = BeforeValidator(_spelled_out)
Source = Annotated[
    Annotated[Association | Assumed | Measured, Field(discriminator="kind")],
    _Short,
    Field(description=_SOURCE),
]
Stated = Annotated[
    Assumed | Measured,
    Field(discriminator="kind", description="kind: assumed or measured, with its own keys"),
]
