"""Precomputed outcomes: the engine's numbers at every level, the strongest levers first."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from workbench.plans.evaluate.lever_levels import levels_of, strongest
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.precomputed import precomputed_outcomes
from workbench.plans.levers.price import PriceLever
from workbench.plans.levers.signal import SignalLever
from workbench.plans.plan.document import Plan


@pytest.fixture(scope="module")
def planner(book, catalogue) -> Planner:
    return Planner(book, catalogue, {})


@pytest.fixture(scope="module")
def account(planner):
    return precomputed_outcomes(planner, ["A000"], 0.8).accounts[0]


def test_every_level_is_the_engines(planner: Planner, account) -> None:
    one = account.levers[0]
    assert one.lever == "consumption_3m"
    for at, level in enumerate(one.level):
        moved = SignalLever(signal=one.lever, set=level, month="2026-01", lasts="sustained")
        found = planner.evaluate(Plan(version=1, name="p", accounts=("A000",), levers=(moved,)))
        assert one.stays[at][0] == pytest.approx(found.renews.mean(), abs=1e-4)
        low, high = np.quantile(found.arr[:, -1] / 100, [0.1, 0.9])
        assert one.arr[at][1:] == pytest.approx((low, high), abs=1)


def test_the_level_as_things_stand_is_the_baseline(planner: Planner, account) -> None:
    before = planner.baseline(Plan(version=1, name="p", accounts=("A000",)))
    for one in account.levers:
        assert one.stays[one.now][0] == round(float(before.renews.mean()), 4)
        assert one.arr[one.now][0] == round(float(before.arr[:, -1].mean()) / 100)
    assert [one.level[one.now] for one in account.levers] == [0.7, 0.0, 0.0]


def test_a_price_is_a_guess_and_a_signal_an_association(account) -> None:
    assert [(one.lever, one.source) for one in account.levers] == [
        ("consumption_3m", "association"),
        ("champion_present", "association"),
        ("price", "assumed"),
    ]
    assert account.levers[0].warning.startswith("Association, not cause")
    assert account.renewal == "2026-05"


def test_price_changes_are_those_of_the_price_lever(planner: Planner, account) -> None:
    one = account.levers[-1]
    at = one.level.index(10.0)
    moved = PriceLever(change_percent=10, month="2026-01")
    found = planner.evaluate(Plan(version=1, name="p", accounts=("A000",), levers=(moved,)))
    assert one.stays[at][0] == pytest.approx(found.renews.mean(), abs=1e-4)


def test_the_strongest_lever_helps_most(planner: Planner) -> None:
    book = planner.book
    # Consumption has half a unit of log-hazard per 0.2, the champion four tenths in all.
    assert strongest(book, "A000") == ["consumption_3m", "champion_present"]
    signals = book.signals.copy()
    signals.loc[0, ["consumption_3m", "champion_present"]] = [1.1, np.nan]
    # At the better end already, and not known.
    assert strongest(replace(book, signals=signals), "A000") == []


def test_what_happens_to_customers_is_no_lever(planner: Planner) -> None:
    support = planner.book.support.assign(group="firmographic")
    assert strongest(replace(planner.book, support=support), "A000") == []


def test_levels_stay_within_what_the_data_hold(planner: Planner) -> None:
    seen = planner.book.support.iloc[0]
    levels = levels_of(seen, 0.7, False)
    assert levels.min() >= seen["low"] and levels.max() <= seen["high"]
    assert 0.7 in levels and (np.diff(levels) > 0).all() and len(levels) <= 9
    # Unless that is where the account stands.
    assert levels_of(seen, 5.0, False).max() == 5.0


def test_whole_levels_are_whole(account) -> None:
    assert account.levers[1].whole and account.levers[1].level == (0.0, 1.0)


def test_it_is_small(planner: Planner) -> None:
    accounts = [f"A{at:03d}" for at in range(6)]
    text = json.dumps(asdict(precomputed_outcomes(planner, accounts)))
    assert len(text) / len(accounts) < 4000


def test_an_account_without_a_fixed_term_has_no_renewal_month(planner: Planner) -> None:
    lines = planner.book.lines
    monthly = [a for a in lines.accounts if (lines.term_group[lines.account_id == a] == 0).all()]
    found = precomputed_outcomes(planner, monthly[:1], most=0).accounts[0]
    assert found.renewal == ""
    assert found.levers[0].meaning == "change of the price from now on"
    stays = planner.baseline(Plan(version=1, name="x", accounts=(monthly[0],))).stays[:, -1]
    assert found.levers[0].stays[found.levers[0].now][0] == round(float(stays.mean()), 4)
