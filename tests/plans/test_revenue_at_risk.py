"""Revenue at risk: the same as the engine says of each account, up to the draws left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hand_made import NoPast, holdings_of
from planbooks import make_book, with_notice

from workbench.forecast.leaving.risk import stays_after_renewal
from workbench.forecast.revenue.next_contracts import next_contracts
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import Lines
from workbench.plans.agenda.book_calendar import renewal_calendar
from workbench.plans.agenda.calls import call_table
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.revenue_at_risk import ORDERS, found_accounts, revenue_at_risk
from workbench.plans.plan.document import Plan
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.thinned import thinned


class Survived(NoPast):
    """What the book's lines have survived."""

    def __init__(self, book: Planbook) -> None:
        self.book = book

    def of(self, inputs: ForecastInputs, lines: Lines) -> np.ndarray:
        at = pd.Index(self.book.lines.subscription_id).get_indexer(lines.subscription_id)
        return self.book.survived[:, at]


def test_revenue_at_risk_is_the_reports_own(book):
    table = revenue_at_risk(book, draws=len(book.inputs)).set_index("account_id")
    holdings = replace(holdings_of(book.lines), past=Survived(book))
    accounts = next_contracts(book.inputs, holdings, {}, 0.9).accounts.set_index("account_id")
    assert (np.diff(book.lines.begin) > 1).any()
    for ours, theirs in (("worth", "arr"), ("renews", "renews"), ("at_risk", "at_risk")):
        np.testing.assert_allclose(table[ours], accounts.loc[table.index, theirs])


def test_one_line_is_the_engines_own(book, catalogue):
    table = revenue_at_risk(book, draws=len(book.inputs)).set_index("account_id")
    alone = Planner(book, catalogue, {}).baseline(Plan(version=1, name="x", accounts=("A000",)))
    assert table.loc["A000", "renews"] == pytest.approx(alone.renews.mean(), abs=1e-5)
    assert table.loc["A000", "worth"] == alone.opening / 100
    assert table.loc["A000", "renewal"] == "2026-05"
    np.testing.assert_allclose(table["at_risk"], table["worth"] * (1 - table["renews"]))


def test_fewer_draws_are_draws_of_the_book(book):
    thin = thinned(book, 100)
    assert len(thin.inputs) == 100
    np.testing.assert_array_equal(thin.inputs.hazard.fade, book.inputs.hazard.fade[::3])
    assert len(thin.inputs.revenue.expand.base) == 100
    assert thin.inputs.revenue.size_mean.shape == (4, 100)
    close = revenue_at_risk(book, 100)["renews"] - revenue_at_risk(book, 300)["renews"]
    assert close.abs().max() < 0.05


def test_accounts_are_found_by_name_or_key_and_ordered(book):
    table = revenue_at_risk(book, 100)
    assert [one["account_id"] for one in found_accounts(table, "customer 1", "name")] == [
        "A001", "A010", "A011"
    ]  # fmt: skip
    assert found_accounts(table, "a00[", "name") == []
    for order, (column, ascending) in ORDERS.items():
        values = [one[column] or "9999" for one in found_accounts(table, "", order)]
        assert values == sorted(values, reverse=not ascending)


def test_what_notice_is_given_of_is_lost_whatever_the_model_says() -> None:
    book = with_notice(make_book(), "A001")
    left = book.lines.account_id == "A001"
    stays = stays_after_renewal(book.inputs, book.lines, book.survived)
    assert (stays[:, left] == 0).all() and (stays[:, ~left] > 0).all()
    listed = revenue_at_risk(book).set_index("account_id")
    assert listed.at["A001", "at_risk"] == listed.at["A001", "worth"]
    calendar = renewal_calendar(book)
    before = renewal_calendar(make_book())
    assert calendar["lines"].sum() < before["lines"].sum()
    last = call_table(book, revenue_at_risk(book), None).iloc[-1]
    assert last["account_id"] == "A001" and last["signs"] == ("Has given notice: counts as lost.",)
