"""How one canonical column is fed: where its cells come from, and how they are written there."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import pydantic

from workbench.data.source.cells.cast import ContentType
from workbench.data.source.cells.date_format import format_pattern
from workbench.data.source.cells.number_format import SCALES, currency_signs
from workbench.data.source.mapping.parts import (
    CellCondition,
    Factor,
    Length,
    Lookup,
    OneOrMore,
    Strict,
    several,
)

_MOST_DAYS = 36_600


class ColumnSpec(Strict):
    """Where one canonical column comes from, and how it is written there.

    Exactly one of ``column`` and ``value``. The order of the steps is: the first filled of
    ``column`` and ``otherwise``, lookup, map, default, parse, multiply or add. ``times``
    multiplies by other columns, such as a quantity, or the periods in a year. ``when`` keeps the
    value in some rows only. ``plus`` adds a length to a date: a row without one has no date then.
    ``strip`` and ``negative`` are for numbers with signs and words around them: see
    `workbench.data.source.cells.number_format`.
    """

    column: str | None = None
    value: str | None = None
    otherwise: OneOrMore = ()
    lookup: Lookup | None = None
    map: dict[str, str] = pydantic.Field(default_factory=dict)
    default: str | None = None
    format: str = ""
    decimal: Literal["", ".", ","] = ""
    thousands: Literal["", ".", ",", " ", "'", "_"] = ""
    strip: OneOrMore = ()
    negative: Annotated[
        tuple[Literal["brackets", "trailing"], ...], pydantic.BeforeValidator(several)
    ] = ()
    multiply_by: float = pydantic.Field(default=1.0, allow_inf_nan=False)
    times: tuple[Factor, ...] = ()
    add_days: int = pydantic.Field(default=0, ge=-_MOST_DAYS, le=_MOST_DAYS)
    plus: Length | None = None
    when: CellCondition | None = None
    type: ContentType = "text"

    @pydantic.model_validator(mode="after")
    def _one_origin(self) -> ColumnSpec:
        if (self.column is None) == (self.value is None):
            raise ValueError("give either column or value")
        if self.otherwise and self.column is None:
            raise ValueError("otherwise stands in for a column: give one")
        if not self.multiply_by:
            raise ValueError("multiply_by 0 would make every amount 0")
        if self.thousands and self.thousands == self.decimal:
            raise ValueError("decimal and thousands cannot be one mark")
        return self

    @pydantic.field_validator("strip")
    @classmethod
    def _strip(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if any(not re.search(r"[^0-9.,'+\-()\seE]", word) for word in words):
            raise ValueError("strip takes signs and words, not parts of a number")
        if scales := sorted(word for word in words if word.casefold() in SCALES):
            raise ValueError(f"strip cannot take {', '.join(scales)} away: it scales the number")
        if len(found := sorted(currency_signs(words))) > 1:
            raise ValueError(
                f"strip would make one currency of {' and '.join(found)}: keep one, and map the "
                "rows of the other in a file of their own"
            )
        return words

    @property
    def decimal_mark(self) -> str:
        """The mark before a fraction as far as it is stated: not a point that groups thousands."""
        return self.decimal or {"": "", ".": ","}.get(self.thousands, ".")

    @pydantic.field_validator("format")
    @classmethod
    def _format(cls, text: str) -> str:
        return known_format(text)


def known_format(text: str) -> str:
    """Return a date format, or refuse it with the ValueError of `format_pattern`.

    Parameters
    ----------
    text : str
        In parts such as ``%d``, ``%m``, ``%Y``, of which year and month are needed; empty where
        none is stated, which is never refused.
    """
    if text:
        format_pattern(text)
    return text
