"""The contract logic, reading contracts only, finds the subscriptions of the simulator's truth."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.calendar import month_number, month_start
from workbench.data.contracts.subscriptions import Subscriptions, subscriptions
from workbench.data.simulate import Simulation, simulate


@pytest.fixture(scope="module")
def book() -> Simulation:
    return simulate(accounts=800, months=36, seed=3, texts=False)


@pytest.fixture(scope="module")
def found(book) -> Subscriptions:
    return subscriptions(book.tables["contracts"], month_start(book.truth.end))


@pytest.fixture(scope="module")
def both(book, found) -> pd.DataFrame:
    return found.spans.merge(book.truth.subscriptions, on="subscription_id", how="outer")


def test_the_same_subscriptions(both, found):
    assert both.notna()[["started_on", "start_month"]].all(axis=None)
    assert found.problems.empty


def test_the_same_beginnings_and_endings(book, both):
    began = month_number(both["started_on"]).astype("int64")
    known = both["leave_month"].where(both["leave_month"] < book.truth.end)
    assert (began == both["start_month"]).all()
    assert month_number(both["ended_on"]).fillna(0).tolist() == known.fillna(0).tolist()


def test_nearly_all_terms_have_the_lengths_that_were_sold(found):
    assert found.terms["term_months"].isin([1, 12, 24, 36]).mean() > 0.99
