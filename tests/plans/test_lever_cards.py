"""Controls: one for every number of a lever; moving one changes that number and no other."""

from __future__ import annotations

import pytest

from workbench.plans.evaluate.cards import adjusted, lever_cards
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.provenance import provenance
from workbench.plans.levers.control import RANGE
from workbench.plans.plan.document import Action, Plan
from workbench.plans.plan.file import plan_text


def planned(*kinds: str) -> Plan:
    actions = tuple(Action(kind=kind, month="2026-02") for kind in kinds)
    return Plan(version=1, name="plan", accounts=("A000",), actions=actions)


@pytest.fixture
def planner(book, catalogue) -> Planner:
    return Planner(book, catalogue, {})


def test_every_action_of_the_catalogue_has_its_lever_cards(planner, catalogue):
    plan = planned(*catalogue.entries)
    cards = lever_cards(planner, plan)
    assert [card.source for card in cards] == list(provenance(planner, plan)["source"])
    for card in cards:
        for control in card.controls:
            ends = (
                control.value
                if isinstance(control.value, tuple)
                else (control.value, control.value)
            )
            assert control.low <= ends[0] <= ends[1] <= control.high
            assert control.step > 0 and control.text and control.unit


def test_moving_a_control_is_a_lever_of_the_plans_own(planner):
    plan = planned("adoption_workshop", "business_review")
    [card, *_] = lever_cards(planner, plan)
    [control] = card.controls
    assert (control.field, control.value) == ("shift", 0.15)
    after = adjusted(planner, plan, card.path, control, 0.3)
    assert after.actions[0].levers[0].shift == 0.3
    assert after.actions[0].levers[0].lasts == 6
    assert after.actions[1] == plan.actions[1]
    assert lever_cards(planner, after)[0].controls[0].value == 0.3
    assert "shift: 0.3" in plan_text(after)


def test_moving_a_range_moves_the_assumed_effect(planner):
    plan = planned("business_review")
    [card, *_] = lever_cards(planner, plan)
    [control] = card.controls
    assert (control.field, control.value) == (RANGE, (0.6, 1.0))
    source = adjusted(planner, plan, card.path, control, (0.5, 0.9)).actions[0].levers[0].source
    assert (source.low, source.high, source.probability) == (0.5, 0.9, 0.8)


def test_a_control_ends_where_most_accounts_do_and_marks_today(planner):
    plan = planned("adoption_workshop")
    [card] = lever_cards(planner, plan)
    [control] = card.controls
    assert (control.low, control.high) == pytest.approx((0.4 - 0.7, 1.1 - 0.7))
    assert (control.today, control.usual) == (0.0, pytest.approx((0.4 - 0.7, 1.1 - 0.7)))
    assert control.marks == "Today 0.7; with this 0.85. Nine in ten accounts have 0.4 to 1.1."
    assert "Outside" not in card.warning
    far = adjusted(planner, plan, card.path, control, 0.7)
    assert "Outside of what the data hold (0.1 to 1.3)" in lever_cards(planner, far)[0].warning


def test_a_signal_that_the_model_lacks_has_no_control(planner):
    [card] = lever_cards(planner, planned("payment_plan"))
    assert card.controls == ()
    assert "The model does not know “mean days late of invoices due" in card.warning


def test_moving_back_gives_the_same_outcome(planner):
    plan = planned("early_renewal")
    card = lever_cards(planner, plan)[1]
    price = card.controls[0]
    dearer = adjusted(planner, plan, card.path, price, 10.0)
    assert (planner.evaluate(dearer).arr != planner.evaluate(plan).arr).any()
    back = adjusted(planner, dearer, card.path, price, price.value)
    # The lever is the plan's own now, yet what it does is the catalogue's.
    assert (planner.evaluate(back).arr == planner.evaluate(plan).arr).all()
