"""Working back from a goal: how much of a lever, or which cheapest set of actions, gets there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from workbench.core.errors import ParameterError, Problem
from workbench.plans.outcome import Outcome, Planner
from workbench.plans.plan import Action, Plan
from workbench.plans.scout import MANY, scout_of
from workbench.plans.search import NEAR, cheapest, least_by_curves
from workbench.plans.sources import lever_words

MAX_ACTIONS = 8  # 256 sets at most: some seconds
NEAR_MANY = 0.005  # of the strongest level: a hundredth of what is planned, as it is told
DOUBT = 0.03  # a set whose guessed probability falls short by no more is looked at in full
GLANCED = " Other sets were ruled out at a glance; this one is followed in full."


@dataclass(frozen=True)
class Goal:
    """Revenue at the end of a month, against today's, with a probability.

    Parameters
    ----------
    growth : float
        0.12 for 12 % more than today; below 0 to limit a loss.
    probability : float
        Between 0 and 1.
    month_idx : int
        Position among the months to come; -1 for the last.
    """

    growth: float
    probability: float = 0.8
    month_idx: int = -1

    def needed(self, outcome: Outcome) -> float:
        """Return the cents of yearly revenue that are the goal."""
        return outcome.opening * (1 + self.growth)

    def reached(self, outcome: Outcome) -> float:
        """Return the share of draws in which an outcome gets there."""
        return _share(outcome.arr[:, self.month_idx], self.needed(outcome))

    def words(self, month: str) -> str:
        """Say it."""
        return f"{self.growth:+.0%} by {month} with a probability of {self.probability:.0%}"


@dataclass(frozen=True)
class Found:
    """The answer to a goal.

    Parameters
    ----------
    reached : bool
    probability : float
        With which the goal is reached by what was found; the best there is where it is not.
    baseline : float
        With which it is reached as things stand.
    plan : Plan
        The plan that does it, or comes nearest.
    strength : float
        How much of its levers is pulled, against what it states.
    sentence : str
    """

    reached: bool
    probability: float
    baseline: float
    plan: Plan
    strength: float
    sentence: str


def seek_level(planner: Planner, plan: Plan, goal: Goal, most: float = 2.0) -> Found:
    """Find how much of a plan's levers reaches a goal.

    Every level that the answer rests on is followed in full; for a whole book five or six are.

    Parameters
    ----------
    planner : Planner
    plan : Plan
        More of its levers should help: then the answer is the least that is enough.
    goal : Goal
    most : float
        The most that is tried, against what the plan states; above 0.

    Returns
    -------
    Found
    """
    month = planner.book.months[goal.month_idx]
    as_it_stands = planner.baseline(plan)
    needed = goal.needed(as_it_stands)

    def values(strength: float) -> np.ndarray:
        return planner.evaluate(plan, strength).arr[:, goal.month_idx]

    def enough(found: np.ndarray) -> bool:
        return _share(found, needed) >= goal.probability

    start = as_it_stands.arr[:, goal.month_idx]
    before = _share(start, needed)
    if enough(start):
        return Found(True, before, before, plan, 0.0, _already(goal, month, before))
    end = values(most)
    best = _share(end, needed)
    if not enough(end):
        words = (
            f"Out of reach: {goal.words(month)}. {most:g} times as much as planned gets there with "
            f"{best:.0%}, as things stand with {before:.0%}. Planned: {_what(planner, plan)}."
        )
        return Found(False, best, before, plan, most, words)
    many = len(planner.book.lines_of(as_it_stands.accounts)) >= MANY
    near = NEAR_MANY if many else NEAR
    strength, there = least_by_curves(values, enough, (start, end), most, near)
    found = _share(there, needed)
    words = (
        f"{goal.words(month)} takes {strength:.2f} times as much as planned ({found:.0%}; as "
        f"things stand {before:.0%}). Planned: {_what(planner, plan)}."
    )
    return Found(True, found, before, plan, strength, words)


def seek_actions(
    planner: Planner,
    plan: Plan,
    goal: Goal,
    actions: Sequence[Action],
    hour_rate: float = 100.0,
    *,
    many: int = MANY,
) -> Found:
    """Find the cheapest set of actions that reaches a goal, added to a plan.

    Parameters
    ----------
    planner : Planner
    plan : Plan
        What is done in any case.
    goal : Goal
    actions : sequence of Action
        At most 8 to choose from.
    hour_rate : float
        What an hour of our people costs, beside the actions' own cost.
    many : int
        From so many subscriptions on, sets are looked at in full only where a guess
        (`workbench.plans.scout`) does not rule them out; the answer is always looked at in full.

    Returns
    -------
    Found
        Its plan holds the chosen actions: of all sets that reach the goal, the one that costs
        least; where none does, the one with the highest probability.

    Raises
    ------
    ParameterError
        When there are more actions.
    """
    if len(actions) > MAX_ACTIONS:
        found = f"{len(actions)} actions"
        problem = Problem("too many to try every set", "actions", f"at most {MAX_ACTIONS}", found)
        raise ParameterError("The goal cannot be sought.", [problem])
    price = [_price(planner, action, hour_rate) for action in actions]
    as_it_stands = planner.baseline(plan)
    needed = goal.needed(as_it_stands)

    @cache
    def follow(chosen: frozenset[int]) -> np.ndarray:
        return planner.evaluate(_with(plan, actions, chosen)).arr[:, goal.month_idx]

    scout = scout_of(planner, plan, actions, goal.month_idx, follow, many)
    guessed: dict[frozenset[int], float] = {}

    def enough(chosen: frozenset[int]) -> bool:
        guessed[chosen] = _share(scout.guess(chosen) if scout else follow(chosen), needed)
        if guessed[chosen] < goal.probability - (DOUBT if scout else 0.0):
            return False
        return _share(follow(chosen), needed) >= goal.probability

    chosen = cheapest(price, enough)
    best = chosen if chosen is not None else max(guessed, key=lambda s: (guessed[s], -len(s)))
    found, before = _share(follow(best), needed), goal.reached(as_it_stands)
    reached = found >= goal.probability
    names = [planner.catalogue.entries[actions[i].kind].title for i in sorted(best)]
    money = f"{sum(price[i] for i in best):,.0f} {planner.book.currency}".rstrip()
    words = _set_words(goal, planner.book.months[goal.month_idx], names, money, (found, before))
    words = words[reached] + (GLANCED if scout else "")
    return Found(reached, found, before, _with(plan, actions, best), 1.0, words)


def _set_words(
    goal: Goal, month: str, names: list[str], money: str, chances: tuple[float, float]
) -> tuple[str, str]:
    """Return the sentence for a goal out of reach, and for one that is reached."""
    what, (found, before) = ", ".join(names) if names else "nothing more", chances
    return (
        f"No set of these actions reaches {goal.words(month)}. The best, {what}, gets there "
        f"with {found:.0%}; as things stand {before:.0%}.",
        f"{goal.words(month)} takes {what}, for {money} ({found:.0%}; as things stand "
        f"{before:.0%}).",
    )


def _share(values: np.ndarray, needed: float) -> float:
    return float((values >= needed).mean())


def _price(planner: Planner, action: Action, hour_rate: float) -> float:
    filled = planner.catalogue.filled(action)
    return (filled.hours or 0.0) * hour_rate + (filled.cost or 0.0)


def _with(plan: Plan, actions: Sequence[Action], chosen: frozenset[int]) -> Plan:
    return plan.model_copy(
        update={"actions": plan.actions + tuple(actions[i] for i in sorted(chosen))}
    )


def _what(planner: Planner, plan: Plan) -> str:
    filled = [planner.catalogue.filled(action) for action in plan.actions]
    given = [*plan.levers, *(lever for action in filled for lever in action.levers or ())]
    return "; ".join(lever_words(lever, planner.book) for lever in given) or plan.name


def _already(goal: Goal, month: str, before: float) -> str:
    return f"As things stand, {goal.words(month)} is reached already ({before:.0%})."
