"""Contracts beside each other: counted, added up, and not mistaken for renewals or amendments."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.calendar import month_number
from workbench.data.contracts.subscriptions import subscriptions
from workbench.forecast.growth.definitions import positions
from workbench.forecast.growth.movements import lines
from workbench.forecast.growth.overlaps import Overlaps, overlaps
from workbench.report.net_growth.past_text import overlap_text

OPENING, CLOSING = (month_number(pd.Timestamp(day)) for day in ("2024-01-01", "2025-01-01"))


def overlaps_of(*rows: tuple) -> Overlaps:
    columns = ["contract_id", "account_id", "start_on", "end_on", "arr", "previous_contract_id"]
    table = pd.DataFrame(rows, columns=columns).assign(product="p", ended_on=pd.NaT)
    for column in ("start_on", "end_on", "ended_on"):
        table[column] = pd.to_datetime(table[column])
    book = subscriptions(table, pd.Timestamp("2025-02-01"))
    ends = positions(lines(book, CLOSING), book, OPENING, CLOSING)
    return overlaps(table, ends, OPENING, CLOSING)


def test_a_second_contract_beside_the_first_is_seen_and_only_one_speaks() -> None:
    found = overlaps_of(
        ("1", "a", "2023-06-01", None, 100.0, None),
        ("2", "a", "2024-06-01", None, 90.0, None),
        ("3", "b", "2023-06-01", None, 50.0, None),
    )
    assert (found.lines, found.doubled, found.contracts, found.months) == (2, 1, 3, 12)
    assert (found.added, found.spoken) == (240.0, 140.0)
    assert found.nrr_added == pytest.approx(240 / 150)
    assert found.nrr == pytest.approx({"account-level": 140 / 150, "line-level": 140 / 150})
    assert "1 of 2 products" in overlap_text(found, "EUR")


def test_renewals_and_amendments_are_no_overlap() -> None:
    found = overlaps_of(
        ("1", "a", "2023-01-01", "2024-01-01", 100.0, None),
        ("2", "a", "2024-01-01", "2026-01-01", 110.0, "1"),
        ("3", "a", "2024-09-01", "2026-01-01", 130.0, "2"),
    )
    assert (found.doubled, found.contracts, found.added) == (0, 1, 130.0)
    assert found.spoken == found.added
    assert overlap_text(found, "EUR") == ""
