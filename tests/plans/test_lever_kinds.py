"""Every kind of lever has every part, in its own file; what is no kind is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from planbooks import make_book

from workbench.core.errors import DataError, ParameterError
from workbench.core.processes import REVENUE_PROCESSES
from workbench.plans.evaluate.cards import adjusted, lever_cards
from workbench.plans.evaluate.planner import Planner
from workbench.plans.levers.context import LeverContext, Placement
from workbench.plans.levers.control import RANGE
from workbench.plans.levers.kind import LeverKind
from workbench.plans.levers.price import PriceLever
from workbench.plans.levers.product import ProductLever
from workbench.plans.levers.rate import RateLever
from workbench.plans.levers.registry import KINDS, fresh_levers
from workbench.plans.levers.seats import SeatsLever
from workbench.plans.levers.signal import SignalLever
from workbench.plans.levers.source import Assumed
from workbench.plans.levers.term import TermLever
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Plan
from workbench.plans.plan.file import plan_text, read_plan

SOME, SURE = Assumed(low=0.4, high=0.9), Assumed(low=1.5, high=1.5)
FEBRUARY = {"month": "2026-02"}
EXAMPLES: dict[type[LeverKind], LeverKind] = {
    SignalLever: SignalLever(signal="consumption_3m", shift=0.2, **FEBRUARY),
    RateLever: RateLever(process="leave", source=SOME, **FEBRUARY),
    PriceLever: PriceLever(change_percent=8.0, **FEBRUARY),
    TermLever: TermLever(term_months=24, **FEBRUARY),
    ProductLever: ProductLever(product="Extra", arr=1e5, win_probability=0.5, **FEBRUARY),
    SeatsLever: SeatsLever(change_percent=5.0, **FEBRUARY),
}


def plan_of(*levers: LeverKind) -> Plan:
    return Plan(version=1, name="plan", accounts=("A000",), levers=levers)


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner(make_book(4, draws=40), Catalogue({}), {})


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def lever(request) -> LeverKind:
    return EXAMPLES[request.param]


def same(planner: Planner, plan: Plan) -> bool:
    after, before = planner.evaluate(plan), planner.baseline(plan)
    return bool((after.arr == before.arr).all() and (after.stays == before.stays).all())


def test_a_kind_has_its_own_file(lever: LeverKind) -> None:
    assert type(lever).__module__ == f"workbench.plans.levers.{lever.lever}"


def test_a_kind_does_something(planner: Planner, lever: LeverKind) -> None:
    assert not same(planner, plan_of(lever))


def test_a_kind_says_what_it_does_and_how_we_know(planner: Planner, lever: LeverKind) -> None:
    [card] = lever_cards(planner, plan_of(lever))
    assert card.source in ("association", "assumed")
    assert card.text and card.effect
    others = [other.lever_text(planner.book) for other in EXAMPLES.values() if other is not lever]
    assert card.text not in others
    # A range of the planner's own says all that is not known; anything else is cautioned about.
    assert bool(card.warning) == (lever.source is not SOME)


def test_each_control_changes_its_number_alone(planner: Planner, lever: LeverKind) -> None:
    plan = plan_of(lever)
    [card] = lever_cards(planner, plan)
    assert card.controls
    for control in card.controls:
        value = (0.5, 0.8) if control.field == RANGE else type(control.value)(control.high)
        [moved] = adjusted(planner, plan, card.path, control, value).levers
        differs = {name for name in type(lever).model_fields
                   if getattr(moved, name) != getattr(lever, name)}  # fmt: skip
        assert differs == {control.field}


def test_a_stated_range_has_a_control(planner: Planner, lever: LeverKind) -> None:
    plan = plan_of(lever.model_copy(update={"source": SOME}))
    [card] = lever_cards(planner, plan)
    [control] = [one for one in card.controls if one.field == RANGE]
    assert control.value == (SOME.low, SOME.high)
    assert card.effect.endswith("0.4 to 0.9, with probability 80%")


def test_a_kind_is_in_the_fast_approximation_or_says_it_is_not(planner, lever) -> None:
    context = LeverContext(planner.book, planner.book.lines, {})
    moves = list(lever.fast_moves(context, Placement(1, None, "x")))
    assert bool(moves) == lever.is_fast
    for move in moves:
        assert move.size.shape == (len(planner.book.lines),)
        assert move.effect.shape == (len(planner.book.inputs), planner.book.inputs.months)


def test_a_rate_other_than_leaving_is_not_in_the_fast_approximation(planner: Planner) -> None:
    context = LeverContext(planner.book, planner.book.lines, {})
    for process in REVENUE_PROCESSES:
        lever = RateLever(process=process, source=SOME)
        assert not lever.is_fast
        assert list(lever.fast_moves(context, Placement(1, None, "x"))) == []


def test_fresh_levers_change_nothing_yet(planner: Planner) -> None:
    fresh = fresh_levers(planner.book)
    kinds = {type(lever) for lever in fresh.values()}
    assert kinds == set(KINDS) - {ProductLever}  # what is sold, an opportunity says
    # A term cannot be changed by nothing: the least there is, is a year from now.
    for text, lever in fresh.items():
        if not isinstance(lever, TermLever):
            assert same(planner, plan_of(lever.model_copy(update=FEBRUARY))), text


def test_a_kind_is_written_and_read(tmp_path: Path, lever: LeverKind) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(plan_text(plan_of(lever)), encoding="utf-8")
    assert read_plan(path, Catalogue({})).levers == (lever,)


def test_a_kind_without_a_part_cannot_be_made() -> None:
    class Half(LeverKind):
        lever: Literal["half"] = "half"
        month: str | None = None
        source: None = None

    with pytest.raises(TypeError, match=r"cautions.*change.*fast_moves.*fresh.*is_fast"):
        Half()


def test_a_kind_that_no_registry_knows_is_refused(planner: Planner) -> None:
    class Other(LeverKind):
        lever: Literal["other"] = "other"
        month: str | None = "2026-02"
        source: None = None

    Other.__abstractmethods__ = frozenset()
    plan = plan_of().model_copy(update={"levers": (Other(),)})
    expected = r"unknown kind of lever; expected SignalLever, .*; found Other"
    with pytest.raises(ParameterError, match=expected):
        planner.evaluate(plan)


def test_an_unknown_kind_in_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    text = plan_text(plan_of(EXAMPLES[SeatsLever])).replace("lever: seats", "lever: seat")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"unknown lever; expected signal, rate, .*Did you mean se"):
        read_plan(path, Catalogue({}))


def test_a_new_term_is_signed_before_a_price_meets_its_renewal(planner: Planner) -> None:
    term, price = EXAMPLES[TermLever], PriceLever(change_percent=8.0, source=SURE, **FEBRUARY)
    one, other = (planner.evaluate(plan_of(*some)) for some in ((term, price), (price, term)))
    np.testing.assert_array_equal(one.arr, other.arr)
    np.testing.assert_array_equal(one.stays, other.stays)
    assert not same(planner, plan_of(price))
