"""Retention under each definition, by hand, and the money between the definitions."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.calendar import month_number
from workbench.data.contracts.subscriptions import Subscriptions, subscriptions
from workbench.forecast.growth.definitions import Pack, positions, reconciliation, retention
from workbench.forecast.growth.movements import bridge, lines, movements

OPENING = month_number(pd.Timestamp("2024-12-01"))
CLOSING = month_number(pd.Timestamp("2025-12-01"))

# account, product, start, end, arr
BOOK = [
    ("grows", "p", "2024-03-01", "2025-03-01", 100.0),
    ("grows", "p", "2025-03-01", "2026-03-01", 130.0),
    ("shifts", "p", "2024-06-01", "2025-06-01", 100.0),
    ("shifts", "p", "2025-06-01", "2026-06-01", 40.0),
    ("shifts", "q", "2024-06-01", "2025-06-01", 100.0),
    ("shifts", "q", "2025-06-01", "2026-06-01", 120.0),
    ("shifts", "r", "2025-08-01", "2026-08-01", 30.0),
    ("leaves", "p", "2024-09-01", "2025-09-01", 50.0),
    ("long", "p", "2024-01-01", "2027-01-01", 200.0),
    ("monthly", "p", "2024-01-01", None, 10.0),
    ("arrives", "p", "2025-05-01", "2026-05-01", 70.0),
]


@pytest.fixture
def book() -> Subscriptions:
    columns = ["account_id", "product", "start_on", "end_on", "arr"]
    contracts = pd.DataFrame(BOOK, columns=columns)
    contracts["contract_id"] = contracts.index.map("c{}".format)
    for name in ("start_on", "end_on"):
        contracts[name] = pd.to_datetime(contracts[name])
    return subscriptions(contracts, pd.Timestamp("2026-01-01"))


@pytest.fixture
def table(book) -> pd.DataFrame:
    return positions(lines(book, CLOSING), book, OPENING, CLOSING)


# cents at the opening, net, gross; units counted and kept
EXPECTED = {
    Pack.ACCOUNT_LEVEL: (56000, 130_00 + 190_00 + 200_00 + 10_00, 100_00 + 190_00 + 210_00, 5, 4),
    Pack.LINE_LEVEL: (56000, 130_00 + 160_00 + 210_00, 100_00 + 140_00 + 210_00, 6, 5),
    Pack.ELIGIBLE: (36000, 130_00 + 160_00 + 10_00, 100_00 + 140_00 + 10_00, 5, 4),
    Pack.WITH_RETURNING: (56000, 530_00, 500_00, 5, 4),  # nobody of this book comes back
}


@pytest.mark.parametrize("pack", Pack)
def test_each_definition_by_hand(table, pack):
    found = retention(table, pack)
    assert tuple(found[["opening", "net", "gross", "counted", "kept"]]) == EXPECTED[pack]
    assert found["nrr"] == EXPECTED[pack][1] / EXPECTED[pack][0]
    assert found["grr"] == EXPECTED[pack][2] / EXPECTED[pack][0]
    assert found["logo_retention"] == EXPECTED[pack][4] / EXPECTED[pack][3]


def test_definitions_are_named_by_text(table):
    assert retention(table, "line-level").equals(retention(table, Pack.LINE_LEVEL))
    with pytest.raises(ValueError, match="lines"):
        retention(table, "lines")


def test_net_new_is_the_same_everywhere(table):
    assert {retention(table, pack)["net_new"] for pack in Pack} == {60000 - 56000}


def test_reconciliation_leads_from_each_definition_to_the_next(table):
    steps = reconciliation(table).set_index("rule")
    assert steps.loc["products bought after the opening do not count"].tolist() == [0, -3000, -3000]
    assert steps.loc["losses are capped per line, not per account"].tolist() == [0, 0, -2000]
    assert steps.loc["lines without a term ending in the period do not count"].tolist() == [
        -20000, -20000, -20000,
    ]  # fmt: skip
    for pack in Pack:
        found = retention(table, pack)
        assert steps.loc[pack.value].tolist() == list(found[["opening", "net", "gross"]])


def test_nothing_at_the_opening_has_no_rate(table):
    assert pd.isna(retention(table[table["opening"] == 0], Pack.LINE_LEVEL)["nrr"])


def test_net_retention_is_the_bridge_of_the_accounts_there_at_the_opening(book, table):
    """Two ways to the same number: balances at both ends, and the movements in between."""
    moved = movements(lines(book, CLOSING))
    total = bridge(moved[moved["account_id"] != "arrives"], OPENING + 1, CLOSING)
    assert total["closing"].iloc[-1] == retention(table, Pack.ACCOUNT_LEVEL)["net"]
