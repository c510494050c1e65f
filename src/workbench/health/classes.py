"""Account classes by a team's own criteria: size, revenue, tenure, potential."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from workbench.core.validation import read_file

_SHIPPED = Path(__file__).with_name("classes.yaml")

_HEADLINE = "The account classes are not valid."
Text = Annotated[str, Field(min_length=1, description="a text")]
Fact = Literal[
    "arr", "employees", "tenure_years", "potential", "white_space", "branches", "arr_change_12m"
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Criterion(_Part):
    """What a fact must be; its kinds stand in ``classes.yaml``.

    Parameters
    ----------
    fact : str
        Column of the table of facts.
    at_least, below : float, optional
        In the fact's unit.
    top : float, optional
        Share of the book with the highest values, above 0 and at most 1.
    """

    fact: Fact
    at_least: float | None = None
    below: float | None = None
    top: Annotated[float | None, Field(gt=0, le=1)] = None

    @model_validator(mode="after")
    def _one_kind(self) -> Criterion:
        if sum(kind is not None for kind in (self.at_least, self.below, self.top)) != 1:
            raise ValueError("give one of at_least, below and top")
        return self

    def holds(self, values: np.ndarray) -> np.ndarray:
        """Tell where the criterion holds.

        Parameters
        ----------
        values : ndarray, shape (account,)
            Of the fact, in its unit; one that is missing meets nothing.

        Returns
        -------
        ndarray of bool, shape (account,)

        Examples
        --------
        >>> Criterion(fact="arr", top=0.5).holds(np.array([1.0, 3.0, 2.0, np.nan]))
        array([False,  True, False, False])
        """
        if self.at_least is not None:
            return values >= self.at_least
        if self.below is not None:
            return values < self.below
        known = values[~np.isnan(values)]
        most = int((self.top or 0.0) * len(known))
        return values >= np.sort(known)[-most] if most else np.zeros(len(values), bool)


class AccountClass(_Part):
    """A class of accounts.

    Parameters
    ----------
    title : str
    criteria : tuple of Criterion
        All must hold; none takes whoever is left.
    """

    title: Text
    criteria: tuple[Criterion, ...]


class AccountClasses(_Part):
    """Classes by name, in their order.

    Parameters
    ----------
    version : int
        1.
    classes : dict of str to AccountClass
        At least one.
    """

    version: Annotated[int, Field(ge=1, le=1, description="1")]
    classes: Annotated[dict[Text, AccountClass], Field(min_length=1)]

    def of(self, facts: pd.DataFrame) -> np.ndarray:
        """Return the title of each account's class; empty where it meets none.

        Parameters
        ----------
        facts : DataFrame
            One row per account, a column per fact.

        Returns
        -------
        ndarray of str, shape (account,)
        """
        found = np.full(len(facts), "", dtype=object)
        for entry in reversed(list(self.classes.values())):
            holds = np.ones(len(facts), bool)
            for criterion in entry.criteria:
                holds &= criterion.holds(facts[criterion.fact].to_numpy("float64"))
            found[holds] = entry.title
        return found


def read_classes(path: str | Path | None = None) -> AccountClasses:
    """Read the account classes; the shipped ones if no path is given.

    Parameters
    ----------
    path : str or Path, optional
        A YAML file of the same form.

    Returns
    -------
    AccountClasses

    Raises
    ------
    DataError
        When it is not valid; all faults together, each with its line.

    Examples
    --------
    >>> list(read_classes().classes)
    ['key', 'develop', 'keep', 'serve']
    """
    return read_file(AccountClasses, path or _SHIPPED, _HEADLINE)
