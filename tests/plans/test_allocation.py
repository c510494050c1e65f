"""Where the hours go: the best of small cases, a bound that holds, values told honestly."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from planbooks import make_book

from workbench.core.calendar import month_number
from workbench.core.errors import ParameterError
from workbench.impact.coin import read_tosses
from workbench.plans.allocation import bundles
from workbench.plans.allocation.bound import dual_bound
from workbench.plans.allocation.by_owner import by_owner, repaired
from workbench.plans.allocation.coin import with_coin
from workbench.plans.allocation.plan import allocation_plan
from workbench.plans.allocation.problem import NONE, AllocationProblem, faults, used
from workbench.plans.allocation.report import (
    CHOOSE,
    TELL,
    allocation_report,
    in_order,
    toss_tables,
)
from workbench.plans.allocation.sentences import allocation_sentences
from workbench.plans.allocation.solve import SolveSettings, allocate, reached
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.catalogue import read_catalogue

EXACT = SolveSettings(gap=0.0, seconds=20.0)


def make(
    rng: np.random.Generator, accounts: int, options: int = 3, draws: int = 20,
    owners: int = 2, hours: float = 20.0, budget: float = np.inf,
) -> AllocationProblem:  # fmt: skip
    account = np.repeat(np.arange(accounts), options)
    n = len(account)
    size = rng.lognormal(9, 1, accounts)[account]
    value = size * rng.beta(1, 8, n) * rng.lognormal(-0.3, 0.8, (draws, n)) - 0.02 * size
    return AllocationProblem(
        account, rng.integers(0, owners, accounts), rng.choice([2.0, 4, 6.5, 8, 12, 16.1], n),
        rng.choice([0.0, 0, 100, 500], n), value, np.full(owners, hours), budget,
    )  # fmt: skip


def best_of_all(problem: AllocationProblem, settings: SolveSettings) -> float:
    options = [[NONE, *np.flatnonzero(problem.account == at)] for at in range(len(problem.owner))]
    choices = map(np.array, itertools.product(*options))
    return max(reached(problem, one, settings) for one in choices if not faults(problem, one))


@pytest.mark.parametrize("budget", [np.inf, 600.0])
@pytest.mark.parametrize(("risk_weight", "cases"), [(0.0, 100), (0.5, 6)])
def test_every_small_case_is_solved_like_by_trying_all(budget, risk_weight, cases):
    rng = np.random.default_rng(11)
    settings = replace(EXACT, risk_weight=risk_weight)
    for case in range(cases):
        problem = make(rng, 4, hours=(0.0, 10.0, 25.0)[case % 3], budget=budget)
        found, best = allocate(problem, settings), best_of_all(problem, settings)
        assert found.objective == pytest.approx(best, rel=1e-5, abs=1e-3), case
        assert found.bound >= best - 1e-3
        assert faults(problem, found.chosen) == []


def test_a_thousand_accounts_come_with_a_gap_of_half_a_percent_at_most():
    problem = make(np.random.default_rng(1), 1000, 8, 40, owners=10, hours=40.0)
    found = allocate(problem)
    assert found.gap <= 0.005 and faults(problem, found.chosen) == []
    greedy = in_order(problem, np.argsort(-problem.value.mean(axis=0).reshape(1000, 8).max(axis=1)))
    assert reached(problem, greedy, EXACT) < found.objective


def test_any_prices_bound_what_can_be_reached():
    rng = np.random.default_rng(2)
    for _ in range(30):
        problem = make(rng, 4, budget=600.0)
        best, mean = best_of_all(problem, EXACT), problem.value.mean(axis=0)
        for price in (0.0, 10.0, 1e4):
            assert dual_bound(problem, mean, np.full(2, price), price / 100) >= best - 1e-6


def test_hours_that_are_no_whole_steps_are_never_overrun():
    problem = make(np.random.default_rng(3), 40, hours=16.1)
    chosen, worth = by_owner(problem, problem.value.mean(axis=0))
    assert faults(problem, chosen) == []
    assert worth <= by_owner(problem, problem.value.mean(axis=0), optimistic=True)[1]


def test_an_overrun_is_found_and_repaired():
    problem = make(np.random.default_rng(4), 12, hours=10.0, budget=300.0)
    everything = np.arange(12) * 3
    assert len(faults(problem, everything)) == 3
    assert faults(problem, repaired(problem, problem.value.mean(axis=0), everything)) == []
    assert faults(problem, np.full(12, 3)) != []  # an option of another account


def test_nothing_worth_doing_is_left_undone():
    problem = make(np.random.default_rng(5), 3)
    worthless = replace(problem, value=-np.abs(problem.value))
    assert (allocate(worthless).chosen == NONE).all()
    none = replace(problem, account=np.zeros(0, int), hours=np.zeros(0), cost=np.zeros(0),
                   value=np.zeros((20, 0)))  # fmt: skip
    assert allocate(none).objective == 0


def test_wrong_input_is_told_at_once():
    problem = make(np.random.default_rng(6), 3)
    with pytest.raises(ParameterError, match=r"(?s)hours and cost.*a finite value"):
        replace(problem, hours=-problem.hours, value=problem.value * np.nan)


def test_noise_alone_promises_much_and_tells_nothing():
    """Options that bring nothing: the draws that choose see a gain, the others must not."""
    rng = np.random.default_rng(7)
    promised, gained = [], []
    for _ in range(20):
        problem = make(rng, 30, draws=40)
        problem = replace(problem, value=rng.normal(0, 1000, problem.value.shape))
        chosen = allocate(problem.of_draws(CHOOSE)).chosen
        promised.append(reached(problem.of_draws(CHOOSE), chosen, EXACT))
        gained.append(reached(problem.of_draws(TELL), chosen, EXACT))
    error = np.std(gained) / np.sqrt(len(gained))
    assert np.mean(promised) > 10 * error
    assert abs(np.mean(gained)) < 3 * error


def test_a_coin_decides_near_ties_fairly_and_within_hours():
    problem = make(np.random.default_rng(8), 200, owners=4, hours=200.0)
    found = allocate(problem)
    keys = [f"A{at}" for at in range(200)]
    with_one, tosses = with_coin(problem, found, EXACT, keys, 300.0, 1)
    assert faults(problem, with_one.chosen) == []
    assert len(tosses) > 20
    heads = np.mean([toss.taken == toss.first for toss in tosses])
    assert 0.25 < heads < 0.75
    assert all(with_one.chosen[keys.index(toss.account_id)] == toss.taken for toss in tosses)
    assert with_coin(problem, found, EXACT, keys, 300.0, 1)[1] == tosses
    assert found.objective - with_one.objective <= 300.0 * len(tosses)
    assert with_coin(problem, found, EXACT, keys, 0.0, 1) == (found, ())


@pytest.fixture(scope="module")
def allocated():
    book = make_book(draws=100)
    owners = np.array(["Ada", "Ben", None], object)[np.arange(12) % 3]
    planner = Planner(
        replace(book, accounts=book.accounts.assign(owner=owners)), read_catalogue(), {}
    )
    found = bundles.book_problem(planner, (40.0, {"Ben": 12.0}))
    return planner, found, allocation_report(found)


def test_bundles_bring_what_the_engine_says(allocated):
    planner, found, _ = allocated
    together = next(at for at, kinds in enumerate(found.bundles) if len(kinds) > 1)
    account = found.accounts["account_id"][found.problem.account[together]]
    actions = tuple(
        bundles.Action(kind=kind, month=found.month) for kind in found.bundles[together]
    )
    plan = bundles.Plan(version=1, name="p", accounts=(account,), actions=actions)
    gain = (planner.evaluate(plan).arr - planner.baseline(plan).arr)[:, -1] / 100
    _, cost = bundles.bundle_effort(planner.catalogue, found.bundles[together])
    np.testing.assert_allclose(found.problem.value[:, together], gain - cost)


def test_assumed_effects_are_halved_and_no_others():
    catalogue = read_catalogue()
    weaker = bundles.halved(catalogue)
    before, after = (one.entries["roi_analysis"].levers[0].source for one in (catalogue, weaker))
    assert after.low == pytest.approx(before.low**0.5) and after.high == 1.0
    assert weaker.entries["win_a_champion"] == catalogue.entries["win_a_champion"]


def test_tosses_are_kept_as_the_report_on_effects_reads_them(allocated, tmp_path):
    _, found, _ = allocated
    report = allocation_report(found, near_tie=1e9)
    tables = toss_tables(found, report)
    assert sum(map(len, tables.values())) == len(report.tosses) > 5
    kept = tables["tosses"]
    kept.to_csv(tmp_path / "tosses.csv", index=False)
    read = read_tosses(tmp_path / "tosses.csv")
    assert read["account_id"].tolist() == kept["account_id"].tolist()
    assert (read["month"] == month_number(pd.Timestamp(f"{found.month}-01"))).all()
    worked = set(report.accounts["account_id"])
    assert [key in worked for key in read["account_id"]] == read["taken"].tolist()
    assert toss_tables(found, allocation_report(found)) == {}


def test_the_report_tells_hours_owners_rules_and_a_plan(allocated):
    planner, found, report = allocated
    assert found.owners == (bundles.UNOWNED, "Ada", "Ben")
    owners = report.owners.set_index("owner")
    assert owners["hours"].to_dict() == {bundles.UNOWNED: 40.0, "Ada": 40.0, "Ben": 12.0}
    assert (owners["hours_used"] <= owners["hours"]).all() and (owners["one_more_hour"] >= 0).all()
    assert report.accounts["hours"].sum() == owners["hours_used"].sum()
    assert report.accounts["gain"].sum() == pytest.approx(report.values["gain"][0])
    assert report.values["regret"][0] == 0 and len(report.values) == 5
    telling = found.problem.of_draws(TELL)
    listed = in_order(telling, np.argsort(-found.accounts["worth"].to_numpy()))
    assert used(telling, listed)[0][2] <= 12.0
    text = " ".join(allocation_sentences(found, report, "EUR"))
    assert "No allocation exceeds this one" in text and "top-risk list would bring" in text
    plan = allocation_plan(found, report)
    assert planner.evaluate(plan).hours == owners["hours_used"].sum()
    assert {a for action in plan.actions for a in action.accounts} == set(plan.accounts)


def test_an_unknown_owner_or_month_is_told(allocated):
    planner, *_ = allocated
    with pytest.raises(ParameterError, match=r"Adda: no account.*Did you mean Ada"):
        bundles.book_problem(planner, (40.0, {"Adda": 12.0}))
    with pytest.raises(ParameterError, match="no month to come"):
        bundles.book_problem(planner, (40.0, {}), settings=bundles.BundleSettings(month="1999-01"))
