"""The simulated book comes from the process that its truth names."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.calendar import month_number
from workbench.data.simulate import Simulation, simulate


@pytest.fixture(scope="module")
def book() -> Simulation:
    return simulate(accounts=4000, months=36, seed=11, texts=False)


@pytest.fixture(scope="module")
def at_risk(book) -> pd.DataFrame:
    """One row per subscription and month of the window at risk, from the truth."""
    truth = book.truth
    window = truth.end - truth.observed_from
    month, sub = np.nonzero(~np.isnan(truth.hazard[:window]))
    subs = truth.subscriptions
    position = pd.Index(truth.accounts["account_id"]).get_indexer(subs["account_id"])[sub]
    leave = subs["leave_month"].fillna(0).to_numpy(dtype="int64")[sub]
    rows = {
        "month": month + truth.observed_from,
        "sub": sub,
        "account": position,
        "hazard": truth.hazard[month, sub].astype("float64"),
        "left": (leave == month + truth.observed_from).astype("float64"),
        "frailty": subs["frailty"].to_numpy()[sub],
    }
    rows |= {name: values[month, position] for name, values in truth.signals.items()}
    return pd.DataFrame(rows)


def score(rows: pd.DataFrame, column: str) -> float:
    """Standardised sum of covariate times (event - hazard): standard normal under the truth."""
    x = rows[column].to_numpy(dtype="float64")
    x = x - x.mean()
    hazard = rows["hazard"].to_numpy()
    spread = np.sqrt((x**2 * hazard * (1 - hazard)).sum())
    return float((x * (rows["left"].to_numpy() - hazard)).sum() / spread)


def test_the_true_hazard_foresees_the_number_of_leavers(at_risk):
    hazard = at_risk["hazard"].to_numpy()
    error = at_risk["left"].sum() - hazard.sum()
    assert abs(error) < 4 * np.sqrt((hazard * (1 - hazard)).sum())


def test_no_signal_explains_what_the_true_hazard_leaves_over(book, at_risk):
    scores = {name: score(at_risk, name) for name in (*book.truth.signals, "frailty", "month")}
    assert max(abs(value) for value in scores.values()) < 4, scores


def test_a_hazard_that_ignores_a_signal_fails_the_same_test(at_risk):
    blind = at_risk.assign(hazard=at_risk["hazard"].mean())
    for name in ("consumption", "late_payment", "detractor", "champion_absent", "frailty"):
        assert abs(score(blind, name)) > 4, name


def test_a_year_s_churn_is_believable(at_risk):
    annual = 1 - (1 - at_risk["left"].mean()) ** 12
    assert 0.09 < annual < 0.19


def test_most_fixed_terms_are_left_at_their_end(book):
    contracts = book.tables["contracts"]
    fixed = contracts[contracts["end_on"].notna() & contracts["ended_on"].notna()]
    left = fixed[~fixed["end_reason"].isin(["amended", "renewed"])]
    at_end = left["ended_on"].dt.month == left["end_on"].dt.month
    assert 0.75 < at_end.mean() < 0.98


def test_left_truncation_keeps_only_survivors(book):
    truth, subs = book.truth, book.truth.subscriptions
    old = subs[subs["start_month"] < truth.observed_from]
    last = subs["leave_month"].fillna(10**6).groupby(subs["account_id"]).max()
    assert len(old) > 1000
    assert (last >= truth.observed_from).all()
    # Whoever leaves easily has left: long-lived survivors are hardier than newcomers.
    older = subs[subs["start_month"] < truth.observed_from - 30]["frailty"].mean()
    newcomers = subs[subs["start_month"] >= truth.observed_from]["frailty"].mean()
    assert older < newcomers - 0.05
    assert newcomers == pytest.approx(1, abs=0.05)


def test_accounts_at_risk_get_more_actions_so_that_the_naive_effect_is_wrong(book, at_risk):
    acted = recent_action(book, at_risk)
    risk = sum(
        beta * at_risk[name].to_numpy() for name, beta in book.truth.process.coefficients.items()
    )
    naive = np.log(at_risk["left"][acted].mean() / at_risk["left"][~acted].mean())
    assert risk[acted].mean() > risk[~acted].mean() + 0.2
    assert naive > -0.05, naive
    assert np.mean(list(book.truth.process.action_effects.values())) < -0.25


def test_adjusting_for_what_was_seen_finds_the_effect(book, at_risk):
    """Ratio of what happened to what the hazard without actions foresees."""
    acted = recent_action(book, at_risk, "adoption_workshop")
    effect = book.truth.process.action_effects["adoption_workshop"]
    rows = at_risk[acted]
    without = -np.expm1(np.log1p(-rows["hazard"]) * np.exp(-effect))
    found = np.log(rows["left"].sum() / without.sum())
    assert found == pytest.approx(effect, abs=0.35)


def recent_action(book: Simulation, rows: pd.DataFrame, kind: str | None = None) -> np.ndarray:
    """Whether an account had an action in the six months before each row's month."""
    actions = book.tables["actions"]
    if kind is not None:
        actions = actions[actions["kind"] == kind]
    position = pd.Index(book.truth.accounts["account_id"]).get_indexer(actions["account_id"])
    month = month_number(actions["done_on"]).to_numpy(dtype="int64") - book.truth.observed_from
    done = np.zeros((len(book.truth.accounts), book.truth.end - book.truth.observed_from + 7), bool)
    for lag in range(1, 7):
        done[position, month + lag] = True
    return done[rows["account"], rows["month"] - book.truth.observed_from]


def test_the_future_goes_on_from_the_end(book):
    truth = book.truth
    gone = truth.accounts["leave_month"].notna().to_numpy()
    running = truth.accounts["running"].to_numpy()
    money = truth.future_arr
    assert money.shape == (36, len(running))
    assert (money[:, ~running] == 0).all()
    assert (money[-1, gone] == 0).all() and (money[-1, running & ~gone] > 0).all()
    step = truth.accounts["leave_month"][gone].to_numpy(dtype="int64") - truth.end
    places = np.flatnonzero(gone)
    assert (money[step, places] == 0).all()
    later = step > 0
    assert (money[step[later] - 1, places[later]] > 0).all()


def test_the_rate_does_not_depend_on_the_size_of_the_company():
    rates = []
    for accounts in (1500, 6000):
        truth = simulate(accounts, 24, 3, texts=False).truth
        rates.append(np.nanmean(truth.hazard[:24]))
    assert rates[0] == pytest.approx(rates[1], rel=0.15)


def test_the_relationship_process_leaves_for_its_quality_alone():
    truth = simulate(1500, 24, 7, texts=False, process="relationship").truth
    assert set(truth.process.coefficients.values()) == {0.0}
    assert (truth.subscriptions["frailty"] == 1).all()
    assert 0.05 < 1 - (1 - np.nanmean(truth.hazard[:24])) ** 12 < 0.2
