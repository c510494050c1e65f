"""What every part of a plan is made of: frozen, checked values."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A part of a plan: frozen, unknown keys refused, nothing converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


Name = Annotated[str, Field(min_length=1)]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(gt=0, lt=1)]
Percent = Annotated[float, Field(gt=-100, le=1000)]
When = Annotated[Month | None, Field(description="a month such as 2026-03")]
Lasts = Annotated[
    Literal["once", "sustained"] | Annotated[int, Field(ge=1)],
    Field(description="once, sustained, or a number of months from 1"),
]


def kept_up_text(lasts: Lasts) -> str:
    """Say for how long something is kept up.

    >>> kept_up_text(4)
    'kept up for 4 months'
    """
    if lasts in ("once", 1):
        return "once"
    return lasts if isinstance(lasts, str) else f"kept up for {lasts} months"
