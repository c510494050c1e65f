"""The catalogue of actions: when each applies, what it takes, what it moves, how we know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from workbench.core.validation import read_file
from workbench.plans.levers.part import Name, Part
from workbench.plans.levers.registry import Lever
from workbench.plans.levers.signal import SignalLever
from workbench.plans.plan.document import Action, Cost, Hours, Step

_SHIPPED = Path(__file__).with_name("catalogue.yaml")


class FactCondition(Part):
    """A fact of the account that lies above or below a number.

    Facts are the book's signals, in their own units, and arr, products, tenure_months,
    months_to_renewal and probability (of renewing).
    """

    fact: Name
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> FactCondition:
        if (self.above is None) == (self.below is None):
            raise ValueError("give either above or below")
        return self

    def holds(self, facts: Mapping[str, float]) -> bool:
        """Tell whether it holds; a fact that is missing or unknown holds for nothing.

        Parameters
        ----------
        facts : mapping
            From name to number; see `workbench.plans.planbook.book.Planbook.facts`.
        """
        value = facts.get(self.fact, float("nan"))
        return value > self.above if self.above is not None else value < (self.below or 0.0)

    def condition_text(self) -> str:
        """Say it.

        >>> FactCondition(fact="champion_present", below=1).condition_text()
        'champion_present below 1'
        """
        return f"{self.fact} {'above' if self.above is not None else 'below'} " + (
            f"{self.above if self.above is not None else self.below:g}"
        )


class CatalogueAction(Part):
    """An action that account managers know how to do.

    Parameters
    ----------
    title : str
    what : str
        In one sentence.
    when : tuple of FactCondition
        Any of them makes it worth considering; none: always.
    steps : tuple of str
    hours, cost : float
        What it usually takes.
    levers : tuple of Lever
        What it moves, from the month in which it is done.
    origin : str
        Where the effect comes from, in plain words.
    """

    title: Name
    what: str = ""
    when: tuple[FactCondition, ...] = ()
    steps: tuple[Name, ...] = ()
    hours: Hours = 0.0
    cost: Cost = 0.0
    levers: tuple[Lever, ...] = ()
    origin: Annotated[Name, Field(description="where the effect comes from, in a sentence")]

    def reasons(self, facts: Mapping[str, float]) -> tuple[str, ...] | None:
        """Return which conditions hold; None when there are some and none of them does.

        Parameters
        ----------
        facts : mapping
            From name to number, as for `FactCondition.holds`.
        """
        held = tuple(
            condition.condition_text() for condition in self.when if condition.holds(facts)
        )
        return held if held or not self.when else None


class _File(Part):
    version: Annotated[int, Field(ge=1, le=1, description="1")]
    actions: dict[Name, CatalogueAction]


@dataclass(frozen=True)
class Catalogue:
    """Actions by name.

    Parameters
    ----------
    entries : mapping of str to CatalogueAction

    Examples
    --------
    >>> import workbench as wb
    >>> sorted(wb.read_catalogue().entries)[:2]
    ['adoption_workshop', 'amendment']
    """

    entries: Mapping[str, CatalogueAction]

    def filled(self, action: Action) -> Action:
        """Return an action with the catalogue's hours, cost, steps and levers where it has none.

        Parameters
        ----------
        action : Action
            Its kind is in the catalogue.
        """
        entry = self.entries[action.kind]
        given = {
            "hours": entry.hours,
            "cost": entry.cost,
            "steps": tuple(Step(what=what) for what in entry.steps),
            "levers": entry.levers,
        }
        return action.model_copy(
            update={name: value for name, value in given.items() if getattr(action, name) is None}
        )

    @property
    def titles(self) -> dict[str, str]:
        """What people call the actions."""
        return {name: entry.title for name, entry in self.entries.items()}

    def suggested(self, facts: Mapping[str, float]) -> dict[str, tuple[str, ...]]:
        """Return the actions that apply to an account, each with the conditions that hold.

        Parameters
        ----------
        facts : mapping of str to float
            See `FactCondition`.
        """
        found = {name: entry.reasons(facts) for name, entry in self.entries.items()}
        return {name: reasons for name, reasons in found.items() if reasons is not None}

    @property
    def signals(self) -> tuple[str, ...]:
        """The signals that actions move.

        >>> "champion_present" in read_catalogue().signals
        True
        """
        levers = [lever for entry in self.entries.values() for lever in entry.levers]
        return tuple(
            dict.fromkeys(lever.signal for lever in levers if isinstance(lever, SignalLever))
        )


def read_catalogue(path: str | Path | None = None) -> Catalogue:
    """Read a catalogue; the shipped one if no path is given.

    Parameters
    ----------
    path : str or Path, optional
        A ``.json`` file is read as JSON, any other as YAML.

    Returns
    -------
    Catalogue

    Raises
    ------
    DataError
        When it is not valid; all faults together, each with its line.

    Examples
    --------
    >>> read_catalogue().entries["roi_analysis"].title
    'ROI analysis'
    """
    return Catalogue(read_file(_File, path or _SHIPPED, "The catalogue is not valid.").actions)
