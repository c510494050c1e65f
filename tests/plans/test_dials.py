"""Dials: one for every number of a lever, and turning one changes that number and no other."""

from __future__ import annotations

import pytest

from workbench.plans.dials import RANGE, boards, turned
from workbench.plans.outcome import Planner
from workbench.plans.plan import Action, Plan
from workbench.plans.plan_file import plan_text
from workbench.plans.sources import sources


def planned(*kinds: str) -> Plan:
    actions = tuple(Action(kind=kind, month="2026-02") for kind in kinds)
    return Plan(version=1, name="plan", accounts=("A000",), actions=actions)


@pytest.fixture
def planner(book, catalogue) -> Planner:
    return Planner(book, catalogue, {})


def test_every_action_of_the_catalogue_has_its_levers_on_the_board(planner, catalogue):
    plan = planned(*catalogue.entries)
    told = boards(planner, plan)
    assert [board.source for board in told] == list(sources(planner, plan)["source"])
    for board in told:
        for dial in board.dials:
            ends = dial.value if isinstance(dial.value, tuple) else (dial.value, dial.value)
            assert dial.low <= ends[0] <= ends[1] <= dial.high
            assert dial.step > 0 and dial.words and dial.unit


def test_turning_a_dial_is_a_lever_of_the_plans_own(planner):
    plan = planned("adoption_workshop", "business_review")
    [dial] = boards(planner, plan)[0].dials
    assert (dial.field, dial.value) == ("shift", 0.15)
    after = turned(planner, plan, dial, 0.3)
    assert after.actions[0].levers[0].shift == 0.3
    assert after.actions[0].levers[0].lasts == 6
    assert after.actions[1] == plan.actions[1]
    assert boards(planner, after)[0].dials[0].value == 0.3
    assert "shift: 0.3" in plan_text(after)


def test_turning_a_range_moves_the_assumed_effect(planner):
    plan = planned("business_review")
    [dial] = boards(planner, plan)[0].dials
    assert (dial.field, dial.value) == (RANGE, (0.6, 1.0))
    source = turned(planner, plan, dial, (0.5, 0.9)).actions[0].levers[0].source
    assert (source.low, source.high, source.probability) == (0.5, 0.9, 0.8)


def test_a_dial_goes_beyond_the_data_and_says_so(planner):
    plan = planned("adoption_workshop")
    [board] = boards(planner, plan)
    assert "Outside" not in board.warning
    far = turned(planner, plan, board.dials[0], board.dials[0].high)
    assert "Outside of what the data hold (0.1 to 1.3)" in boards(planner, far)[0].warning


def test_a_signal_that_the_model_lacks_has_no_dial(planner):
    [board] = boards(planner, planned("payment_plan"))
    assert board.dials == ()
    assert "The model does not know “mean days late of invoices due" in board.warning


def test_turning_back_gives_the_same_outcome(planner):
    plan = planned("early_renewal")
    price = boards(planner, plan)[1].dials[0]
    dearer = turned(planner, plan, price, 10.0)
    assert (planner.evaluate(dearer).arr != planner.evaluate(plan).arr).any()
    back = turned(planner, dearer, price, price.value)
    # The lever is the plan's own now, yet what it does is the catalogue's.
    assert (planner.evaluate(back).arr == planner.evaluate(plan).arr).all()
