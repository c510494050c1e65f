"""A book made out of spend has no terms: nothing that a page says of it speaks of renewals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.analysis.leaving.renewals import RenewalFit
from workbench.analysis.plans.levers import flat_planner
from workbench.analysis.prepare import PreparedData
from workbench.report.output.answer import Answer

MAPPING = """
tables:
  accounts:
    from: accounts
    columns: {account_id: account_id, name: name}
  contracts:
    from: spend
    contracts_from: {spend: amount, on: month, every: month, gap: 2}
    columns: {account_id: account_id, product: {value: Core}, currency: {value: EUR}}
"""
# The as-of day lies within a quarter of which a month has been seen.
MONTHS = pd.period_range("2022-01", "2025-01", freq="M")


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> PreparedData:
    rng = np.random.default_rng(7)
    rows = []
    for account in range(30):
        last = min(int(rng.geometric(1 / 40)) + 6, len(MONTHS))
        for month in MONTHS[:last]:
            rows.append((f"A{account}", str(month), 100 + 10 * (account % 5)))
    folder = tmp_path_factory.mktemp("spend")
    spend = pd.DataFrame(rows, columns=["account_id", "month", "amount"])
    spend.to_csv(folder / "spend.csv", index=False)
    keys = spend["account_id"].unique()
    pd.DataFrame({"account_id": keys, "name": keys}).to_csv(folder / "accounts.csv", index=False)
    mapping = folder.parent / f"{folder.name}.yaml"
    mapping.write_text(MAPPING)
    return wb.prepare(wb.load_book(str(folder), mapping=str(mapping)), groups=[])


@pytest.fixture(scope="module")
def fit(data: PreparedData) -> RenewalFit:
    return wb.fit_renewals(data, draws=50, smoke=True)


def said(answer: Answer) -> str:
    return f"{answer.sentence} {' '.join(one.label for one in answer.numbers)}"


def test_the_as_of_day_is_within_a_quarter(data: PreparedData) -> None:
    assert not data.has_terms and pd.Timestamp(data.as_of).month % 3 != 1


def test_health_speaks_of_staying(fit: RenewalFit) -> None:
    health = wb.account_health(fit)
    browse = health.browse
    texts = [
        said(health.answer()), health.calls_text(3), health.browse_text, *browse.columns,
        health.due_report(health.due()), health.plot().axes[0].get_xlabel(),
        str(health.review(health.table["account_id"].iloc[0])),
    ]  # fmt: skip
    assert not [text for text in texts if "enew" in text]
    assert "would stay if it decided now" in texts[1]
    assert "Term ends" not in browse.columns
    assert all(len(row) == len(browse.columns) for row in browse.rows)


def test_the_stake_has_an_interval_and_it_is_that_of_who_stays(fit: RenewalFit) -> None:
    numbers = {one.name: one for one in wb.account_health(fit).answer().numbers}
    leaving = next(one for one in fit.outlook(12).answer(6).numbers if "leaving" in one.name)
    stake = numbers["at_stake_12m"]
    assert stake.low < stake.value < stake.high
    assert stake.value == pytest.approx(leaving.value, rel=0.02)
    assert numbers["leaving_12m"].low < numbers["leaving_12m"].high


def test_a_month_ahead_may_lie_in_the_quarter_that_was_seen_last(
    data: PreparedData, fit: RenewalFit
) -> None:
    book = flat_planner(
        data, fit.draws, list(fit.outlook(1).accounts["account_id"].unique()[:1]), 1
    ).book
    one, two = (replace(book.inputs, months=months).shared.shock for months in (1, 2))
    np.testing.assert_array_equal(one[..., 0], two[..., 0])
