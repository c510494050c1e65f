"""Working back from a goal: how much of a lever, or which cheapest set of actions, gets there."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.core.errors import ParameterError, Problem
from workbench.plans.outcome import Outcome, Planner
from workbench.plans.plan import Action, Plan
from workbench.plans.sources import lever_words

NEAR = 1e-3  # of the strongest level that is tried
MAX_ACTIONS = 8  # 256 sets at most: some seconds for one account


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

    def reached(self, outcome: Outcome) -> float:
        """Return the share of draws in which an outcome gets there."""
        needed = outcome.opening * (1 + self.growth)
        return float((outcome.arr[:, self.month_idx] >= needed).mean())

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

    def chance(strength: float) -> float:
        return goal.reached(planner.evaluate(plan, strength))

    before, best = chance(0.0), chance(most)
    if before >= goal.probability:
        return Found(True, before, before, plan, 0.0, _already(goal, month, before))
    if best < goal.probability:
        words = (
            f"{_what(planner, plan)} does not reach {goal.words(month)}: {most:g} times as much as "
            f"planned gets there with {best:.0%}, as things stand with {before:.0%}."
        )
        return Found(False, best, before, plan, most, words)
    strength = least(lambda x: chance(x) >= goal.probability, most)
    found = chance(strength)
    words = (
        f"{_what(planner, plan)} reaches {goal.words(month)} at {strength:.2f} times what is "
        f"planned ({found:.0%}; as things stand {before:.0%})."
    )
    return Found(True, found, before, plan, strength, words)


def least(enough: Callable[[float], bool], most: float) -> float:
    """Return the least level that is enough, by bisection, to a thousandth of the most.

    Parameters
    ----------
    enough : callable
        False at 0, true at ``most``, and once in between turns from one to the other.
    most : float

    >>> round(least(lambda x: x >= 0.3, 2.0), 2)
    0.3
    """
    low, high = 0.0, most
    while high - low > NEAR * most:
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def seek_actions(
    planner: Planner, plan: Plan, goal: Goal, actions: Sequence[Action], hour_rate: float = 100.0
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
    tried: dict[frozenset[int], float] = {}

    def chance(chosen: frozenset[int]) -> float:
        if chosen not in tried:
            tried[chosen] = goal.reached(planner.evaluate(_with(plan, actions, chosen)))
        return tried[chosen]

    chosen = cheapest(price, lambda s: chance(s) >= goal.probability)
    reached = chosen is not None
    best = chosen if chosen is not None else max(tried, key=lambda s: (tried[s], -len(s)))
    found, before = tried[best], goal.reached(planner.baseline(plan))
    month = planner.book.months[goal.month_idx]
    names = [planner.catalogue.entries[actions[i].kind].title for i in sorted(best)]
    what = ", ".join(names) if names else "nothing more"
    money = f"{sum(price[i] for i in best):,.0f} {planner.book.currency}".rstrip()
    words = (
        f"{goal.words(month)} takes {what}, for {money} ({found:.0%}; as things stand "
        f"{before:.0%})."
        if reached
        else f"No set of these actions reaches {goal.words(month)}. The best, {what}, gets there "
        f"with {found:.0%}; as things stand {before:.0%}."
    )
    return Found(reached, found, before, _with(plan, actions, best), 1.0, words)


def cheapest(
    price: Sequence[float], enough: Callable[[frozenset[int]], bool]
) -> frozenset[int] | None:
    """Return the cheapest set that is enough, looking at sets in order of their price.

    Parameters
    ----------
    price : sequence of float
        Of each item, 0 or more.
    enough : callable
        Asked of each set once, cheapest first; need not be monotone.

    Returns
    -------
    frozenset of int or None
        None when no set is.

    >>> cheapest([3.0, 2.0, 2.0], lambda s: len(s) >= 2)
    frozenset({1, 2})
    """
    # Items in order of price: a set's dearer neighbours are the set with the next item added, and
    # with its last item replaced by the next. So each set is met once, and never too early.
    order = sorted(range(len(price)), key=lambda i: price[i])
    if enough(frozenset()):
        return frozenset()
    waiting: list[tuple[float, tuple[int, ...]]] = []

    def push(*places: int) -> None:
        if places[-1] < len(order):
            heapq.heappush(waiting, (sum(price[order[place]] for place in places), places))

    push(0)
    while waiting:
        _, places = heapq.heappop(waiting)
        chosen = frozenset(order[place] for place in places)
        if enough(chosen):
            return chosen
        push(*places, places[-1] + 1)
        push(*places[:-1], places[-1] + 1)
    return None


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
