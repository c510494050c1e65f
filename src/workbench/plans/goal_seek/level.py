"""How much of a plan's levers reaches a goal."""

from __future__ import annotations

import numpy as np

from workbench.plans.evaluate.planner import Planner
from workbench.plans.goal_seek.goal import GoalAnswer, RevenueGoal, share_reaching
from workbench.plans.goal_seek.screening import MANY
from workbench.plans.goal_seek.search import NEAR, least_by_curves
from workbench.plans.plan.document import Plan

NEAR_MANY = 0.005  # of the strongest level: a hundredth of what is planned, as it is told


def seek_level(planner: Planner, plan: Plan, goal: RevenueGoal, most: float = 2.0) -> GoalAnswer:
    """Find how much of a plan's levers reaches a goal.

    Every level that the answer rests on is simulated in full; for a whole book five or six are.

    Parameters
    ----------
    planner : Planner
    plan : Plan
        More of its levers should help: then the answer is the least that is enough.
    goal : RevenueGoal
    most : float
        The most that is tried, against what the plan states; above 0.

    Returns
    -------
    GoalAnswer
    """
    month = planner.book.months[goal.month_idx]
    as_it_stands = planner.baseline(plan)
    needed = goal.needed(as_it_stands)

    def values(strength: float) -> np.ndarray:
        return planner.evaluate(plan, strength).arr[:, goal.month_idx]

    def enough(found: np.ndarray) -> bool:
        return share_reaching(found, needed) >= goal.probability

    start = as_it_stands.arr[:, goal.month_idx]
    before = share_reaching(start, needed)
    if enough(start):
        return GoalAnswer(True, before, before, plan, 0.0, _already_text(goal, month, before))
    end = values(most)
    best = share_reaching(end, needed)
    if not enough(end):
        sentence = (
            f"Out of reach: {goal.goal_text(month)}. {most:g} times as much as planned gets there "
            f"with {best:.0%}, as things stand with {before:.0%}. Planned: "
            f"{_planned_text(planner, plan)}."
        )
        return GoalAnswer(False, best, before, plan, most, sentence)
    many = len(planner.book.lines_of(as_it_stands.accounts)) >= MANY
    near = NEAR_MANY if many else NEAR
    strength, there = least_by_curves(values, enough, (start, end), most, near)
    found = share_reaching(there, needed)
    sentence = (
        f"{goal.goal_text(month)} takes {strength:.2f} times as much as planned ({found:.0%}; as "
        f"things stand {before:.0%}). Planned: {_planned_text(planner, plan)}."
    )
    return GoalAnswer(True, found, before, plan, strength, sentence)


def _planned_text(planner: Planner, plan: Plan) -> str:
    filled = [planner.catalogue.filled(action) for action in plan.actions]
    given = [*plan.levers, *(lever for action in filled for lever in action.levers or ())]
    return "; ".join(lever.lever_text(planner.book) for lever in given) or plan.name


def _already_text(goal: RevenueGoal, month: str, before: float) -> str:
    return f"As things stand, {goal.goal_text(month)} is reached already ({before:.0%})."
