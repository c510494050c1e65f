"""Mappings: what each key does, and what a mistake in one says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from workbench.core.errors import DataError, ParameterError
from workbench.data.load import book_from_frames, load_book
from workbench.data.source.mapping.file import load_mapping, shipped_mappings

BASIC = """
date_format: "%d.%m.%Y"
currency: CHF
missing: ["n/a"]
tables:
  accounts:
    from: customers
    columns:
      account_id: No
      industry: {column: Branch, map: {R: Retail}, default: unknown}
      region: {value: EMEA}
    attributes: {seats: {column: Seats, type: number}}
    drop_when: [{column: Status, equals: Test}]
  contracts:
    from: orders
    columns:
      contract_id: Order
      account_id: Customer
      product: {value: core}
      start_on: Begin
      end_on: {column: Last, add_days: 1}
      arr: {column: Fee, multiply_by: 12, decimal: ",", thousands: "."}
  usage:
    from: logins
    columns:
      account_id: {column: Order, lookup: {table: orders, key: Order, value: Customer}}
      month: Day
      units: Minutes
      active_users: Users
    aggregate: {units: sum, active_users: max}
"""

FRAMES = {
    "customers": pd.DataFrame(
        {
            "No": ["1", "2", "3"],
            "Branch": ["R", "n/a", "Bank"],
            "Seats": ["5", "n/a", "7.5"],
            "Status": ["Live", "Live", "Test"],
        }
    ),
    "orders": pd.DataFrame(
        {
            "Order": ["x", "y"],
            "Customer": ["1", "2"],
            "Begin": ["01.02.2024", "1.3.2024"],
            "Last": ["31.01.2025", None],
            "Fee": ["1.234,50", "10"],
        }
    ),
    "logins": pd.DataFrame(
        {
            "Order": ["x", "x", "y"],
            "Day": ["05.03.2024", "29.03.2024", "01.03.2024"],
            "Minutes": ["10", "5", "n/a"],
            "Users": ["2", "3", "1"],
        }
    ),
}


def mapping_file(path: Path, text: str) -> Path:
    file = path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def refusal(path: Path, text: str) -> str:
    with pytest.raises(DataError) as caught:
        load_mapping(mapping_file(path, text))
    return str(caught.value)


@pytest.fixture
def book(tmp_path):
    return book_from_frames(FRAMES, mapping_file(tmp_path, BASIC))


def test_accounts_map_default_value_and_dropped_rows(book):
    accounts = book.frame("accounts")
    assert accounts["account_id"].tolist() == ["1", "2"]
    assert accounts["industry"].tolist() == ["Retail", "unknown"]
    assert accounts["region"].tolist() == ["EMEA", "EMEA"]


def test_attributes_carry_their_type(book):
    seats = book.frame("accounts")["attr_seats"]
    assert seats.dtype == "float64"
    assert seats[0] == 5
    assert pd.isna(seats[1])


def test_dates_units_and_currency(book):
    contracts = book.frame("contracts")
    assert contracts["start_on"].tolist() == [pd.Timestamp(2024, 2, 1), pd.Timestamp(2024, 3, 1)]
    assert contracts["end_on"][0] == pd.Timestamp(2025, 2, 1)
    assert pd.isna(contracts["end_on"][1])
    assert contracts["arr"].tolist() == [14814.0, 120.0]
    assert contracts["currency"].tolist() == ["CHF", "CHF"]


def test_lookup_and_aggregate(book):
    usage = book.frame("usage")
    assert usage["account_id"].tolist() == ["1", "2"]
    assert usage["month"].tolist() == [pd.Timestamp(2024, 3, 1)] * 2
    assert usage["units"][0] == 15
    assert pd.isna(usage["units"][1])
    assert usage["active_users"].tolist() == [3, 1]


def test_one_wide_file_feeds_two_tables(tmp_path):
    (tmp_path / "export.csv").write_text("id,fee,begin\na,10,2024-01-01\nb,20,2024-02-01\n")
    text = """
tables:
  accounts: {from: export, columns: {account_id: id}}
  contracts:
    from: export
    columns: {contract_id: id, account_id: id, product: {value: p}, start_on: begin, arr: fee}
"""
    book = load_book(tmp_path / "export.csv", mapping_file(tmp_path, text))
    assert book.frame("accounts")["account_id"].tolist() == ["a", "b"]
    assert book.frame("contracts")["arr"].tolist() == [10, 20]


def test_chain_of_terms_keeps_tenure_and_event(tmp_path):
    frame = pd.DataFrame(
        {
            "id": ["left_at_end", "left_mid", "stays", "monthly", "new"],
            "months": [24, 13, 12, 5, 0],
            "type": ["Year", "Year", "Year", "Month", "Year"],
            "gone": ["Yes", "Yes", "No", "Yes", "No"],
        }
    )
    text = """
