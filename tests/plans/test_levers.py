"""Levers do what they say: identities, closed forms with hand-made draws, chance by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planbooks import make_book
from scipy.stats import norm

from workbench.core.errors import ParameterError
from workbench.core.processes import LEAVE_IDX, PROCESSES
from workbench.forecast.growth.line_simulation import simulate_lines
from workbench.forecast.posterior.frailty import conditional_survival
from workbench.plans.evaluate.outcome import Outcome
from workbench.plans.evaluate.planner import Planner
from workbench.plans.levers import effects
from workbench.plans.levers.price import PRICE_ELASTICITY, PriceLever, log_price_factor
from workbench.plans.levers.product import ProductLever
from workbench.plans.levers.rate import RateLever
from workbench.plans.levers.registry import Lever
from workbench.plans.levers.seats import SeatsLever
from workbench.plans.levers.signal import SignalLever
from workbench.plans.levers.source import Assumed, Measured
from workbench.plans.levers.term import TermLever
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Action, Plan, Where, WinPlan
from workbench.plans.planbook.book import Planbook

QUIET = dict.fromkeys(("contract", "expand", "amend", "cross_sell"), -40.0) | {"price_share": 0.0}
DOUBLED = Assumed(low=2.0, high=2.0)


@pytest.fixture
def planner(book: Planbook, catalogue: Catalogue) -> Planner:
    return Planner(book, catalogue, {})


@pytest.fixture(scope="module")
def quiet() -> Planbook:
    """A book in which customers leave, and nothing else happens."""
    return make_book(**QUIET)


def plan_of(*given: Lever, accounts: tuple[str, ...] = ("A000",), **more) -> Plan:
    return Plan(version=1, name="plan", accounts=accounts, levers=given, **more)


def assert_same(one: Outcome, other: Outcome) -> None:
    for name in ("arr", "flow", "stays", "renews", "expected"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_plan_of_nothing_changes_nothing(planner: Planner) -> None:
    plan = plan_of(accounts=("all",))
    assert_same(planner.evaluate(plan), planner.baseline(plan))


@settings(deadline=None, max_examples=15)
@given(
    shift=st.floats(-3, 3),
    month=st.integers(1, 12),
    lasts=st.sampled_from(["once", "sustained", 4]),
    percent=st.floats(-50, 50),
)
def test_levers_without_strength_change_nothing(shift, month, lasts, percent) -> None:
    planner = Planner(make_book(4, draws=20), Catalogue({}), {})
    month = f"2026-{month:02d}"
    plan = plan_of(
        SignalLever(signal="consumption_3m", shift=shift, month=month, lasts=lasts),
        PriceLever(change_percent=percent, month=month),
        SeatsLever(change_percent=percent, month=month),
        ProductLever(product="x", arr=5.0, win_probability=0.5, month=month),
        TermLever(term_months=36, month=month),
        RateLever(process="leave", month=month, source=DOUBLED),
        accounts=("all",),
    )
    assert_same(planner.evaluate(plan, strength=0.0), planner.baseline(plan))


def test_a_signal_set_to_what_it_is_changes_nothing(planner: Planner) -> None:
    lever = SignalLever(signal="consumption_3m", set=0.7, month="2026-03")
    plan = plan_of(lever)
    assert_same(planner.evaluate(plan), planner.baseline(plan))


def test_factors_of_one_change_nothing(planner: Planner) -> None:
    certain = Assumed(low=1.0, high=1.0)
    rates = [RateLever(process=process, month="2026-02", source=certain) for process in PROCESSES]
    price = PriceLever(change_percent=0, month="2026-02")
    plan = plan_of(*rates, price, accounts=("all",))
    assert_same(planner.evaluate(plan), planner.baseline(plan))


def hazard_of(book: Planbook, line: int, log_rate_shift: np.ndarray) -> np.ndarray:
    """Return the closed form of a line's monthly hazard, with a tilt by month added."""
    inputs, lines = book.inputs, book.lines
    group = inputs.hazard.group[:, lines.group_idx[line, 0]]
    signal = inputs.hazard.signal @ lines.signal_value[line]
    month = np.arange(inputs.months)
    since = month - lines.months_to_end[line]
    ends = (since >= 0) & (since % lines.term_months[line] == 0)
    exit_log_hazard = inputs.hazard.exit[:, np.where(ends, 2, 6)]  # 12 months
    fading = signal[:, None] * inputs.hazard.fade[:, None] ** month
    shared = exit_log_hazard + inputs.shared.shock[LEAVE_IDX][:, -1] + group[:, None]
    return np.exp(shared + fading + log_rate_shift)


