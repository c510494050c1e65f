"""Spreadsheets by sheet, and Parquet tables in parts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from workbench.core.errors import DataError
from workbench.data.load import load_book

DAY = date(2024, 1, 1)
ACCOUNTS = [
    ["Customers of today"],
    [],
    ["Account_ID", "Name", "attr_seats", "attr_partner"],
    ["1", None, 3, True],
    [2, "Bob", None, None],
    [None, None, None, None],
    ["k3", "Cid", 7.5, False],
]
CONTRACTS = [
    ["contract_id", "account_id", "product", "start_on", "end_on", "arr"],
    ["v1", 1, "core", DAY, date(2025, 1, 1), 1001],
    ["v2", 2, "core", DAY, date(2025, 1, 1), 1002.5],
    ["v3", "k3", "core", DAY, "31.12.2025", "1.003,25"],
]
OWN = """
date_format: "%d.%m.%Y"
tables:
  accounts: {from: accounts, columns: {account_id: account_id}}
  contracts:
    from: contracts
    columns:
      contract_id: contract_id
      account_id: account_id
      product: product
      start_on: start_on
      end_on: end_on
      arr: {column: arr, thousands: "."}
"""


def workbook(file: Path, sheets: dict[str, list[list]], hidden: str = "") -> Path:
    with xlsxwriter.Workbook(str(file)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date):
                        moment = datetime(cell.year, cell.month, cell.day)
                        sheet.write_datetime(row, column, moment, day)
                    elif cell is not None:
                        sheet.write(row, column, cell)
            if name == hidden:
                sheet.hide()
    return file


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(OWN)
    return path


def test_sheets_by_name_with_types_and_texts_mixed(tmp_path, own):
    sheets = {"Accounts": ACCOUNTS, "Contracts": CONTRACTS, "Notes": [["x"]], "Empty": []}
    book = load_book(workbook(tmp_path / "crm.xlsx", sheets, hidden="Notes"), own)
    contracts = book.frame("contracts")
    assert contracts["account_id"].tolist() == ["1", "2", "k3"]
    assert contracts["end_on"].tolist() == [pd.Timestamp(2025, 1, 1)] * 2 + [
        pd.Timestamp(2025, 12, 31)
    ]
    assert contracts["arr"].tolist() == [1001, 1002.5, 1003.25]
    assert book.frame("accounts")["account_id"].tolist() == ["1", "2", "k3"]
    assert "Notes" not in book.ignored


def test_columns_of_one_type_keep_it(tmp_path):
    rows = [CONTRACTS[0], *([*row[:4], date(2025, 1, 1), 2.5] for row in CONTRACTS[1:])]
    sheets = {"accounts": ACCOUNTS, "contracts": rows}
    book = load_book(workbook(tmp_path / "crm.xlsx", sheets))
    accounts = book.frame("accounts")
    assert accounts["attr_seats"].tolist()[::2] == [3, 7.5]
    assert accounts["attr_partner"].tolist()[::2] == [True, False]
    assert book.frame("contracts")["arr"].tolist() == [2.5] * 3


def test_a_number_among_texts_is_not_misread_a_thousandfold(tmp_path, own):
    """1.234 is a number in its own cell, and must not become 1,234 because texts stand beside."""
    rows = [*CONTRACTS, ["v4", 1, "core", DAY, None, 1.234]]
    file = workbook(tmp_path / "crm.xlsx", {"accounts": ACCOUNTS, "contracts": rows})
    assert load_book(file, own).frame("contracts")["arr"][3] == 1.234


def test_one_sheet_is_called_by_its_file_or_its_own_name(tmp_path, own):
    source = tmp_path / "source"
    source.mkdir()
    workbook(source / "accounts.xlsx", {"Sheet1": ACCOUNTS})
    workbook(source / "export 7.xlsx", {"contracts": CONTRACTS})
    assert len(load_book(source, own).frame("contracts")) == 3


def test_header_row_of_a_sheet_can_be_stated(tmp_path, own):
    rows = [["a", "b", "c", "d", "e", "f"], *CONTRACTS]
    file = workbook(tmp_path / "crm.xlsx", {"accounts": ACCOUNTS, "contracts": rows})
    with pytest.raises(DataError, match="no column has a name that is looked for"):
        load_book(file, own)
    own.write_text("files: {contracts: {header_line: 2}}\n" + OWN)
    assert len(load_book(file, own).frame("contracts")) == 3


def test_sheet_that_is_missing_lists_those_there(tmp_path, own):
    own.write_text(OWN.replace("from: contracts", "from: deals"))
    sheets = {"accounts": ACCOUNTS, "contracts": CONTRACTS}
    with pytest.raises(DataError, match=r"source table deals is missing\. Valid names: accounts"):
        load_book(workbook(tmp_path / "crm.xlsx", sheets), own)


@pytest.mark.parametrize("name", ["crm.xlsx", "crm.xls", "crm.ods"])
def test_file_that_is_no_spreadsheet(tmp_path, name):
    (tmp_path / name).write_text("not at all")
    with pytest.raises(DataError, match=rf"{name}: not a readable spreadsheet"):
        load_book(tmp_path / name)


@pytest.fixture
def parts(tmp_path):
    source = tmp_path / "lake"
    (source / "contracts").mkdir(parents=True)
    accounts = pd.DataFrame({"account_id": ["k1", "k2"]})
    accounts.to_parquet(source / "accounts.parquet")
    contracts = pd.DataFrame(
        {
            "contract_id": ["v1", "v2"],
            "account_id": ["k1", "k2"],
            "product": "core",
            "start_on": pd.Timestamp(2024, 1, 1),
            "arr": [1.0, 2.0],
        }
    )
    contracts[:1].to_parquet(source / "contracts" / "part-0.parquet")
    contracts[1:].to_parquet(source / "contracts" / "part-1.parquet")
    return source


def test_folder_of_parquet_parts_is_one_table(parts):
    assert load_book(parts).frame("contracts")["arr"].tolist() == [1, 2]
    (parts / "contracts").rename(parts / "Contracts.parquet")
    assert load_book(parts).frame("contracts")["arr"].tolist() == [1, 2]


def test_partitions_named_by_their_values(parts):
    for month in ("2024-01-01", "2024-02-01"):
        folder = parts / "usage" / f"month={month}"
        folder.mkdir(parents=True)
        pd.DataFrame({"account_id": ["k1"], "units": [5.0]}).to_parquet(folder / "x.parquet")
    assert load_book(parts).frame("usage")["month"].dt.month.tolist() == [1, 2]


def test_broken_part_is_named(parts):
    (parts / "contracts" / "part-2.parquet").touch()
    with pytest.raises(DataError, match=r"part-2\.parquet: is empty \(0 bytes\)"):
        load_book(parts)
