"""Levers: what a plan moves, when, for how long, and where its effect comes from.

Where an effect comes from is part of every lever, because a coefficient is what goes *with*
leaving, not what causes it:

- ``association``: the model's own coefficient;
- ``assumed``: the planner's range, which becomes a prior, so that the doubt reaches the result;
- ``measured``: an estimate with its interval, from a file.

What a range of an assumed or measured effect is a range of depends on the lever:

========= ============================================================================
signal    factor on the monthly hazard of leaving: 0.8 means a fifth fewer leave
rate      factor on the named process
price     factor on the hazard of leaving at the renewal that the new price meets
term      factor on the hazard of leaving, from its month on
product   chance that the product is sold because of the plan
seats     factor on the quantity, and with it on revenue
========= ============================================================================
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

PROCESSES = ("leave", "contract", "expand", "amend", "cross_sell")


class Part(BaseModel):
    """A part of a plan: frozen, unknown keys refused, nothing converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


Name = Annotated[str, Field(min_length=1)]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(gt=0, lt=1)]

_MONTH = "a month such as 2026-03"
_LASTS = "once, sustained, or a number of months from 1"
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
When = Annotated[Month | None, Field(description=_MONTH)]
Lasts = Annotated[
    Literal["once", "sustained"] | Annotated[int, Field(ge=1)], Field(description=_LASTS)
]


class SignalLever(Part):
    """A signal set to a value or shifted by an amount, in its own unit.

    Parameters
    ----------
    signal : str
        A signal of the model.
    set, shift : float
        Exactly one of them.
    month : str or None
        From whose first day it acts; None: the month of its action.
    lasts : "once", "sustained" or int
        For how many months it is kept up; once is one. After that the effect fades as every
        signal's does.
    source : Source
    """

    lever: Literal["signal"] = "signal"
    signal: Name
    set: float | None = None
    shift: float | None = None
    month: When = None
    lasts: Lasts = "once"
    source: Source = Association()

    @model_validator(mode="after")
    def _one_change(self) -> SignalLever:
        if (self.set is None) == (self.shift is None):
            raise ValueError("give either set or shift")
        return self


class RateLever(Part):
    """A process made likelier or less likely: leave, contract, expand, amend or cross_sell.

    For what has no signal of its own: a shock of the world, an action whose effect was measured.
    """

    lever: Literal["rate"] = "rate"
    process: Literal["leave", "contract", "expand", "amend", "cross_sell"]
    month: When = None
    lasts: Lasts = "sustained"
    source: Stated


class PriceLever(Part):
    """A discount (below 0) or price rise, from the first renewal in its month or later.

    Without a source the workbench's own wide range stands for what it does to the renewal; see
    `workbench.plans.effects.PRICE_ELASTICITY`.
    """

    lever: Literal["price"] = "price"
    change_percent: Annotated[float, Field(gt=-100, le=1000)]
    month: When = None
    source: Stated | None = None


class TermLever(Part):
    """A new term that begins in its month and moves the next renewal: early renewal, extension."""

    lever: Literal["term"] = "term"
    term_months: Annotated[int, Field(ge=1, le=120)]
    month: When = None
    source: Stated | None = None


class ProductLever(Part):
    """A further product sold in its month, with the chance that is owed to the plan."""

    lever: Literal["product"] = "product"
    product: Name
    arr: Positive
    win_probability: Annotated[float, Field(ge=0, le=1)]
    month: When = None
    source: Stated | None = None


class SeatsLever(Part):
    """More or fewer seats (units) at the same price each, from its month on."""

    lever: Literal["seats"] = "seats"
    change_percent: Annotated[float, Field(gt=-100, le=1000)]
    month: When = None
    source: Stated | None = None


Lever = Annotated[
    SignalLever | RateLever | PriceLever | TermLever | ProductLever | SeatsLever,
    Field(discriminator="lever"),
]