def survival_of(book: Planbook, line: int, log_rate_shift: np.ndarray) -> np.ndarray:
    ahead = hazard_of(book, line, log_rate_shift).cumsum(axis=1)
    so_far = book.survived[:, line][:, None]
    return conditional_survival(so_far, ahead, book.inputs.hazard.frailty[:, None])


@pytest.mark.parametrize(("lasts", "kept"), [("once", 1), (4, 4), ("sustained", 99)])
def test_a_signal_acts_by_its_coefficient_and_fades(quiet: Planbook, lasts, kept) -> None:
    lever = SignalLever(signal="consumption_3m", shift=0.3, month="2026-03", lasts=lasts)
    found = Planner(quiet, Catalogue({}), {}).evaluate(plan_of(lever))
    hazard = quiet.inputs.hazard
    age = np.maximum(np.arange(24) - 2 - (kept - 1), 0)
    acts = np.where(np.arange(24) < 2, 0.0, hazard.fade[:, None] ** age)
    log_rate_shift = hazard.signal[:, :1] * 1.5 * acts  # 0.3 is one and a half standard deviations
    np.testing.assert_allclose(found.stays, survival_of(quiet, 0, log_rate_shift), rtol=2e-4)


def test_a_missing_signal_can_be_set(quiet: Planbook) -> None:
    signals = quiet.signals.copy()
    signals.loc[0, "champion_present"] = np.nan
    book = replace(quiet, signals=signals)
    lever = SignalLever(signal="champion_present", set=1, month="2026-01", lasts="sustained")
    found = Planner(book, Catalogue({}), {}).evaluate(plan_of(lever))
    # From the mean, 0.6, and the indicator of missing, to there.
    log_rate_shift = quiet.inputs.hazard.signal[:, 1:] @ np.array([0.4, -1.0])
    np.testing.assert_allclose(
        found.stays, survival_of(quiet, 0, log_rate_shift[:, None]), rtol=2e-4
    )


def test_an_assumed_factor_multiplies_the_hazard_while_it_lasts(quiet: Planbook) -> None:
    lever = RateLever(process="leave", month="2026-04", lasts=6, source=DOUBLED)
    found = Planner(quiet, Catalogue({}), {}).evaluate(plan_of(lever))
    month = np.arange(24)
    log_rate_shift = np.where((month >= 3) & (month < 9), np.log(2), 0.0)
    np.testing.assert_allclose(found.stays, survival_of(quiet, 0, log_rate_shift), rtol=2e-4)


def test_a_range_is_a_prior_with_these_quantiles() -> None:
    z = norm.ppf([0.1, 0.5, 0.9])
    np.testing.assert_allclose(np.exp(effects.log_factor((0.5, 0.9, 0.8), z))[[0, 2]], [0.5, 0.9])
    np.testing.assert_allclose(effects.chance((0.2, 0.6, 0.8), z)[[0, 2]], [0.2, 0.6])
    low, high, _ = PRICE_ELASTICITY
    np.testing.assert_allclose(
        log_price_factor(0.1, z), [0.1 * low, 0.1 * (low + high) / 2, 0.1 * high]
    )


def test_the_range_reaches_the_result(planner: Planner) -> None:
    def spread(low: float, high: float) -> float:
        source = Assumed(low=low, high=high)
        lever = RateLever(process="leave", month="2026-01", source=source)
        return planner.evaluate(plan_of(lever)).stays[:, -1].std()

    assert spread(0.25, 1.0) > 1.2 * spread(0.5, 0.5)


