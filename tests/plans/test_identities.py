"""What holds whatever the plan: books that close, levers in any order, more help never hurts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planbooks import make_book

from workbench.core.processes import PROCESSES
from workbench.forecast.growth.line_simulation import simulate_lines
from workbench.forecast.simulation.scenario import Scenario, change_of
from workbench.plans.evaluate.planner import Planner
from workbench.plans.levers.price import PriceLever
from workbench.plans.levers.product import ProductLever
from workbench.plans.levers.rate import RateLever
from workbench.plans.levers.registry import Lever
from workbench.plans.levers.seats import SeatsLever
from workbench.plans.levers.signal import SignalLever
from workbench.plans.levers.source import Assumed
from workbench.plans.levers.term import TermLever
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Plan, Where

PLANNER = Planner(make_book(5, draws=25), Catalogue({}), {})
months = st.integers(1, 12).map("2026-{:02d}".format)
lasts = st.sampled_from(["once", "sustained", 3])
factors = st.floats(0.3, 3.0)


@st.composite
def ranges(draw) -> Assumed:
    low, high = sorted((draw(factors), draw(factors)))
    return Assumed(low=low, high=high)


any_lever = st.one_of(
    st.builds(
        SignalLever,
        signal=st.just("consumption_3m"),
        shift=st.floats(-0.5, 0.5),
        month=months,
        lasts=lasts,
    ),
    st.builds(
        RateLever,
        process=st.sampled_from(PROCESSES),
        month=months,
        lasts=lasts,
        source=ranges(),
    ),
    st.builds(PriceLever, change_percent=st.floats(-30, 30), month=months),
    st.builds(SeatsLever, change_percent=st.floats(-30, 30), month=months),
    st.builds(TermLever, term_months=st.integers(1, 36), month=months),
    st.builds(
        ProductLever,
        product=st.just("x"),
        arr=st.floats(1, 1e5),
        win_probability=st.floats(0, 1),
        month=months,
    ),
)


def plan_of(*given: Lever, **more) -> Plan:
    return Plan(version=1, name="p", accounts=("all",), levers=given, **more)


@settings(deadline=None, max_examples=25)
@given(st.lists(any_lever, max_size=4))
def test_opening_and_movements_are_closing_under_any_plan(given) -> None:
    found = PLANNER.evaluate(plan_of(*given))
    closing = found.opening + found.flow.sum(axis=2).cumsum(axis=1)
    np.testing.assert_array_equal(closing, found.arr)
    np.testing.assert_allclose(found.expected.sum(axis=0), found.arr.mean(axis=0))
    assert ((found.stays >= 0) & (found.stays <= 1 + 1e-6)).all()
    assert (np.diff(found.stays, axis=1) <= 1e-6).all()


@settings(deadline=None, max_examples=15)
@given(month=months, shift=st.floats(-0.5, 0.5), percent=st.floats(-30, 30), lasts=lasts)
def test_the_order_of_levers_does_not_matter(month, shift, percent, lasts) -> None:
    given = [
        SignalLever(signal="consumption_3m", shift=shift, month=month, lasts=lasts),
        SignalLever(signal="champion_present", set=1, month=month, lasts=lasts),
        SeatsLever(change_percent=percent, month=month),
    ]
    one, other = (PLANNER.evaluate(plan_of(*order)) for order in (given, given[::-1]))
    np.testing.assert_allclose(one.stays, other.stays, rtol=1e-5, atol=1e-7)
    np.testing.assert_array_equal(one.arr[:, :1], other.arr[:, :1])


@settings(deadline=None, max_examples=20)
@given(factor=st.floats(0.2, 1.0), month=months, lasts=lasts)
def test_less_leaving_never_lowers_a_chance(factor, month, lasts) -> None:
    source = Assumed(low=factor, high=factor)
    lever = RateLever(process="leave", month=month, lasts=lasts, source=source)
    found, before = PLANNER.evaluate(plan_of(lever)), PLANNER.baseline(plan_of())
    assert (found.stays >= before.stays - 1e-6).all()
    assert (found.account_stays >= before.account_stays - 1e-6).all()


@settings(deadline=None, max_examples=15)
@given(any_lever, st.sampled_from(sorted(PLANNER.book.account_keys)))
def test_an_account_fares_the_same_alone_and_in_the_book(lever, account) -> None:
    whole = PLANNER.evaluate(plan_of(lever))
    alone = PLANNER.evaluate(plan_of(lever).model_copy(update={"accounts": (account,)}))
    at = list(whole.accounts).index(account)
    np.testing.assert_array_equal(alone.expected[0], whole.expected[at])


def test_a_shock_is_the_scenario_of_the_forecast() -> None:
    """The plan file's words and the growth report's settings say the same world."""
    book = PLANNER.book
    ratio = 1.7
    up, down = (Assumed(low=x, high=x) for x in (ratio, 1 / ratio))
    shock = [
        RateLever(
            process=process,
            month="2026-03",
            lasts=6,
            source=up if process in ("leave", "contract") else down,
        )
        for process in PROCESSES
    ]
    where = (Where(column="industry", values=("Bank",)),)
    found = PLANNER.evaluate(plan_of(*shock, where=where))
    shared = Scenario(
        shock_where="industry: Bank", shock_hazard_ratio=ratio, shock_from_month=3, shock_months=6
    )
    change = change_of(shared, book.lines, book.accounts, book.inputs.months)
    simulated = simulate_lines(book.inputs, book.lines, book.survived, change)
    hit = np.isin(book.lines.accounts, found.accounts)
    assert 0 < hit.sum() < len(hit)
    np.testing.assert_array_equal(found.arr, simulated.account[:, hit].sum(axis=1))
    assert found.arr[:, -1].mean() < PLANNER.baseline(plan_of(where=where)).arr[:, -1].mean()


@pytest.mark.parametrize("accounts", [(), ("A001",), ("A003", "A001")])
def test_lines_of_accounts_are_theirs_in_the_books_order(accounts) -> None:
    book = PLANNER.book
    expected = np.flatnonzero(np.isin(book.lines.account_id, np.array(accounts, dtype=object)))
    np.testing.assert_array_equal(book.lines_of(accounts), expected)
