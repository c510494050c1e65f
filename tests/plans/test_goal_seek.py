"""Goals: levels agree with a closed form, sets with brute force."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planbooks import make_book

from workbench.core.errors import ParameterError
from workbench.plans.evaluate.planner import Planner
from workbench.plans.goal_seek.actions import seek_actions
from workbench.plans.goal_seek.goal import RevenueGoal
from workbench.plans.goal_seek.level import seek_level
from workbench.plans.goal_seek.search import NEAR, cheapest
from workbench.plans.levers.product import ProductLever
from workbench.plans.levers.rate import RateLever
from workbench.plans.levers.seats import SeatsLever
from workbench.plans.levers.source import Assumed
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Action, Plan

NEVER = dict.fromkeys(("leave", "early", "contract", "expand", "amend", "cross_sell"), -40.0)
EMPTY = Plan(version=1, name="Grow", accounts=("A000",))


@pytest.fixture(scope="module")
def still(catalogue: Catalogue) -> Planner:
    """A book in which nothing happens by itself."""
    return Planner(make_book(draws=40, price_share=0.0, **NEVER), catalogue, {})


@pytest.fixture(scope="module")
def planner(book, catalogue: Catalogue) -> Planner:
    return Planner(book, catalogue, {})


def test_the_level_of_a_sure_lever_is_the_closed_form(still: Planner) -> None:
    lever = SeatsLever(change_percent=10, month="2026-02")
    plan = EMPTY.model_copy(update={"levers": (lever,)})
    found = seek_level(still, plan, RevenueGoal(0.12))
    assert found.reached
    assert found.strength == pytest.approx(1.2, abs=2 * NEAR)
    assert found.sentence == (
        "+12% by 2027-12 with a probability of 80% takes 1.20 times as much as planned (100%; as "
        "things stand 0%). Planned: seats +10 %."
    )


def test_the_level_of_a_chance_is_its_quantile(still: Planner) -> None:
    lever = ProductLever(product="x", arr=1e6, win_probability=0.5, month="2026-02")
    plan = EMPTY.model_copy(update={"levers": (lever,)})
    found = seek_level(still, plan, RevenueGoal(0.12, 0.75))
    # 75 % of 40 draws are won at the least chance that is above 30 of their uniform numbers.
    assert found.probability == pytest.approx(0.75)
    assert found.strength == pytest.approx(1.5, abs=0.3)


def test_the_level_is_the_least_that_is_enough(planner: Planner) -> None:
    lever = RateLever(process="leave", month="2026-01", source=Assumed(low=0.3, high=0.3))
    plan = EMPTY.model_copy(update={"levers": (lever,)})
    goal = RevenueGoal(-0.1, 0.6)
    found = seek_level(planner, plan, goal)
    assert found.baseline < 0.6 <= found.probability
    assert goal.reached(planner.evaluate(plan, found.strength - 2 * NEAR * 2)) < 0.6


def test_a_goal_out_of_reach_says_how_far_one_gets(still: Planner) -> None:
    lever = SeatsLever(change_percent=5, month="2026-02")
    plan = EMPTY.model_copy(update={"levers": (lever,)})
    found = seek_level(still, plan, RevenueGoal(0.12))
    assert not found.reached
    assert found.sentence == (
        "Out of reach: +12% by 2027-12 with a probability of 80%. 2 times as much as planned gets "
        "there with 0%, as things stand with 0%. Planned: seats +5 %."
    )


def test_a_goal_that_is_met_needs_nothing(still: Planner) -> None:
    found = seek_level(still, EMPTY, RevenueGoal(0.0))
    assert found.reached and found.strength == 0
    assert "reached already" in found.sentence


@given(
    price=st.lists(st.integers(0, 5).map(float), max_size=6),
    worth=st.lists(st.integers(-2, 9), min_size=6, max_size=6),
    needed=st.integers(0, 20),
)
def test_the_cheapest_set_is_brute_forces(price, worth, needed) -> None:
    def enough(chosen) -> bool:
        return sum(worth[i] for i in chosen) >= needed

    every = [
        frozenset(chosen)
        for size in range(len(price) + 1)
        for chosen in combinations(range(len(price)), size)
    ]
    costs = [sum(price[i] for i in chosen) for chosen in every if enough(chosen)]
    found = cheapest(price, enough)
    assert (found is None) == (not costs)
    if found is not None:
        assert enough(found)
        assert sum(price[i] for i in found) == min(costs)


def test_actions_agree_with_brute_force(planner: Planner) -> None:
    kinds = ("roi_analysis", "executive_sponsor_call", "adoption_workshop", "amendment")
    actions = [Action(kind=kind, month="2026-02") for kind in kinds]
    goal = RevenueGoal(0.0, 0.55)
    found = seek_actions(planner, EMPTY, goal, actions)

    def cost(chosen) -> float:
        filled = [planner.catalogue.filled(action) for action in chosen]
        return sum(100 * action.hours + action.cost for action in filled)

    enough = [
        cost(chosen)
        for size in range(5)
        for chosen in combinations(actions, size)
        if goal.reached(planner.evaluate(EMPTY.model_copy(update={"actions": chosen}))) >= 0.55
    ]
    assert 0 < len(enough) < 16
    assert found.reached
    assert cost(found.plan.actions) == min(enough)
    assert found.sentence.startswith("+0% by 2027-12 with a probability of 55% takes ")


def test_no_set_reaches_too_high_a_goal(planner: Planner) -> None:
    actions = [Action(kind=kind, month="2026-02") for kind in ("roi_analysis", "amendment")]
    found = seek_actions(planner, EMPTY, RevenueGoal(5.0), actions)
    assert not found.reached
    assert found.sentence.startswith("No set of these actions reaches +500% by 2027-12")


def test_too_many_actions_are_refused(planner: Planner) -> None:
    with pytest.raises(ParameterError, match="at most 8; found 9 actions"):
        seek_actions(
            planner, EMPTY, RevenueGoal(0.1), [Action(kind="amendment", month="2026-02")] * 9
        )