def test_a_price_rise_touches_money_and_chance_at_the_renewal(quiet: Planbook) -> None:
    lever = PriceLever(change_percent=10, month="2026-02", source=DOUBLED)
    planner = Planner(quiet, Catalogue({}), {})
    found, before = planner.evaluate(plan_of(lever)), planner.baseline(plan_of(lever))
    due = 4
    np.testing.assert_array_equal(found.arr[:, :due], before.arr[:, :due])
    stayed = found.arr[:, due] > 0
    assert set(found.arr[stayed, due]) == {round(quiet.lines.cents[0] * 1.1)}
    log_rate_shift = np.where(np.arange(24) == due, np.log(2), 0.0)
    np.testing.assert_allclose(found.stays, survival_of(quiet, 0, log_rate_shift), rtol=2e-4)


def test_a_longer_term_moves_the_next_renewal(quiet: Planbook) -> None:
    lever = TermLever(term_months=12, month="2026-03")
    found = Planner(quiet, Catalogue({}), {}).evaluate(plan_of(lever))
    lines = replace(quiet.lines, months_to_end=np.where(np.arange(len(quiet.lines)), 0, 14))
    expected = survival_of(replace(quiet, lines=lines), 0, np.zeros(24))
    np.testing.assert_allclose(found.stays, expected, rtol=2e-4)
    # The plan is judged on the day on which the customer would have decided.
    np.testing.assert_array_equal(found.renews, found.stays[:, 4])


def test_a_price_signed_with_a_term_holds_at_once(quiet: Planbook) -> None:
    plan = plan_of(
        PriceLever(change_percent=-5, month="2026-02"),
        TermLever(term_months=36, month="2026-02"),
    )
    found = Planner(quiet, Catalogue({}), {}).evaluate(plan)
    there = found.arr[:, 1] > 0
    assert set(found.arr[there, 1]) == {round(quiet.lines.cents[0] * 0.95)}


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_a_product_is_sold_with_its_chance(quiet: Planbook, chance: float) -> None:
    lever = ProductLever(product="Extra", arr=1234.5, win_probability=chance, month="2026-02")
    planner = Planner(quiet, Catalogue({}), {})
    gain = planner.evaluate(plan_of(lever)).arr - planner.baseline(plan_of(lever)).arr
    there = planner.baseline(plan_of(lever)).arr[:, 1] > 0
    assert set(gain[:, 1]) <= {0, 123_450}
    sold = (gain[there, 1] > 0).mean()
    assert abs(sold - chance) < 4.5 * np.sqrt(chance * (1 - chance) / there.sum()) + 1e-12


def test_seats_multiply_revenue(quiet: Planbook) -> None:
    lever = SeatsLever(change_percent=25, month="2026-02")
    planner = Planner(quiet, Catalogue({}), {})
    after, before = planner.evaluate(plan_of(lever)).arr, planner.baseline(plan_of(lever)).arr
    np.testing.assert_array_equal(after[:, 0], before[:, 0])
    np.testing.assert_allclose(after[:, 1:], 1.25 * before[:, 1:], atol=1)


def test_an_action_touches_its_own_accounts_only(planner: Planner) -> None:
    action = Action(kind="adoption_workshop", month="2026-02", accounts=("A003",))
    plan = plan_of(accounts=("all",), actions=(action,))
    found, before = planner.evaluate(plan), planner.baseline(plan)
    same = (found.expected == before.expected).all(axis=1)
    assert same.tolist() == [account != "A003" for account in found.accounts]
    assert (found.hours, found.cost) == (20, 500)


