"""Which cheapest set of further actions reaches a goal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from workbench.core.errors import ParameterError, Problem
from workbench.plans.evaluate.planner import Planner
from workbench.plans.goal_seek.goal import GoalAnswer, RevenueGoal, share_reaching
from workbench.plans.goal_seek.screening import MANY, screening_of
from workbench.plans.goal_seek.search import cheapest
from workbench.plans.plan.document import Action, Plan

MAX_ACTIONS = 8  # 256 sets at most: some seconds
DOUBT = 0.03  # a set whose estimated probability falls short by no more is simulated in full
SCREENED = " Other sets were ruled out by the fast approximation; this one is simulated in full."


def seek_actions(
    planner: Planner,
    plan: Plan,
    goal: RevenueGoal,
    actions: Sequence[Action],
    hour_rate: float = 100.0,
    *,
    many: int = MANY,
) -> GoalAnswer:
    """Find the cheapest set of actions that reaches a goal, added to a plan.

    Parameters
    ----------
    planner : Planner
    plan : Plan
        What is done in any case.
    goal : RevenueGoal
    actions : sequence of Action
        At most 8 to choose from.
    hour_rate : float
        What an hour of our people costs, beside the actions' own cost.
    many : int
        From so many subscriptions on, only sets that
        `workbench.plans.goal_seek.screening` does not rule out are simulated in full; the answer
        always is.

    Returns
    -------
    GoalAnswer
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
    def simulate(chosen: frozenset[int]) -> np.ndarray:
        return planner.evaluate(_with(plan, actions, chosen)).arr[:, goal.month_idx]

    screening = screening_of(planner, plan, actions, goal.month_idx, simulate, many)
    estimated: dict[frozenset[int], float] = {}

    def enough(chosen: frozenset[int]) -> bool:
        estimated[chosen] = share_reaching(
            screening.estimate(chosen) if screening else simulate(chosen), needed
        )
        if estimated[chosen] < goal.probability - (DOUBT if screening else 0.0):
            return False
        return share_reaching(simulate(chosen), needed) >= goal.probability

    chosen = cheapest(price, enough)
    best = chosen if chosen is not None else max(estimated, key=lambda s: (estimated[s], -len(s)))
    found, before = share_reaching(simulate(best), needed), goal.reached(as_it_stands)
    reached = found >= goal.probability
    names = [planner.catalogue.entries[actions[i].kind].title for i in sorted(best)]
    money = f"{sum(price[i] for i in best):,.0f} {planner.book.currency}".rstrip()
    sentences = _set_text(goal, planner.book.months[goal.month_idx], names, money, (found, before))
    sentence = sentences[reached] + (SCREENED if screening else "")
    return GoalAnswer(reached, found, before, _with(plan, actions, best), 1.0, sentence)


def _set_text(
    goal: RevenueGoal, month: str, names: list[str], money: str, chances: tuple[float, float]
) -> tuple[str, str]:
    """Return the sentence for a goal out of reach, and for one that is reached."""
    what, (found, before) = ", ".join(names) if names else "nothing more", chances
    return (
        f"No set of these actions reaches {goal.goal_text(month)}. The best, {what}, gets there "
        f"with {found:.0%}; as things stand {before:.0%}.",
        f"{goal.goal_text(month)} takes {what}, for {money} ({found:.0%}; as things stand "
        f"{before:.0%}).",
    )


def _price(planner: Planner, action: Action, hour_rate: float) -> float:
    filled = planner.catalogue.filled(action)
    return (filled.hours or 0.0) * hour_rate + (filled.cost or 0.0)


def _with(plan: Plan, actions: Sequence[Action], chosen: frozenset[int]) -> Plan:
    return plan.model_copy(
        update={"actions": plan.actions + tuple(actions[i] for i in sorted(chosen))}
    )
