"""Cells whose loss turns a row into another fact, and values that cannot be meant."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.errors import DataError
from workbench.data.audit.audit import audit
from workbench.data.book import Book
from workbench.data.load import book_from_frames


def contracts(rows: int = 40, **columns) -> pd.DataFrame:
    """Return sound contracts, one per account, with some cells replaced: {row: cell}."""
    frame = pd.DataFrame(
        {
            "contract_id": [f"v{i}" for i in range(rows)],
            "account_id": [f"k{i}" for i in range(rows)],
            "product": "core",
            "start_on": "2024-01-01",
            "end_on": "2025-01-01",
            "arr": "100",
        }
    )
    for name, cells in columns.items():
        if name not in frame:
            frame[name] = None
        for row, cell in cells.items():
            frame.loc[row, name] = cell
    return frame


def load(frame: pd.DataFrame, **tables: pd.DataFrame) -> Book:
    accounts = pd.DataFrame({"account_id": sorted(set(frame["account_id"]))})
    return book_from_frames({"accounts": accounts, "contracts": frame, **tables})


def refusal(frame: pd.DataFrame, **tables: pd.DataFrame) -> str:
    with pytest.raises(DataError) as caught:
        load(frame, **tables)
    return str(caught.value)


def test_end_dates_that_cannot_be_read_stop_the_load():
    text = refusal(contracts(end_on=dict.fromkeys(range(40), "31/12/2024")))
    assert "contracts, column end_on: too many cells lost: a row without one counts as open" in text
    assert "40 of 40 cells (100.0%)" in text
    assert 'state date_format: "%d/%m/%Y"' in text


def test_a_word_in_the_place_of_an_end_can_be_stated():
    text = refusal(contracts(end_on=dict.fromkeys(range(20), "never")))
    assert 'If it stands for no date, state missing: ["never"] in a mapping.' in text


def test_the_share_is_of_the_cells_that_are_filled():
    """Every ending on record is lost, though that is one row in ten."""
    text = refusal(contracts(ended_on=dict.fromkeys(range(4), "30.6.2024")))
    assert "counts as still running" in text
    assert "4 of 4 cells" in text


@pytest.mark.parametrize("column", ["end_on", "ended_on"])
def test_few_lost_ends_are_a_grave_finding(column):
    ends = {row: f"2025-{row % 6 + 1:02d}-01" for row in range(40)} | {7: "soon"}
    book = load(contracts(**{column: ends}))
    found = audit(book)
    assert found.findings[0].startswith(f"1 of 40 cells of contracts.{column} could not be used")
    assert "First in row 8: 'soon' is not a date." in found.findings[0]
    assert found.findings[0].startswith(book.grave_losses[0])
    assert found.verdict.startswith("To be used with care")


def test_a_lost_text_is_no_grave_finding():
    found = audit(load(contracts(auto_renew={3: "perhaps"})))
    assert found.verdict.startswith("Fit for a forecast: no contradiction")
    assert any("contracts.auto_renew were set to missing" in line for line in found.findings)


def test_payments_and_decisions_that_cannot_be_read():
    invoices = pd.DataFrame(
        {
            "invoice_id": ["1", "2"],
            "account_id": "k1",
            "issued_on": "2024-01-01",
            "due_on": "2024-01-31",
            "paid_on": "02/03/2024",
            "amount": 5,
        }
    )
    assert "counts as unpaid; expected at most 5.0%; found 2 of 2" in refusal(
        contracts(), invoices=invoices
    )


def linked(links: list[str | None]) -> pd.DataFrame:
    """Return one account's contracts, year after year, with their links."""
    years = range(2020, 2020 + len(links))
    return pd.DataFrame(
        {
            "contract_id": [f"v{year}" for year in years],
            "account_id": "k",
            "product": "core",
            "start_on": [f"{year}-01-01" for year in years],
            "arr": 100,
            "previous_contract_id": links,
        }
    )


def test_links_that_lead_nowhere_stop_the_load_unless_the_data_begin_there():
    book = load(linked(["v2019", "v2020", "v2021"]))
    assert book.quarantine["reason"].tolist() == ["no such contract; cell set to missing"]
    text = refusal(linked([None, "2020", "2021"]))
    assert "counts as new business, not as a renewal" in text
    assert "no such contract, though the account has an earlier one" in text


FAR = ["9999-12-31", "2999-12-31", "2099-12-31", "3000-01-01", "2262-04-11", "9999-12-31 23:59:59"]


def test_far_ends_are_no_ends():
    book = load(contracts(end_on=dict(enumerate(FAR))))
    ends = book.frame("contracts").set_index("contract_id")["end_on"]
    assert ends[ends.isna()].index.tolist() == [f"v{i}" for i in range(len(FAR))]
    assert any(
        line.startswith("6 dates in contracts.end_on lie in 2099 or later and were read as no")
        for line in audit(book).findings
    )


def test_far_ends_of_typed_columns_are_no_ends():
    days = [pd.Timestamp("9999-12-31"), pd.Timestamp("2200-01-01")] * 20
    frame = contracts().assign(end_on=pd.Series(days, dtype="datetime64[us]"))
    assert load(frame).frame("contracts")["end_on"].isna().all()


def test_a_long_lease_keeps_its_end():
    book = load(contracts(end_on={3: "2098-12-31"}))
    assert book.frame("contracts")["end_on"].dt.year.max() == 2098


IMPOSSIBLE = [
    ("start_on", "0001-01-01", "before 1901"),
    ("start_on", "1700-06-01", "before 1901"),
    ("start_on", "1900-01-01", "before 1901"),
    ("start_on", "2300-01-01", "after 2098"),
    ("start_on", "0000-00-00", "not a date"),
    ("arr", "1e20", "beyond 10,000,000,000,000"),
    ("arr", "100000000000000000000", "beyond 10,000,000,000,000"),
    ("arr", "1e400", "not a number"),
]


def test_what_cannot_be_meant_goes_to_quarantine_with_its_row():
    frame = contracts(200)
    for row, (column, cell, _) in enumerate(IMPOSSIBLE):
        frame.loc[row, column] = cell
    book = load(frame)
    found = book.quarantine[["row", "column", "value", "reason"]].to_numpy().tolist()
    assert found == [
        [row, column, cell, reason] for row, (column, cell, reason) in enumerate(IMPOSSIBLE, 1)
    ]
    assert len(book.frame("contracts")) == 200 - len(IMPOSSIBLE)


def test_typed_values_out_of_range_too():
    frame = contracts().assign(arr=100.0)
    frame.loc[5, "arr"] = 1e300
    assert load(frame).quarantine["row"].tolist() == [6]


def test_a_word_for_no_date_can_be_stated(tmp_path):
    frame = contracts(ended_on=dict.fromkeys(range(40), "0001-01-01"))
    assert 'state missing: ["0001-01-01"]' in refusal(frame)
    (tmp_path / "own.yaml").write_text("missing: [0001-01-01]")
    accounts = pd.DataFrame({"account_id": frame["account_id"]})
    tables = {"accounts": accounts, "contracts": frame}
    book = book_from_frames(tables, tmp_path / "own.yaml")
    assert book.quarantine.empty
    assert book.frame("contracts")["ended_on"].isna().all()