def test_blocks_change_nothing(planner: Planner) -> None:
    lever = SignalLever(signal="consumption_3m", shift=0.2, month="2026-02")
    plan = plan_of(lever, accounts=("all",))
    whole = planner.evaluate(plan)
    pieces = replace(planner, lines_at_once=3).evaluate(plan)
    np.testing.assert_array_equal(whole.arr, pieces.arr)
    np.testing.assert_allclose(whole.stays, pieces.stays, rtol=1e-6)


def test_an_account_fares_alone_as_in_the_book(planner: Planner) -> None:
    alone, whole = planner.baseline(plan_of()), planner.baseline(plan_of(accounts=("all",)))
    np.testing.assert_array_equal(alone.expected[0], whole.expected[0])


def test_common_luck_makes_the_difference_precise(catalogue: Catalogue) -> None:
    lever = RateLever(process="leave", month="2026-01", source=Assumed(low=0.9, high=0.9))
    plan = plan_of(lever, accounts=("all",))
    one, other = (Planner(make_book(seed=seed, draws=400), catalogue, {}) for seed in (1, 2))
    after = one.evaluate(plan).arr[:, -1].astype(float)
    paired = (after - one.baseline(plan).arr[:, -1]).var()
    independent = (after - other.baseline(plan).arr[:, -1]).var()
    assert paired < 0.25 * independent


def test_a_scenario_hits_one_industry(planner: Planner) -> None:
    lever = RateLever(process="leave", month="2026-01", lasts=6, source=DOUBLED)
    plan = plan_of(
        lever,
        SeatsLever(change_percent=-40, month="2026-01"),
        accounts=("all",),
        where=(Where(column="industry", values=("Retail",)),),
    )
    found = planner.evaluate(plan)
    assert list(found.accounts) == ["A000", "A003", "A006", "A009"]
    assert (found.arr[:, 0] <= planner.baseline(plan).arr[:, 0]).all()


def test_what_the_book_does_not_have_is_said_at_once(planner: Planner) -> None:
    plan = plan_of(
        SignalLever(signal="consumption_4m", shift=1, month="2029-01"),
        accounts=("A000", "B000"),
        where=(
            Where(column="industry", values=("Retial",)),
            Where(column="idustry", values=("x",)),
        ),
        win_plans=(WinPlan(opportunity_id="O2", owner="Ada", on=date(2026, 2, 1)),),
    )
    with pytest.raises(ParameterError) as caught:
        planner.evaluate(plan)
    assert [str(problem) for problem in caught.value.problems] == [
        "plan, accounts.1: no customer B000. Did you mean A000?",
        "plan, where.0.values.0: no industry Retial. Did you mean Retail?",
        "plan, where.1.column: accounts have no idustry. Did you mean industry?",
        "plan, win_plans.0: no open opportunity O2. Valid names: O1.",
        "plan, levers.0.month: 2029-01 lies outside of the forecast. "
        "The forecast reaches from 2026-01 to 2027-12.",
        "plan, levers.0.signal: the model has no signal consumption_4m. "
        "Did you mean consumption_3m?",
    ]


def test_a_measured_effect_comes_from_its_file(planner: Planner) -> None:
    source = Measured(file="effects.yaml", effect="roi_analysis")
    plan = plan_of(RateLever(process="leave", month="2026-01", source=source))
    with pytest.raises(ParameterError, match="no measured effect roi_analysis"):
        planner.evaluate(plan)
    known = {"effects.yaml": {"roi_analysis": effects.Estimate(estimate=1, low=1, high=1)}}
    found = replace(planner, measured=known).evaluate(plan)
    assert_same(found, planner.baseline(plan))


def test_the_outcome_is_the_simulation_of_its_lines(planner: Planner) -> None:
    found = planner.baseline(plan_of(accounts=("A001", "A002")))
    book = planner.book
    own = book.lines_of(["A001", "A002"])
    simulated = simulate_lines(book.inputs, book.lines.take(own), book.survived[:, own])
    np.testing.assert_array_equal(found.arr, simulated.account.sum(axis=1))
    closing = found.opening + found.flow.sum(axis=2).cumsum(axis=1)
    np.testing.assert_array_equal(closing, found.arr)
