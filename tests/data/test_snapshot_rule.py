"""One rule for what a snapshot is: a few endings in one month are a history."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.data.audit.audit import audit
from workbench.data.book import Book
from workbench.data.load import book_from_frames
from workbench.features.hazard_data import DataSpecification, hazard_data
from workbench.features.new_business import new_business
from workbench.forecast.growth.movements import lines, movements


def book_of(leavers: int, ended_on: str = "2024-03-01") -> Book:
    """Forty customers, one a month from February 2022 on, renewed yearly; some left in a month."""
    rows = []
    for i in range(40):
        start = pd.Timestamp("2022-02-01") + pd.DateOffset(months=i)
        leaves = i < leavers
        for k in range(9):
            begin = start + pd.DateOffset(years=k)
            if begin < pd.Timestamp(ended_on if leaves else "2025-07-01"):
                rows.append((f"c{i}-{k}", f"a{i}", begin, begin + pd.DateOffset(years=1), leaves))
    columns = ["contract_id", "account_id", "start_on", "end_on", "left"]
    contracts = pd.DataFrame(rows, columns=columns).assign(product="core", arr=1000.0)
    last = ~contracts.duplicated("account_id", keep="last") & contracts.pop("left")
    contracts["ended_on"] = pd.Series(pd.NaT, contracts.index).mask(last, pd.Timestamp(ended_on))
    accounts = pd.DataFrame({"account_id": contracts["account_id"].unique()})
    return book_from_frames({"accounts": accounts, "contracts": contracts})


@pytest.mark.parametrize(("leavers", "snapshot"), [(0, False), (1, False), (9, False), (12, True)])
def test_audit_model_and_new_business_call_the_same_books_a_snapshot(leavers, snapshot) -> None:
    book = book_of(leavers)
    data = hazard_data(book, DataSpecification(as_of="2025-07-01", horizon_months=3))
    moved = movements(lines(data.subscriptions, data.window.last_month))
    came = new_business(data, moved)
    assert data.is_snapshot == snapshot
    assert data.endings == leavers
    assert audit(book).findings[0].startswith("This is a snapshot") == snapshot
    # The window begins with the month after the first start.
    assert came.count.sum() == (0 if snapshot else 39)
    assert ("Not one of 40 subscriptions had ended" in audit(book).findings[0]) == (leavers == 0)


def test_a_book_without_endings_is_said_to_be_unfit() -> None:
    assert audit(book_of(0)).verdict == "Not fit for a forecast of leaving: no ending is on record."
