"""A plan: what is to be done for which accounts, by whom and when, and what it is hoped to change.

Values only. `workbench.plans.plan.file` reads and writes them; each lever of `plans.levers` says
what it changes. Months are written 2026-03 and days 2026-03-31; money is in the book's currency.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from workbench.plans.levers.part import Month, Name, Part
from workbench.plans.levers.registry import Lever

ALL = "all"
LeverPath = tuple[str | int, ...]  # within its plan, such as ("actions", 0, "levers", 1)
Hours = Annotated[float, Field(ge=0, le=100_000, description="hours, 0 to 100,000")]
Cost = Annotated[float, Field(ge=0, le=1e12, description="money, 0 to 1e12")]
Day = Annotated[date, Field(description="a day such as 2026-03-31")]


class CustomerGoal(Part):
    """What the customer wants to reach, or what troubles them, in their own words.

    Parameters
    ----------
    name : str
        By which actions refer to it.
    kind : {"goal", "challenge"}
    words : str
        How the customer says it.
    """

    name: Name
    kind: Literal["goal", "challenge"] = "goal"
    words: str = ""


class Step(Part):
    """One thing to do within an action: what, who, by when."""

    what: Name
    owner: str = ""
    by: Day | None = None


class Action(Part):
    """One action of the catalogue.

    Parameters
    ----------
    kind : str
        Its name in the catalogue.
    month : str
        When it is done, and its levers begin to act.
    owner : str
    hours : float or None
        Of our people; None takes the catalogue's.
    cost : float or None
        Money spent besides; None takes the catalogue's.
    serves : tuple of str
        Names of the goals and challenges that it serves.
    accounts : tuple of str
        Those of the plan's accounts that it is for; empty for all of them.
    steps : tuple of Step or None
        None takes the catalogue's.
    levers : tuple of Lever or None
        What it moves; None takes the catalogue's.
    note : str
    """

    kind: Name
    month: Annotated[Month, Field(description="a month such as 2026-03")]
    owner: str = ""
    hours: Hours | None = None
    cost: Cost | None = None
    serves: tuple[Name, ...] = ()
    accounts: tuple[Name, ...] = ()
    steps: tuple[Step, ...] | None = None
    levers: tuple[Lever, ...] | None = None
    note: str = ""


class Demand(Part):
    """An action that brings new customers rather than keeping one: who does what by when.

    Parameters
    ----------
    what, owner : str
    on : date
        By when.
    done_on : date or None
        When it was done; no other record tells. None while it is not.
    segment : str
    hours, cost : float
    """

    what: Name
    owner: Name
    on: Day
    done_on: Day | None = None
    segment: str = ""
    hours: Hours = 0.0
    cost: Cost = 0.0


class WinPlan(Part):
    """How an open opportunity is to be won.

    Parameters
    ----------
    opportunity_id, owner : str
    on : date
        When it is to be decided.
    how : str
    steps : tuple of Step
    hours, cost : float
    levers : tuple of Lever
        What winning brings: usually a product, with the chance that is owed to this plan.
    """

    opportunity_id: Name
    owner: Name
    on: Day
    how: str = ""
    steps: tuple[Step, ...] = ()
    hours: Hours = 0.0
    cost: Cost = 0.0
    levers: tuple[Lever, ...] = ()


class Where(Part):
    """Accounts by one of their columns: industry, segment, region, owner or parent."""

    column: Name
    values: Annotated[tuple[Name, ...], Field(min_length=1, description="a list of texts")]


class Plan(Part):
    """A plan, whole.

    Parameters
    ----------
    version : int
        Of this schema: 1.
    name : str
    accounts : tuple of str
        Account keys; ``("all",)`` for the whole book.
    where : tuple of Where
        Narrows the accounts down; all conditions hold.
    goals, actions, demand, win_plans : tuple
    levers : tuple of Lever
        What no action of ours brings about: a scenario of the world, a new price list. Each names
        its month.
    assumptions : tuple of str
        Sentences.
    note : str

    Examples
    --------
    >>> import workbench as wb
    >>> wb.Plan(version=1, name="Keep Acme", accounts=("A000001",)).actions
    ()
    """

    version: Annotated[Literal[1], Field(description="1, the schema that this workbench reads")]
    name: Name
    accounts: Annotated[
        tuple[Name, ...], Field(min_length=1, description="a list of account keys, or [all]")
    ]
    where: tuple[Where, ...] = ()
    goals: tuple[CustomerGoal, ...] = ()
    actions: tuple[Action, ...] = ()
    levers: tuple[Lever, ...] = ()
    demand: tuple[Demand, ...] = ()
    win_plans: tuple[WinPlan, ...] = ()
    assumptions: tuple[str, ...] = ()
    note: str = ""


def stated_levers(plan: Plan) -> Iterator[tuple[LeverPath, Lever]]:
    """Yield the levers that a plan states itself, each with the path to it.

    Parameters
    ----------
    plan : Plan
        What the catalogue adds to its actions is left out.
    """
    for part in ("actions", "win_plans"):
        for at, holder in enumerate(getattr(plan, part)):
            for nth, lever in enumerate(holder.levers or ()):
                yield (part, at, "levers", nth), lever
    yield from ((("levers", at), lever) for at, lever in enumerate(plan.levers))
