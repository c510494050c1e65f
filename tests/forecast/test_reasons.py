"""Leaving by reason against closed forms, and identities that hold in every draw."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.reason_names import SORTS
from workbench.features.reason_data import announced_reasons
from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.reasons.departures import Departures, departures, last_endings
from workbench.forecast.reasons.exits import Exits, ReasonDraws
from workbench.forecast.reasons.simulated_exits import simulate_exits
from workbench.forecast.reasons.tables import (
    ALL_REASONS,
    account_table,
    bound_table,
    group_table,
    incidence_table,
    likeliest_reasons,
)

NAMES = ("price", "product", "other")


def book(draws: int = 40, lines: int = 7, months: int = 6, seed: int = 0):
    """An outlook with any survival, accounts of one to three subscriptions, and reasons."""
    rng = np.random.default_rng(seed)
    account_idx = np.sort(np.append(np.arange(3), rng.integers(0, 3, lines - 3)))
    alive = np.cumprod(rng.uniform(0.6, 1.0, (draws, lines, months)), axis=2).astype("float32")
    outlook = Outlook(
        subscription=alive,
        kept=rng.random((draws, lines, 1)) < alive,
        book=pd.DataFrame({"account_id": [f"a{i}" for i in account_idx]}).assign(
            subscription_id=[f"s{i}" for i in range(lines)],
            product="Core",
            arr=rng.uniform(1, 100, lines),
        ),
        accounts=np.array(["a0", "a1", "a2"], dtype=object),
        account_idx=account_idx,
        months=np.arange(months) + 24_312,
    )
    effect = rng.normal(size=(draws, 5, 3))
    effect[:, -1] = 0
    reasons = ReasonDraws(NAMES, rng.normal(size=(draws, 3)), effect)
    level = rng.integers(3, 5, lines)
    level_idx = np.stack(
        [np.column_stack([np.full(lines, sort), level]) for sort in range(len(SORTS))], axis=1
    )
    sort_idx = rng.integers(0, len(SORTS), (lines, months))
    exits = Exits(sort_idx, level_idx, np.zeros(lines, bool), np.full(lines, -1))
    return outlook, rng.uniform(0, 1, draws), reasons, exits


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_incidences_sum_to_churn_in_every_draw(seed) -> None:
    outlook, frailty, reasons, exits = book(seed=seed, draws=60)
    found = departures(outlook, frailty, reasons, exits)
    left = 1 - outlook.subscription.astype(float)
    np.testing.assert_allclose(found.subscription.sum(axis=2), left[:, :, -1], atol=1e-6)
    arr = outlook.book["arr"].to_numpy()
    np.testing.assert_allclose(found.arr.sum(axis=2), np.einsum("dsm,s->dm", left, arr), rtol=1e-6)
    gone = 1 - outlook.account()
    np.testing.assert_allclose(found.account.sum(axis=2), gone[:, :, -1], atol=1e-6)
    np.testing.assert_allclose(found.accounts.sum(axis=2), gone.sum(axis=1), atol=1e-5)
    assert (np.diff(found.accounts, axis=1) > -1e-9).all()


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_what_is_kept_never_exceeds_what_leaves_for_the_reason(seed) -> None:
    outlook, frailty, reasons, exits = book(seed=seed)
    found = departures(outlook, frailty, reasons, exits)
    gain = found.without - outlook.subscription[:, :, -1:]
    assert (gain > -1e-6).all()
    assert (gain < found.subscription + 1e-6).all()
    simulated = simulate_exits(outlook, reasons, exits, found, seed=1)
    assert not (simulated.saved & outlook.kept[:, :, -1]).any()
    bounds = bound_table(outlook, found, simulated, 0.9)
    assert (bounds["kept"] <= bounds["arr"] + 1e-6).all()
    assert (bounds["kept_high"] <= bounds["arr_high"]).all()


@pytest.mark.parametrize("theta", [0.0, 0.7])
def test_two_constant_hazards_give_the_closed_form(theta) -> None:
    """Hazards a and b of a line: I_a = a / (a + b) (1 - S), and without a only b is left."""
    a, b = 0.06, 0.02
    total = (a + b) * np.arange(1, 13)
    survive = lambda h: np.exp(-h) if theta == 0 else (1 + theta * h) ** (-1 / theta)  # noqa: E731
    outlook, _, _, exits = book(draws=1, lines=4, months=12)
    object.__setattr__(outlook, "subscription", np.tile(survive(total), (1, 4, 1)))
    shares = np.log([[a / (a + b), b / (a + b)]])
    reasons = ReasonDraws(("a", "b"), shares, np.zeros((1, 5, 2)))
    found = departures(outlook, np.array([theta]), reasons, exits)
    left = 1 - survive(total[-1])
    np.testing.assert_allclose(found.subscription[0, 0], [0.75 * left, 0.25 * left], rtol=1e-6)
    alone = [survive(b * 12), survive(a * 12)]
    np.testing.assert_allclose(found.without[0, 0], alone, rtol=1e-6)


def test_a_reason_on_record_is_known_and_a_notice_cannot_be_undone() -> None:
    outlook, frailty, reasons, exits = book()
    alive = outlook.subscription
    alive[:, 0] = alive[:, 1] = [1, 1, 0, 0, 0, 0]  # two notices for the third month
    object.__setattr__(outlook, "kept", np.random.default_rng(1).random((40, 7, 1)) < alive)
    gone, known = np.arange(7) < 2, np.where(np.arange(7) == 0, 1, -1)  # one with its reason
    exits = replace(exits, gone=gone, reason_idx=known)
    found = departures(outlook, frailty, reasons, exits)
    np.testing.assert_allclose(found.subscription[:, 0], np.tile([0, 1, 0], (40, 1)), atol=1e-6)
    np.testing.assert_allclose(found.subscription[:, 1].sum(axis=1), 1, atol=1e-6)
    assert found.subscription[:, 1].max() < 1
    assert (found.without[:, :2] == 0).all() and (found.without[:, 2:] > 0).all()
    simulated = simulate_exits(outlook, reasons, exits, found, seed=1)
    assert (simulated.reason[:, 0] == 1).all() and len(set(simulated.reason[:, 1])) > 1
    assert (simulated.month[:, :2] == 2).all() and not simulated.saved[:, :2].any()


def test_reasons_of_notices_are_those_on_record_today() -> None:
    given = SimpleNamespace(reasons=("Price", "product", "other"))
    signed = pd.DataFrame(
        {
            "subscription_id": ["s0", "s1", "s2", "s3"],
            "contract_id": ["c0", "c1", "c2", "c3"],
            "change": ["leaving", "leaving", "leaving", "renewal"],
        }
    )
    contracts = pd.DataFrame(
        {
            "contract_id": ["c3", "c2", "c1", "c0", "old"],
            "end_reason": ["product", None, "a rare one", " price ", "product"],
        }
    )
    announced = announced_reasons(given, signed, contracts)  # type: ignore[arg-type]
    assert announced.to_dict() == {"s0": 0, "s1": 2, "s2": -1}


def test_an_accounts_last_ending_counts_whatever_the_order() -> None:
    """Three subscriptions, every order of endings within a month as likely as any other."""
    rng = np.random.default_rng(3)
    alive = np.cumprod(rng.uniform(0.3, 0.9, (1, 3, 2)), axis=2)
    found = last_endings(alive, np.zeros(3, int))[0]
    chance = -np.diff(alive[0], axis=1, prepend=1.0)
    expected = np.zeros((3, 2))
    for months in np.ndindex(2, 2, 2):
        p = np.prod([chance[s, m] for s, m in enumerate(months)])
        for order in permutations(range(3)):
            rank = [(months[s], order[s]) for s in range(3)]
            last = int(np.argmax([m * 3 + o for m, o in rank]))
            expected[last, months[last]] += p / 6
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_simulated_endings_agree_with_the_probabilities() -> None:
    outlook, _, reasons, exits = book(draws=30_000, lines=4, seed=2)
    base, effect = (np.repeat(a[:1], 30_000, axis=0) for a in (reasons.base, reasons.effect))
    reasons = ReasonDraws(NAMES, base, effect)
    alive = np.repeat(outlook.subscription[:1], 30_000, axis=0)
    uniform = np.random.default_rng(5).random((30_000, 4, 1))
    object.__setattr__(outlook, "subscription", alive)
    object.__setattr__(outlook, "kept", uniform < alive)
    found = departures(outlook, np.full(30_000, 0.5), reasons, exits)
    simulated = simulate_exits(outlook, reasons, exits, found, seed=4)
    left = simulated.month < 6
    for k in range(3):
        own = left & (simulated.reason == k)
        np.testing.assert_allclose(own.mean(axis=0), found.subscription[0, :, k], atol=0.012)
        gain = found.without[0, :, k] - alive[0, :, -1]
        np.testing.assert_allclose((simulated.saved & own).mean(axis=0), gain, atol=0.012)
        accounts = (own & simulated.last).sum(axis=1).mean()
        assert accounts == pytest.approx(found.accounts[0, -1, k], abs=0.02)


def test_tables_add_up() -> None:
    outlook, frailty, reasons, exits = book()
    found = departures(outlook, frailty, reasons, exits)
    simulated = simulate_exits(outlook, reasons, exits, found, seed=1)
    lost = incidence_table(outlook, found, simulated, 0.9)
    whole = lost[lost["reason"] == ALL_REASONS].set_index("month")
    parts = lost[lost["reason"] != ALL_REASONS].groupby("month")[["accounts", "arr"]].sum()
    np.testing.assert_allclose(parts, whole[["accounts", "arr"]])
    assert (whole["arr_low"] <= whole["arr"]).all() and (whole["arr"] <= whole["arr_high"]).all()
    bounds = bound_table(outlook, found, simulated, 0.9)
    assert bounds["share"].sum() == pytest.approx(1)
    assert bounds["arr"].sum() == pytest.approx(whole["arr"].iloc[-1])
    accounts = pd.DataFrame({"account_id": ["a0", "a1", "a2"], "segment": ["x", None, "x"]})
    groups = group_table(outlook, found, accounts, ("segment",), 0.9)
    assert set(groups["level"]) == {"x", "(missing)"}
    assert (groups["revenue"] * groups["share"]).sum() == pytest.approx(bounds["arr"].sum())
    likeliest = likeliest_reasons(account_table(outlook, found, {}, 0.9))
    assert (likeliest["given"] > 1 / 3).all()
    assert (likeliest["arr"] * likeliest["leaving"]).is_monotonic_decreasing
    table = account_table(outlook, found, {"a0": "Ada"}, 0.9)
    assert table["name"].tolist() == ["Ada"] * 3 + ["a1"] * 3 + ["a2"] * 3
    gone = (1 - outlook.account()[:, :, -1]).mean(axis=0)
    np.testing.assert_allclose(table.groupby("account_id")["probability"].sum(), gone, atol=1e-6)


def test_an_incidence_that_forgets_a_reason_is_found_out() -> None:
    outlook, frailty, reasons, exits = book()
    found = departures(outlook, frailty, reasons, exits)
    fewer = Departures(**found.__dict__ | {"subscription": found.subscription[:, :, :2]})
    left = 1 - outlook.subscription[:, :, -1]
    assert np.abs(fewer.subscription.sum(axis=2) - left).max() > 0.01
