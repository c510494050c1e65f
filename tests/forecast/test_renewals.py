"""What survival means for accounts and money, against sums done by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from books import Shape, as_draws, design_of, lay_out

from workbench.features.design import Design, build_design
from workbench.forecast.leaving.due import renewals_due
from workbench.forecast.leaving.renewals import Outlook, account_table, book_table, look_ahead
from workbench.models.hazard.effects import effect_map
from workbench.models.priors.hazard import HazardPriors

MONTHS = np.array([24_312, 24_313, 24_314])
ALIVE = np.array(
    [
        [[0.9, 0.8, 0.7], [0.5, 0.5, 0.4], [1.0, 1.0, 1.0]],
        [[0.7, 0.6, 0.5], [0.5, 0.3, 0.2], [1.0, 0.9, 0.9]],
    ],
    dtype="float32",
)
ACCOUNTS = pd.DataFrame({"account_id": ["a", "b"], "name": ["Ada", None]})


@pytest.fixture
def outlook() -> Outlook:
    """Account a has two subscriptions, b one; two draws, three months."""
    book = pd.DataFrame(
        {
            "subscription_id": ["s1", "s2", "s3"],
            "account_id": ["a", "a", "b"],
            "product": ["core", "more", "core"],
            "arr": [100.0, 50.0, 10.0],
        }
    )
    return Outlook(
        subscription=ALIVE,
        kept=ALIVE > 0.45,
        book=book,
        accounts=np.array(["a", "b"], dtype=object),
        account_idx=np.array([0, 0, 1]),
        months=MONTHS,
    )


@pytest.fixture
def future() -> pd.DataFrame:
    """s1 renews in the second month, s2 is month to month, s3 renews in the third."""
    return pd.DataFrame(
        {
            "subscription_id": np.repeat(["s1", "s2", "s3"], 3),
            "account_id": np.repeat(["a", "a", "b"], 3),
            "product": np.repeat(["core", "more", "core"], 3),
            "arr": np.repeat([100.0, 50.0, 10.0], 3),
            "month": np.tile(MONTHS, 3),
            "horizon": np.tile([1, 2, 3], 3),
            "months_to_term_end": [1, 0, 11, 0, 0, 0, 2, 1, 0],
            "month_to_month": np.repeat([False, True, False], 3),
        }
    )


def test_an_account_is_kept_while_any_subscription_is(outlook) -> None:
    expected = 1 - (1 - ALIVE[:, 0]) * (1 - ALIVE[:, 1])
    np.testing.assert_allclose(outlook.account()[:, 0], expected, atol=1e-6)
    np.testing.assert_allclose(outlook.account()[:, 1], ALIVE[:, 2], atol=1e-6)


def test_accounts_need_not_stand_together(outlook) -> None:
    order = [0, 2, 1]
    mixed = replace(outlook, subscription=ALIVE[:, order], account_idx=outlook.account_idx[order])
    np.testing.assert_allclose(mixed.account(), outlook.account())


def test_the_account_table_has_each_account_and_month(outlook) -> None:
    table = account_table(outlook, ACCOUNTS, 0.9)
    assert len(table) == 6 and table["horizon_months"].tolist() == [1, 2, 3] * 2
    assert table["month"].tolist() == ["2026-01", "2026-02", "2026-03"] * 2
    assert table["name"].tolist() == ["Ada"] * 3 + ["b"] * 3
    np.testing.assert_allclose(table["probability"], outlook.account().mean(axis=0).ravel())
    assert (table["low"] <= table["probability"]).all()
    assert (table["probability"] <= table["high"]).all()


def test_the_book_counts_accounts_once_and_adds_up_money(outlook) -> None:
    table = book_table(outlook, 0.5)
    # Expected of the probabilities, not of the one course per draw, which chance would blur.
    np.testing.assert_allclose(table["accounts"], outlook.account().mean(axis=0).sum(axis=0))
    assert table["accounts_high"].tolist() == [2.0, 2.0, 2.0]
    kept = ALIVE > 0.45
    money = (kept * np.array([100.0, 50.0, 10.0])[:, None]).sum(axis=1)
    worth = ALIVE.mean(axis=0) * np.array([100.0, 50.0, 10.0])[:, None]
    np.testing.assert_allclose(table["arr"], worth.sum(axis=0), rtol=1e-6)
    np.testing.assert_allclose(table["arr_low"], np.quantile(money, 0.25, axis=0))
    np.testing.assert_allclose(table["arr_high"], np.quantile(money, 0.75, axis=0))


def test_renewals_due_are_those_whose_term_ends_soon(outlook, future) -> None:
    due = renewals_due(outlook, future, ACCOUNTS, 3, 0.9)
    assert due[["subscription_id", "due"]].values.tolist() == [["s1", "2026-02"], ["s3", "2026-03"]]
    np.testing.assert_allclose(due["probability"], [0.7, 0.95])
    np.testing.assert_allclose(due["at_risk"], [30.0, 0.5], atol=1e-4)
    assert due["name"].tolist() == ["Ada", "b"]
    assert renewals_due(outlook, future, ACCOUNTS, 2, 0.9)["subscription_id"].tolist() == ["s1"]
    assert renewals_due(outlook, future, ACCOUNTS, 1, 0.9).empty


def test_a_renewal_due_twice_is_listed_once_at_its_first(outlook, future) -> None:
    twice = future.assign(months_to_term_end=[0, 1, 0, 0, 0, 0, 2, 1, 0])
    due = renewals_due(outlook, twice, ACCOUNTS, 3, 0.9).set_index("subscription_id")
    assert due.loc["s1", "due"] == "2026-01" and len(due) == 2


@pytest.fixture(scope="module")
def laid_out() -> tuple:
    """A forecast of six months for thirty subscriptions, with hand-made draws."""
    rows = lay_out(Shape(30, months=12), np.random.default_rng(2))
    rows = rows[rows.groupby("subscription_id")["month"].transform("size") > 6]
    rows = rows.reset_index(drop=True)
    past = design_of(rows)
    rng = np.random.default_rng(3)
    layout = effect_map(past, HazardPriors())
    draws = as_draws(
        layout,
        rng.normal(size=(300, len(layout.scale_idx))),
        np.full((300, len(layout.scales) + 1), 0.2),
        np.full(300, 0.8),
    )
    ahead = rows.groupby("subscription_id").tail(6)
    ahead = ahead.assign(
        month=np.tile(np.arange(6) + rows["month"].max() + 1, len(ahead) // 6),
        horizon=np.tile(np.arange(1, 7), len(ahead) // 6),
        account_id=ahead["subscription_id"],
        product="core",
        arr=1.0,
    ).drop(columns=["lead_months", "event"])
    return draws, past, ahead


def test_the_fates_agree_with_the_probabilities(laid_out) -> None:
    draws, past, ahead = laid_out
    future = look_ahead(draws, past, _coded(ahead, past), ahead, seed=1)
    assert (np.diff(future.kept.astype(int), axis=2) <= 0).all(), "nobody comes back"
    assert (np.diff(future.subscription, axis=2) <= 1e-6).all()
    error = future.kept.mean() - future.subscription.mean()
    assert abs(error) < 4 * np.sqrt(0.25 / (300 * future.kept.shape[1]))


def test_the_same_seed_gives_the_same_exits_whatever_else_changes(laid_out) -> None:
    draws, past, ahead = laid_out
    coded = _coded(ahead, past)
    one, again, other = (look_ahead(draws, past, coded, ahead, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.kept, again.kept)
    assert (one.kept != other.kept).any()
    better = look_ahead(replace(draws, exit=draws.exit - 0.5), past, coded, ahead, seed=1)
    assert (better.kept >= one.kept).all() and better.kept.sum() > one.kept.sum()


def _coded(ahead: pd.DataFrame, past: Design) -> Design:
    return build_design(ahead, past.coding)
