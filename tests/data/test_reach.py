"""How far data reach: starts count too, and one wrong year moves nothing."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from workbench.data.audit.audit import audit
from workbench.data.book import Book
from workbench.data.load import book_from_frames
from workbench.data.reach import beyond_findings, default_as_of, reach


def yearly(accounts: int = 30, first: str = "2022-02-01", signed: bool = False) -> pd.DataFrame:
    """One customer a month, renewed every year up to June 2025; the first left after a year."""
    rows = []
    for i in range(accounts):
        start = pd.Timestamp(first) + pd.DateOffset(months=i)
        for k in range(1 if i == 0 else 9):
            begin = start + pd.DateOffset(years=k)
            if begin <= pd.Timestamp("2025-06-01"):
                rows.append((f"c{i}-{k}", f"a{i}", begin, begin + pd.DateOffset(years=1)))
    contracts = pd.DataFrame(rows, columns=["contract_id", "account_id", "start_on", "end_on"])
    contracts["ended_on"] = contracts["end_on"].where(contracts["account_id"] == "a0")
    if signed:
        contracts["signed_on"] = contracts["start_on"]
    return contracts.assign(product="core", arr=1000.0)


def book_of(contracts: pd.DataFrame, read_on: date | None = None, **tables) -> Book:
    accounts = pd.DataFrame({"account_id": contracts["account_id"].unique()})
    return book_from_frames(
        {"accounts": accounts, "contracts": contracts} | tables, read_on=read_on
    )


@pytest.mark.parametrize("signed", [True, False])
def test_starts_tell_how_far_data_reach_beside_an_early_ending(signed) -> None:
    assert default_as_of(book_of(yearly(signed=signed))) == pd.Timestamp("2025-06-01")


def test_business_signed_for_later_does_not_move_the_day() -> None:
    contracts = yearly(signed=True)
    ahead = contracts.iloc[:10].assign(
        contract_id=[f"new{i}" for i in range(10)],
        start_on=pd.Timestamp("2025-10-01"),
        end_on=pd.Timestamp("2026-10-01"),
        ended_on=pd.NaT,
        signed_on=pd.Timestamp("2025-05-20"),
    )
    found = reach(book_of(pd.concat([contracts, ahead])))
    assert found.as_of == pd.Timestamp("2025-06-01")
    assert found.beyond.empty


@pytest.mark.parametrize(
    ("day", "column", "read_on"),
    [
        ("2027-03-31", "ended_on", None),
        ("2025-12-31", "ended_on", date(2026, 11, 26)),
        ("2052-06-01", "signed_on", date(2025, 6, 10)),
        ("2026-06-01", "signed_on", date(2028, 1, 1)),
    ],
)
def test_one_date_far_off_is_named_and_moves_nothing(day, column, read_on) -> None:
    contracts = yearly(signed=True)
    contracts.loc[contracts["contract_id"] == "c5-2", column] = pd.Timestamp(day)
    book = book_of(contracts, read_on)
    found = reach(book)
    assert found.as_of == pd.Timestamp("2025-06-01")
    assert found.beyond[["table", "column", "row"]].to_numpy().tolist() == [
        ["contracts", column, "contract_id c5-2"]
    ]
    [sentence] = beyond_findings(found)
    assert f"{day} in contract_id c5-2" in sentence
    assert sentence in audit(book).findings


def test_a_start_in_a_wrong_year_is_named_though_its_signature_is_right() -> None:
    contracts = yearly(signed=True)
    wrong = contracts["contract_id"] == "c5-2"
    contracts.loc[wrong, ["start_on", "end_on"]] = pd.to_datetime(["2054-07-01", "2055-07-01"])
    found = reach(book_of(contracts))
    assert found.as_of == pd.Timestamp("2025-06-01")
    assert found.beyond["column"].tolist() == ["start_on"]


def test_a_wrong_year_in_another_table_moves_nothing() -> None:
    tickets = pd.DataFrame(
        {
            "ticket_id": [f"t{i}" for i in range(300)],
            "account_id": "a1",
            "opened_at": pd.date_range("2024-08-20", periods=300, freq="D"),
        }
    )
    assert default_as_of(book_of(yearly(), tickets=tickets)) == pd.Timestamp("2025-06-01")
    tickets.loc[7, "opened_at"] = pd.Timestamp("2026-08-20 10:00")
    found = reach(book_of(yearly(), tickets=tickets))
    assert found.as_of == pd.Timestamp("2025-06-01")
    assert found.beyond["row"].tolist() == ["ticket_id t7"]


def test_nothing_on_record_is_later_than_the_day_of_reading() -> None:
    """Notices given for the months ahead, by many: only the clock can tell."""
    contracts = yearly(60, "2020-07-01", signed=True)
    running = contracts.index[contracts["start_on"] >= "2024-08-01"][:20]
    contracts.loc[running, "ended_on"] = contracts.loc[running, "end_on"]
    found = reach(book_of(contracts, date(2025, 6, 20)))
    assert found.as_of == pd.Timestamp("2025-06-01")
    assert len(found.beyond) > 10
    first = beyond_findings(found)[0]
    assert "and" in first and "more. Notices given ahead" in first


def test_notices_ahead_do_not_carry_an_old_extract_with_them() -> None:
    contracts = yearly(60, "2020-07-01", signed=True)
    running = contracts.index[contracts["start_on"] >= "2024-08-01"][::4]
    contracts.loc[running, "ended_on"] = contracts.loc[running, "end_on"]
    assert (contracts["ended_on"] > "2025-09-01").sum() >= 5
    assert default_as_of(book_of(contracts)) <= pd.Timestamp("2025-07-01")


@pytest.mark.parametrize("gap_months", [1, 3])
def test_endings_count_where_nobody_comes_any_more(gap_months) -> None:
    """A closed book: all began in 2020, and lapse or run without a term; endings are the record."""
    rng = np.random.default_rng(1)
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 330, 60), unit="D")
    contracts = pd.DataFrame({"account_id": [f"a{i}" for i in range(60)], "start_on": start})
    ends = pd.date_range("2021-01-15", "2025-06-01", freq=f"{gap_months}MS")
    last = min(len(ends), 50)
    contracts.loc[contracts.index[:last], "ended_on"] = ends[-last:]
    book = book_of(contracts.assign(contract_id=contracts["account_id"], product="p", arr=1.0))
    assert default_as_of(book) == ends[-1].replace(day=1)


def test_a_business_that_paused_and_went_on_is_seen_to_its_end() -> None:
    contracts = yearly()
    later = contracts[contracts["account_id"].isin([f"a{i}" for i in range(20, 30)])]
    shift = pd.DateOffset(years=4)
    later = later.assign(
        contract_id="late-" + later["contract_id"],
        start_on=later["start_on"] + shift,
        end_on=later["end_on"] + shift,
    )
    expected = later["start_on"].max()
    assert default_as_of(book_of(pd.concat([contracts, later]))) == expected


def test_a_month_counts_as_complete_only_when_it_is_over() -> None:
    contracts = yearly(signed=True)
    contracts.loc[len(contracts) - 1, "signed_on"] = pd.Timestamp("2025-06-29")
    assert default_as_of(book_of(contracts)) == pd.Timestamp("2025-07-01")
    assert default_as_of(book_of(contracts, date(2025, 6, 29))) == pd.Timestamp("2025-06-01")
    assert default_as_of(book_of(contracts, date(2025, 7, 1))) == pd.Timestamp("2025-07-01")


def test_a_book_that_begins_after_the_day_of_reading_is_audited_all_the_same() -> None:
    found = audit(book_of(yearly(), date(2020, 1, 1)))
    assert found.tables["leaks"].empty


def test_the_newest_third_of_a_tiny_book_is_no_mistake() -> None:
    starts = pd.to_datetime(["2024-01-01", "2024-01-15", "2024-03-10"])
    tiny = pd.DataFrame({"contract_id": list("xyz"), "account_id": list("xyz"), "start_on": starts})
    found = reach(book_of(tiny.assign(product="core", arr=1000.0)))
    assert found.last_on == starts[-1]
    assert found.beyond.empty


def test_a_book_is_asked_once_how_far_it_reaches(monkeypatch) -> None:
    book = book_of(yearly())
    found = book.reach
    assert default_as_of(book) == found.as_of
    monkeypatch.delitem(book.tables, "contracts")  # a second reading would miss it
    assert book.reach is found
