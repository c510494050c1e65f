"""RavenStack's overlapping subscriptions: what adding them up says, and what one chain says."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.calendar import month_number
from workbench.data.contracts.subscriptions import subscriptions
from workbench.data.open_book import open_book
from workbench.forecast.growth.definitions import Pack, positions, retention
from workbench.forecast.growth.movements import bridge, lines, movements
from workbench.forecast.growth.overlaps import overlaps
from workbench.report.net_growth.past_text import overlap_text
from workbench.report.net_growth.settings import NetGrowthSettings

OPENING = month_number(pd.Timestamp("2023-12-01"))
CLOSING = month_number(pd.Timestamp("2024-12-01"))


@pytest.fixture
def contracts(public_data) -> pd.DataFrame:
    raw = pd.read_csv(public_data("ravenstack/subscriptions.csv"))
    return pd.DataFrame(
        {
            "contract_id": raw["subscription_id"],
            "account_id": raw["account_id"],
            "product": "ravenstack",
            "start_on": pd.to_datetime(raw["start_date"], format="%d-%m-%Y"),
            "ended_on": pd.to_datetime(raw["end_date"], format="%d-%m-%Y"),
            "arr": raw["arr_amount"].astype("float64"),
        }
    )


def added_up(contracts: pd.DataFrame, day: str) -> pd.Series:
    there = (contracts["start_on"] <= day) & ~(contracts["ended_on"] <= day)
    return contracts[there].groupby("account_id")["arr"].sum()


def test_overlaps_added_up_triple_the_revenue_and_one_chain_does_not(contracts):
    before, after = added_up(contracts, "2023-12-31"), added_up(contracts, "2024-12-31")
    naive = after.reindex(before.index).sum() / before.sum()
    book = subscriptions(contracts, pd.Timestamp("2025-01-01"))
    table = positions(lines(book, CLOSING), book, OPENING, CLOSING)
    sane = retention(table, Pack.ACCOUNT_LEVEL)["nrr"]
    assert naive == pytest.approx(2.994, abs=5e-4)
    assert sane == pytest.approx(0.970, abs=5e-4)


def test_the_shipped_mapping_says_both_numbers(public_data) -> None:
    settings = NetGrowthSettings(source=str(public_data("ravenstack")), mapping="ravenstack")
    rows = open_book(settings).frame("contracts")
    book = subscriptions(rows, pd.Timestamp("2025-01-01"))
    table = positions(lines(book, CLOSING), book, OPENING, CLOSING)
    found = overlaps(rows, table, OPENING, CLOSING)
    assert (found.lines, found.contracts) == (1414, 4514)
    assert found.doubled > 0.7 * found.lines
    assert found.nrr_added == pytest.approx(2.994, abs=5e-4)
    assert found.nrr["account-level"] == pytest.approx(1.401, abs=5e-4)
    assert found.nrr["line-level"] == pytest.approx(0.861, abs=5e-4)
    text = overlap_text(found, "USD")
    for phrase in ("4,514", "**299%**", "**140%** by account", "**86%** by line", "USD 122 M"):
        assert phrase in text


def test_the_bridge_of_two_years_closes_on_the_balance(contracts):
    book = subscriptions(contracts, pd.Timestamp("2025-01-01"))
    line_table = lines(book, CLOSING)
    table = positions(line_table, book, OPENING, CLOSING)
    year = bridge(movements(line_table), OPENING + 1, CLOSING)
    assert year["opening"].iloc[0] == table["opening"].sum()
    assert year["closing"].iloc[-1] == table["closing"].sum()