snapshot_on: 2020-01-01
tables:
  accounts: {from: s, columns: {account_id: id}}
  contracts:
    from: s
    columns: {account_id: id, product: {value: p}, arr: {value: "1"}}
    chain_terms:
      tenure_months: months
      term: type
      term_months: {Month: 0, Year: 12}
      left: {column: gone, equals: "Yes"}
"""
    contracts = book_from_frames({"s": frame}, mapping_file(tmp_path, text)).frame("contracts")
    event = pd.Timestamp(2019, 12, 1)
    by_id = contracts.set_index("contract_id")
    assert contracts.groupby("account_id").size().to_dict() == {
        "left_at_end": 2,
        "left_mid": 2,
        "stays": 2,
        "monthly": 1,
        "new": 1,
    }
    assert by_id.loc["left_at_end-1", "start_on"] == pd.Timestamp(2017, 12, 1)
    assert by_id.loc["left_at_end-2", "end_on"] == event
    assert by_id.loc["left_at_end-2", "ended_on"] == event
    assert pd.isna(by_id.loc["left_at_end-1", "ended_on"])
    assert by_id.loc["left_mid-2", "start_on"] == pd.Timestamp(2019, 11, 1)
    assert by_id.loc["left_mid-2", "ended_on"] == event
    assert by_id.loc["left_mid-2", "previous_contract_id"] == "left_mid-1"
    assert by_id.loc["stays-2", "start_on"] == event
    assert by_id.loc["monthly-1", "start_on"] == pd.Timestamp(2019, 7, 1)
    assert pd.isna(by_id.loc["monthly-1", "end_on"])
    assert by_id.loc["new-1", "start_on"] == event


def test_unknown_key_names_line_and_nearest(tmp_path):
    text = refusal(tmp_path, BASIC.replace("multiply_by", "multply_by"))
    assert "own.yaml line 22, tables.contracts.columns.arr.multply_by: unknown key" in text
    assert "Did you mean multiply_by?" in text


def test_unknown_canonical_names_are_reported_together(tmp_path):
    text = refusal(
        tmp_path, BASIC.replace("  usage:", "  usages:").replace("start_on:", "started_on:")
    )
    assert "tables.usages: not a canonical table. Did you mean usage?" in text
    assert "started_on: not a canonical column. Did you mean start_on?" in text


def test_date_format_that_cannot_be_read(tmp_path):
    assert "%j is unknown" in refusal(tmp_path, BASIC.replace("%d.%m.%Y", "%d.%m.%j"))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("multiply_by: 0", "multiply_by 0 would make every amount 0"),
        ("multiply_by: inf", "finite number"),
        ("add_days: 99999999999", "less than or equal to 36600"),
    ],
)
def test_factors_and_days_that_cannot_be_meant(tmp_path, keys, message):
    assert message in refusal(tmp_path, BASIC.replace("{value: EMEA}", f"{{column: Land, {keys}}}"))


def test_the_target_of_rates_is_worth_itself(tmp_path):
    text = refusal(tmp_path, f"rates: {{to: EUR, per_unit: {{eur: 2}}}}\n{BASIC}")
    assert "one EUR is worth one EUR" in text


def test_column_and_value_exclude_each_other(tmp_path):
    text = refusal(tmp_path, BASIC.replace("{value: EMEA}", "{value: EMEA, column: Land}"))
    assert "give either column or value" in text


def test_text_that_is_not_yaml_names_the_line(tmp_path):
    assert "own.yaml line 3: not YAML" in refusal(tmp_path, "a: 1\nb: [1,\nc: }\n")


def test_missing_source_column_and_lookup_table(tmp_path):
    text = BASIC.replace("column: Branch", "column: Brunch").replace(
        "{table: orders", "{table: ord"
    )
    with pytest.raises(DataError) as caught:
        book_from_frames(FRAMES, mapping_file(tmp_path, text))
    assert "customers, column Brunch: source column is missing. Did you mean Branch?" in str(
        caught.value
    )
    assert "usage, ord: lookup table is missing" in str(caught.value)


def test_missing_mapping_file_is_a_wrong_parameter():
    with pytest.raises(ParameterError, match="Did you mean ravenstack"):
        load_mapping("ravenstac")


@pytest.mark.parametrize("name", sorted(shipped_mappings()))
def test_shipped_mappings_are_valid(name):
    assert load_mapping(name).tables
