"""Screening of a whole book: near the full simulation, and the answer is the simulation's."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from planbooks import make_book

from workbench.plans.evaluate.outcome import Outcome
from workbench.plans.evaluate.planner import Planner
from workbench.plans.goal_seek.actions import DOUBT, SCREENED, seek_actions
from workbench.plans.goal_seek.goal import RevenueGoal
from workbench.plans.goal_seek.screening import screening_of
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Action, Plan, Where

KINDS = ("roi_analysis", "executive_sponsor_call", "adoption_workshop", "amendment")
ACTIONS = [Action(kind=kind, month="2026-02") for kind in KINDS]
EVERYBODY = Plan(version=1, name="Grow", accounts=("all",))
SOME = EVERYBODY.model_copy(update={"where": (Where(column="industry", values=("Bank",)),)})


@pytest.fixture(scope="module")
def planner(catalogue: Catalogue) -> Planner:
    return Planner(make_book(60, draws=150), catalogue, {})


def chosen_plan(plan: Plan, chosen) -> Plan:
    return plan.model_copy(update={"actions": tuple(ACTIONS[i] for i in sorted(chosen))})


EVERY = [frozenset(c) for size in range(5) for c in combinations(range(4), size)]


@pytest.mark.parametrize("plan", [EVERYBODY, SOME], ids=["all", "where"])
def test_estimates_are_near_the_full_simulation(planner: Planner, plan: Plan) -> None:
    full = {one: planner.evaluate(chosen_plan(plan, one)).arr[:, -1] for one in EVERY}
    screening = screening_of(planner, plan, ACTIONS, -1, lambda chosen: full[chosen], many=1)
    assert screening is not None
    most = full[EVERY[-1]].mean() - full[EVERY[0]].mean()
    for one in EVERY:
        missed = screening.estimate(one).mean() - full[one].mean()
        assert abs(missed) < 0.15 * most, one
    np.testing.assert_array_equal(screening.estimate(EVERY[0]), full[EVERY[0]])


def test_few_subscriptions_need_no_screening(planner: Planner) -> None:
    one = EVERYBODY.model_copy(update={"accounts": ("A000",)})
    assert screening_of(planner, one, ACTIONS, -1, lambda chosen: np.zeros(1)) is None


def test_a_screened_answer_is_brute_forces(planner: Planner, monkeypatch) -> None:
    before = planner.baseline(EVERYBODY)
    full = {one: planner.evaluate(chosen_plan(EVERYBODY, one)) for one in EVERY}
    level = float(np.quantile(full[frozenset({1, 3})].arr[:, -1], 0.45)) / before.opening - 1
    goal, followed = RevenueGoal(level, 0.5), []

    def counted(self: Planner, plan: Plan, strength: float = 1.0) -> Outcome:
        followed.append(plan)
        return full[frozenset(ACTIONS.index(action) for action in plan.actions)]

    monkeypatch.setattr(Planner, "evaluate", counted)
    found = seek_actions(planner, EVERYBODY, goal, ACTIONS, many=1)

    def cost(chosen) -> float:
        filled = [planner.catalogue.filled(ACTIONS[i]) for i in chosen]
        return sum(100 * (action.hours or 0) + (action.cost or 0) for action in filled)

    enough = [one for one in EVERY if goal.reached(full[one]) >= goal.probability]
    best = frozenset(ACTIONS.index(action) for action in found.plan.actions)
    assert 0 < len(enough) < 16 and found.reached
    assert cost(best) == min(map(cost, enough))
    assert found.probability == goal.reached(full[best])
    assert found.sentence.endswith(SCREENED)
    assert len(followed) < 8


def test_out_of_reach_is_said_of_the_full_simulation(planner: Planner) -> None:
    found = seek_actions(planner, EVERYBODY, RevenueGoal(5.0), ACTIONS, many=1)
    assert not found.reached and found.probability == 0 < DOUBT
    assert found.sentence.startswith("No set of these actions reaches +500%")
