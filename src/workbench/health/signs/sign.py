"""What a sign is: rules on signals, each with the sentence that it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from workbench.core.validation import read_file

_SHIPPED = Path(__file__).with_name("signs.yaml")

_HEADLINE = "The signs are not valid."
Text = Annotated[str, Field(min_length=1, description="a text")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Condition(_Part):
    """A signal that lies above or below a number; a missing value does neither."""

    signal: Text
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Condition:
        if (self.above is None) == (self.below is None):
            raise ValueError("give either above or below")
        return self


class SignRule(_Part):
    """One rule of a sign; what each limit means stands in ``signs.yaml``.

    Parameters
    ----------
    signal : str
    above, below : float, optional
    under_usual : float, optional
        Share, above 0 and below 1.
    usual_at_least : float
        In the signal's unit.
    gone_within : int, optional
        Months, 1 to 12.
    also : tuple of Condition
    says : str
        With ``{value}`` and ``{usual}`` where the numbers go, ``{value%}`` for a percentage.
    """

    signal: Text
    above: float | None = None
    below: float | None = None
    under_usual: Annotated[float | None, Field(gt=0, lt=1)] = None
    usual_at_least: Annotated[float, Field(ge=0)] = 0.0
    gone_within: Annotated[int | None, Field(ge=1, le=12)] = None
    also: tuple[Condition, ...] = ()
    says: Text

    @model_validator(mode="after")
    def _one_kind(self) -> SignRule:
        kinds = (self.above, self.below, self.under_usual, self.gone_within)
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("give one of above, below, under_usual and gone_within")
        return self

    @property
    def signals(self) -> tuple[str, ...]:
        """Every signal that it reads."""
        return (self.signal, *(condition.signal for condition in self.also))


class Sign(_Part):
    """A sign: it shows while any of its rules holds.

    Parameters
    ----------
    title : str
    ask : str
        What to open a conversation with.
    rules : tuple of Rule
    """

    title: Text
    ask: Text
    rules: Annotated[tuple[SignRule, ...], Field(min_length=1)]

    def usable(self, known: set[str]) -> tuple[SignRule, ...]:
        """Return the rules whose signals are all there.

        Parameters
        ----------
        known : set of str
            Signals of the book.
        """
        return tuple(rule for rule in self.rules if set(rule.signals) <= known)


class _File(_Part):
    version: Annotated[int, Field(ge=1, le=1, description="1")]
    signs: dict[Text, Sign]


@dataclass(frozen=True)
class Signs:
    """Signs by name, in order."""

    entries: Mapping[str, Sign]

    @property
    def signals(self) -> tuple[str, ...]:
        """Every signal that a rule reads, once."""
        rules = [rule for sign in self.entries.values() for rule in sign.rules]
        return tuple(dict.fromkeys(name for rule in rules for name in rule.signals))


def read_signs(path: str | Path | None = None) -> Signs:
    """Read the signs; the shipped ones if no path is given.

    Parameters
    ----------
    path : str or Path, optional
        A YAML file of the same form.

    Returns
    -------
    Signs

    Raises
    ------
    DataError
        When it is not valid; all faults together, each with its line.

    Examples
    --------
    >>> len(read_signs().entries)
    8
    """
    return Signs(read_file(_File, path or _SHIPPED, _HEADLINE).signs)
