"""What is at stake: the same as the engine says of each account, up to the draws left out."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.plans.outcome import Planner
from workbench.plans.plan import Plan
from workbench.plans.stakes import ORDERS, found_accounts, stakes, thinned


def test_stakes_are_the_engines_own(book, catalogue):
    table = stakes(book, draws=len(book.inputs)).set_index("account_id")
    planner = Planner(book, catalogue, {})
    for account in ("A000", "A003"):
        alone = planner.baseline(Plan(version=1, name="x", accounts=(account,)))
        assert table.loc[account, "renews"] == pytest.approx(alone.renews.mean(), abs=1e-6)
        assert table.loc[account, "worth"] == alone.opening / 100
    assert table.loc["A000", "renewal"] == "2026-05"
    assert (table["at_stake"] <= table["worth"]).all()


def test_fewer_draws_are_draws_of_the_book(book):
    thin = thinned(book, 100)
    assert len(thin.inputs) == 100
    np.testing.assert_array_equal(thin.inputs.hazard.fade, book.inputs.hazard.fade[::3])
    assert len(thin.inputs.revenue.expand.base) == 100
    assert thin.inputs.revenue.size_mean.shape == (4, 100)
    close = stakes(book, 100)["renews"] - stakes(book, 300)["renews"]
    assert close.abs().max() < 0.05


def test_accounts_are_found_by_name_or_key_and_ordered(book):
    table = stakes(book, 100)
    assert [one["account_id"] for one in found_accounts(table, "customer 1", "name")] == [
        "A001", "A010", "A011"
    ]  # fmt: skip
    assert found_accounts(table, "a00[", "name") == []
    for order, (column, ascending) in ORDERS.items():
        values = [one[column] or "9999" for one in found_accounts(table, "", order)]
        assert values == sorted(values, reverse=not ascending)
