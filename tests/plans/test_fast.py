"""The fast approximation agrees with the full simulation wherever it speaks at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from planbooks import make_book

from workbench.core.errors import ParameterError
from workbench.forecast.posterior.frailty import conditional_survival
from workbench.plans.evaluate import fast_kernel
from workbench.plans.evaluate.fast import (
    FastBook,
    FastOutcome,
    approximate,
    fast_book,
    fast_summary,
)
from workbench.plans.evaluate.planner import Planner
from workbench.plans.levers.price import PriceLever
from workbench.plans.levers.rate import RateLever
from workbench.plans.levers.registry import Lever
from workbench.plans.levers.seats import SeatsLever
from workbench.plans.levers.signal import SignalLever
from workbench.plans.levers.source import Assumed
from workbench.plans.levers.term import TermLever
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Action, Plan, Where

QUIET = dict.fromkeys(("contract", "expand", "amend", "cross_sell"), -40.0) | {"price_share": 0.0}
SOME = Assumed(low=0.4, high=0.9)
LEVERS = {
    "a signal shifted": SignalLever(signal="consumption_3m", shift=0.2, month="2026-03"),
    "a signal set, where it may be missing": SignalLever(
        signal="champion_present", set=1, month="2026-02", lasts="sustained"
    ),
    "a signal by an assumed factor": SignalLever(
        signal="consumption_3m", shift=0.1, month="2026-01", lasts=3, source=SOME
    ),
    "a rate that stops": RateLever(process="leave", month="2026-04", lasts=5, source=SOME),
    "a price": PriceLever(change_percent=-8, month="2026-02"),
}


@pytest.fixture(scope="module")
def quiet(catalogue: Catalogue) -> Planner:
    """A book in which customers leave, and nothing else happens."""
    return Planner(make_book(30, draws=150, **QUIET), catalogue, {})


@pytest.fixture(scope="module")
def fast(quiet: Planner) -> FastBook:
    return fast_book(quiet.book)


def plan_of(*given: Lever, **more) -> Plan:
    return Plan(version=1, name="plan", accounts=("all",), levers=given, **more)


def assert_agrees(found: FastOutcome, full) -> None:
    np.testing.assert_allclose(found.stays, full.stays, rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(found.renews, full.renews, rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(found.account_stays, full.account_stays, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("lever", LEVERS.values(), ids=LEVERS)
@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_chances_are_the_full_simulations(quiet, fast, lever, strength: float) -> None:
    plan = plan_of(lever)
    found = approximate(fast, quiet, plan, strength)
    assert_agrees(found, quiet.evaluate(plan, strength))
    assert list(found.accounts) == list(quiet.book.lines.accounts)


def test_levers_add_up(quiet: Planner, fast) -> None:
    plan = plan_of(*LEVERS.values())
    assert_agrees(approximate(fast, quiet, plan), quiet.evaluate(plan))


def test_an_action_moves_its_own_accounts(quiet: Planner, fast) -> None:
    action = Action(kind="adoption_workshop", month="2026-02", accounts=("A003",))
    plan = plan_of(actions=(action,))
    assert_agrees(approximate(fast, quiet, plan), quiet.evaluate(plan))


def test_a_plan_for_some_leaves_the_rest_as_it_stands(quiet: Planner, fast) -> None:
    plan = plan_of(*LEVERS.values(), where=(Where(column="industry", values=("Retail",)),))
    found, full = approximate(fast, quiet, plan), quiet.evaluate(plan)
    before = quiet.baseline(plan_of())
    own = np.isin(found.accounts, full.accounts)
    np.testing.assert_allclose(found.account_stays[own], full.account_stays, rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(
        found.account_stays[~own], before.account_stays[~own], rtol=2e-5, atol=2e-6
    )


def test_no_lever_is_the_book_as_it_stands(quiet: Planner, fast) -> None:
    bare, idle = (
        approximate(fast, quiet, plan_of()),
        approximate(fast, quiet, plan_of(*LEVERS.values()), 0),
    )
    assert_agrees(bare, quiet.baseline(plan_of()))
    for name in ("stays", "renews", "revenue"):
        np.testing.assert_array_equal(getattr(bare, name), getattr(idle, name))


def test_revenue_is_expected_of_the_simulation(quiet: Planner, fast) -> None:
    """The simulation draws who leaves; over draws its mean is the expectation."""
    lever = PriceLever(change_percent=10, month="2026-02")
    for plan in (plan_of(), plan_of(lever)):
        rolled = quiet.evaluate(plan).arr[:, -1] / 100
        expected = approximate(fast, quiet, plan).revenue[:, -1]
        noise = (rolled - expected).std() / np.sqrt(len(rolled))
        assert abs((rolled - expected).mean()) < 4.5 * noise
        assert expected.std() < rolled.std()


def test_one_sure_line_pays_its_price(catalogue: Catalogue) -> None:
    planner = Planner(make_book(1, draws=5, leave=-40.0, early=-40.0), catalogue, {})
    plan = plan_of(PriceLever(change_percent=10, month="2026-01"))
    found = approximate(fast_book(planner.book), planner, plan).revenue
    worth = planner.book.lines.cents[0] / 100
    np.testing.assert_allclose(found[:, :4], worth, rtol=1e-6)  # due in the fifth month
    np.testing.assert_allclose(found[:, 4:], round(worth * 110) / 100, rtol=1e-6)


def test_without_frailty_it_is_the_plain_exponential(quiet: Planner) -> None:
    hazard = replace(quiet.book.inputs.hazard, frailty=np.zeros(len(quiet.book.inputs)))
    book = replace(quiet.book, inputs=replace(quiet.book.inputs, hazard=hazard))
    fast, planner = fast_book(book), replace(quiet, book=book)
    alone = approximate(fast, planner, plan_of()).account_stays
    lines = book.lines
    first = np.exp(-fast.hazard[0].cumsum(axis=0)).mean(axis=1)
    assert lines.account_id[1] != lines.account_id[0]
    np.testing.assert_allclose(alone[0], first, rtol=1e-4)


def test_the_numbers_of_a_drag(quiet: Planner, fast) -> None:
    before = approximate(fast, quiet, plan_of())
    after = approximate(fast, quiet, plan_of(LEVERS["a rate that stops"]))
    summary = fast_summary(before, after, 0.8)
    gain = after.revenue[:, -1] - before.revenue[:, -1]
    assert summary["gain"] == pytest.approx(gain.mean())
    assert summary["gain_low"] == pytest.approx(np.quantile(gain, 0.1))
    assert summary["renews_low"] < summary["renews"] < summary["renews_high"]
    assert summary["better"] == (gain > 0).mean() > 0.9


def test_threads_change_nothing(quiet: Planner, fast) -> None:
    plan = plan_of(*LEVERS.values())
    one = approximate(fast, quiet, plan)
    alone = approximate(fast, quiet, plan, workers=1)
    np.testing.assert_array_equal(alone.revenue, one.revenue)


@pytest.mark.parametrize(
    "lever",
    [
        TermLever(term_months=24, month="2026-02"),
        SeatsLever(change_percent=5, month="2026-02"),
        RateLever(process="expand", month="2026-02", source=SOME),
    ],
)
def test_what_needs_the_full_simulation_is_refused(quiet: Planner, fast, lever) -> None:
    with pytest.raises(ParameterError, match="needs the full course; expected signals, prices"):
        approximate(fast, quiet, plan_of(lever))


def test_the_polynomials_are_right_to_single_precision() -> None:
    x = np.linspace(-86, 30, 20_001, dtype="float32")
    found = np.array([fast_kernel.exp(value) for value in x[::20]])
    np.testing.assert_allclose(found, np.exp(x[::20].astype(float)), rtol=4e-7)
    y = np.concatenate([[0], np.logspace(-12, 4, 1000)]).astype("float32")
    found = np.array([fast_kernel.log1p(value) for value in y])
    np.testing.assert_allclose(found, np.log1p(y.astype(float)), rtol=4e-7)


def test_a_frailty_near_none_keeps_its_digits(quiet: Planner) -> None:
    theta = 1e-4
    hazard = replace(quiet.book.inputs.hazard, frailty=np.full(len(quiet.book.inputs), theta))
    book = replace(quiet.book, inputs=replace(quiet.book.inputs, hazard=hazard))
    fast = fast_book(book)
    alone = approximate(fast, replace(quiet, book=book), plan_of()).account_stays
    ahead = fast.hazard[0].astype(float).cumsum(axis=0)
    alive = np.exp(-np.log1p(fast.scale[0].astype(float) * ahead) / theta)
    assert book.lines.account_id[1] != book.lines.account_id[0]
    np.testing.assert_allclose(alone[0], alive.mean(axis=1), rtol=2e-6)


@pytest.mark.parametrize("theta", [0.05, 0.4, 3.0])
@pytest.mark.parametrize("ahead", [0.1, 1.0, 5.0])
def test_single_precision_survival_is_the_formula_s(theta: float, ahead: float) -> None:
    """The lines of the fast pass, which keeps arithmetic of its own, beside the one formula."""
    scale, power = np.float32(theta / (1 + theta * 0.7)), np.float32(-1 / theta)
    found = fast_kernel.exp(power * fast_kernel.log1p(np.float32(ahead) * scale))
    assert found == pytest.approx(conditional_survival(0.7, ahead, theta), rel=5e-6)
    assert found != pytest.approx(conditional_survival(0.0, ahead, theta), rel=5e-6)
