"""Rules of alerts: which column of the accounts' health, at which level, in whose words."""

from __future__ import annotations

from pathlib import Path
from string import Formatter
from typing import Annotated

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from workbench.core.errors import DataError, ParameterError, Problem, nearest
from workbench.core.marked_file import MarkedFile, read_marked
from workbench.core.validation import read_part
from workbench.plans.plan.catalogue import read_catalogue

SHIPPED = Path(__file__).with_name("rules.yaml")
SIGN = "sign:"
_HEADLINE = "The rules of alerts are not usable."


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(_Part):
    """At which value a rule fires, and at which it is over."""

    fires: float = Field(description="a number")
    clears: float | None = Field(None, description="a number on the calm side of fires")


class AlertRule(_Part):
    """What a team wants to be told."""

    title: str = Field(min_length=1, description="a few words")
    says: str = Field(min_length=1, description="a sentence; {column:form} is filled in")
    column: str = Field(description="a column of the table health, or sign:NAME")
    over: Level | None = Field(None, description="fires and clears")
    under: Level | None = Field(None, description="fires and clears")
    runs: Annotated[int, Field(ge=1, le=12)] = Field(
        1, description="runs on new data in a row before it fires"
    )
    repeat_days: Annotated[float, Field(gt=0)] = Field(
        30, description="days after which it is told again while it fires"
    )
    silenced_by: tuple[str, ...] = Field(
        (), description="names of rules that make this one moot for the same account"
    )
    accept: str | None = Field(
        None, description="an action of the catalogue, accepted once per contract when it fires"
    )

    @model_validator(mode="after")
    def _one_level(self) -> AlertRule:
        levels = [level for level in (self.over, self.under) if level is not None]
        if len(levels) != (0 if self.column.startswith(SIGN) else 1):
            raise ValueError("a column takes either over or under; a sign takes neither")
        if self.over and self.over.clears is not None and self.over.clears > self.over.fires:
            raise ValueError("over: clears must not lie above fires")
        if self.under and self.under.clears is not None and self.under.clears < self.under.fires:
            raise ValueError("under: clears must not lie below fires")
        return self


class _Rules(RootModel[dict[str, AlertRule]]):
    pass


def read_rules(path: Path | None = None) -> dict[str, AlertRule]:
    """Read the rules of alerts.

    Parameters
    ----------
    path : Path, optional
        A YAML file; the shipped rules if left out.

    Returns
    -------
    dict of str to Rule
        By name.

    Raises
    ------
    ParameterError
        When they cannot be read, or one silences another that is not there; all faults at once.
    """
    try:
        read = read_marked(path or SHIPPED, _HEADLINE, parameters=True, kind=ParameterError)
        rules = read_part(_Rules, read, _HEADLINE).root
    except DataError as error:
        raise ParameterError(error.headline, error.problems) from None
    problems = _unknown(rules, read)
    if problems:
        raise ParameterError(_HEADLINE, problems)
    return rules


def holds(rule: AlertRule, value: float | bool, firing: bool) -> bool | None:
    """Return whether a rule holds for a value; None where nothing is known.

    Parameters
    ----------
    rule : Rule
    value : float or bool
        Of the rule's column.
    firing : bool
        Whether it fires now: then it holds until the value is back at the level that clears it.

    Examples
    --------
    >>> rule = read_rules()["weak_renewal"]
    >>> holds(rule, 0.8, firing=False), holds(rule, 0.8, firing=True)
    (False, True)
    """
    if pd.isna(value):
        return None
    level = rule.over or rule.under
    if level is None:
        return bool(value)
    limit = level.clears if firing and level.clears is not None else level.fires
    return bool(value >= limit if rule.over else value <= limit)


def columns_of(rule: AlertRule) -> set[str]:
    """Return the columns that a rule reads, those that its sentence shows included.

    Parameters
    ----------
    rule : Rule
    """
    shown = {name for _, name, _, _ in Formatter().parse(rule.says) if name}
    return {rule.column, *shown}


def _unknown(rules: dict[str, AlertRule], read: MarkedFile) -> list[Problem]:
    problems = [
        Problem(f"unknown rule {other}", read.where([name]), hint=nearest(other, rules))
        for name, rule in rules.items()
        for other in rule.silenced_by
        if other not in rules
    ]
    actions = read_catalogue().entries if any(one.accept for one in rules.values()) else {}
    for name, rule in rules.items():
        odd = [
            column for column in columns_of(rule) if not column.removeprefix(SIGN).isidentifier()
        ]
        if rule.accept and rule.accept not in actions:
            hint = nearest(rule.accept, actions)
            problems.append(Problem(f"no action {rule.accept}", read.where([name]), hint=hint))
        problems += [
            Problem(f"{column} is no column's name", read.where([name]), "a plain name in {}")
            for column in odd
        ]
    return problems
