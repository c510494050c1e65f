"""A source without contracts is checked for what it bears, and told how it may come by some."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.errors import DataError
from workbench.data.audit.audit import audit
from workbench.data.book import Book
from workbench.data.load import load_book

INVOICES = """countryCode,customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,SettledDate
391,A-1,1,1/2/2013,2/1/2013,55.94,1/15/2013
391,A-1,2,2/2/2013,3/4/2013,60.10,3/20/2013
406,B-2,3,1/26/2013,2/25/2013,61.74,2/20/2013
"""
BILLED = """
date_format: "%m/%d/%Y"
tables:
  accounts: {from: invoices, columns: {account_id: customerID, region: countryCode}}
  invoices:
    from: invoices
    columns:
      {invoice_id: invoiceNumber, account_id: customerID, issued_on: InvoiceDate,
       due_on: DueDate, paid_on: SettledDate, amount: InvoiceAmount}
"""
CRM_LIST = """id,account,stage,engage,close,amount
1,Alpha,Won,2016-10-20,2017-03-01,4514
2,Beta,Lost,2016-10-25,2017-03-11,0
3,Beta,Engaging,2016-11-25,,
"""
OFFERED = """
tables:
  accounts: {from: deals, columns: {account_id: account}}
  opportunities:
    from: deals
    columns:
      {opportunity_id: id, account_id: account, stage: stage, amount: amount, opened_on: engage,
       closed_on: close, won: {column: stage, map: {Won: yes, Lost: no, Engaging: ""}}}
"""
ONLY = "tables: {accounts: {from: deals, columns: {account_id: account}, repeated: first}}"


def load(path, content: str, mapping: str, needs_contracts: bool = False) -> Book:
    name = "invoices.csv" if "invoiceNumber" in content else "deals.csv"
    (path / name).write_text(content)
    (path / "map.yaml").write_text(mapping)
    return load_book(path / name, path / "map.yaml", needs_contracts=needs_contracts)


@pytest.mark.parametrize(
    ("content", "mapping", "bears", "how"),
    [
        (INVOICES, BILLED, "how late is paid", "contracts_from"),
        (
            CRM_LIST,
            OFFERED,
            "how often they are won",
            "won offers can stand in for contracts",
        ),
        (CRM_LIST, ONLY, "", "a table of contracts"),
    ],
)
def test_check_says_what_it_bears(tmp_path, content, mapping, bears, how):
    book = load(tmp_path, content, mapping)
    found = audit(book)
    assert not book.has_contracts
    assert len(book.frame("accounts")) == 2
    assert found.findings[0].startswith("No contracts:")
    assert bears in found.findings[0] and how in found.findings[0]
    assert found.verdict.endswith("no contracts.")
    assert not any("Not one of 0" in finding for finding in found.findings)


@pytest.mark.parametrize(
    ("content", "mapping", "hint"),
    [
        (INVOICES, BILLED, "There are invoices: an entry contracts with contracts_from"),
        (CRM_LIST, OFFERED, "There are opportunities: won ones can stand in"),
        (CRM_LIST, ONLY, "Say where contracts come from"),
    ],
)
def test_a_forecast_is_refused_with_a_hint_that_fits(tmp_path, content, mapping, hint):
    with pytest.raises(DataError) as caught:
        load(tmp_path, content, mapping, needs_contracts=True)
    assert hint in str(caught.value)
    assert "State a mapping" not in str(caught.value)


def test_accounts_out_of_another_table_are_named_once(tmp_path):
    accounts = load(tmp_path, INVOICES, BILLED).frame("accounts")
    assert accounts[["account_id", "region"]].values.tolist() == [["A-1", "391"], ["B-2", "406"]]


def test_a_table_of_accounts_is_not_merged_unasked(tmp_path):
    pd.DataFrame({"account_id": ["a", "a", "b"]}).to_csv(tmp_path / "accounts.csv", index=False)
    with pytest.raises(DataError, match="duplicate key"):
        load_book(tmp_path / "accounts.csv", needs_contracts=False)
