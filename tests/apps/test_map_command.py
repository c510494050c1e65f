"""`workbench map` reads the shipped layouts, and writes a first mapping of any other export."""

from __future__ import annotations

import pytest
from layouts import LAYOUTS, write_layout

from workbench.data.load import load_book
from workbench.data.source.matching.guess import guess_mapping
from workbench.data.source.open import open_source

CUSTOMERS = """Customer No,Customer Name,Industry,Country
1,"Ann ""A"" Ltd",Bank,DE
2,Ben,Retail,FR
"""
CONTRACTS = """Contract Number,Customer No,Product,Start Date,End Date,Monthly Fee,Cancelled On
C1,1,gold,13.01.2023,13.01.2024,100,
C2,2,gold,01.02.2023,01.02.2024,50,05.06.2023
"""
SPEND = """CustomerID,Y2016Q1,Y2016Q2,Y2016Q3,Y2016Q4,Y2017Q1,Y2017Q2
1,5,8.2,93.5,0,0,0
2,1,76.5,24.0,32.4,9,8
"""
INVOICES = """customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,SettledDate
A-1,1,1/2/2013,2/1/2013,55.94,1/15/2013
A-1,2,2/2/2013,3/4/2013,60.10,3/20/2013
A-1,4,3/2/2013,4/4/2013,60.10,4/1/2013
A-1,5,4/13/2013,5/4/2013,61.00,5/1/2013
B-2,3,1/26/2013,2/25/2013,61.74,2/20/2013
B-2,6,2/26/2013,3/25/2013,61.74,3/20/2013
"""


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_shipped_layout_needs_no_hand(tmp_path, layout):
    write_layout(tmp_path, layout)
    guess = guess_mapping(open_source(tmp_path))
    assert (guess.shipped, guess.decide) == (layout, ())


def crm(path) -> None:
    (path / "customers.csv").write_text(CUSTOMERS)
    (path / "contracts.csv").write_text(CONTRACTS)


def test_another_crm_is_read_and_each_guess_has_its_reason(make_project, workbench, tmp_path):
    crm(tmp_path)
    root = make_project()
    answer = workbench(root, "map", str(tmp_path), "--to", "own.yaml")
    assert answer.status == 0
    assert "Tried: it reads 2 accounts, 2 contracts." in answer.err
    assert "To decide: the currency." in answer.err
    text = (root / "own.yaml").read_text()
    assert '{column: "Monthly Fee", multiply_by: 12}  # its name says "monthly fee"' in text
    contracts = load_book(tmp_path, root / "own.yaml").frame("contracts")
    assert contracts["arr"].tolist() == [1200, 600]
    assert contracts["start_on"].dt.strftime("%d.%m.%Y").tolist() == ["13.01.2023", "01.02.2023"]
    again = workbench(root, "map", str(tmp_path), "--to", "own.yaml")
    assert (again.status, "the file is there" in again.err) == (2, True)


def test_invoices_alone_stand_in_for_contracts(tmp_path):
    (tmp_path / "invoices.csv").write_text(INVOICES)
    guess = guess_mapping(open_source(tmp_path / "invoices.csv"))
    assert len(guess.decide) <= 5
    (tmp_path / "map.yaml").write_text(guess.text)
    book = load_book(tmp_path / "invoices.csv", tmp_path / "map.yaml")
    assert book.frame("accounts")["account_id"].tolist() == ["A-1", "B-2"]
    assert set(book.frame("contracts")["account_id"]) == {"A-1", "B-2"}
    assert book.spend is not None and book.spend.every == "month"


def test_columns_named_for_periods_are_spend(tmp_path):
    (tmp_path / "spend.csv").write_text(SPEND)
    guess = guess_mapping(open_source(tmp_path / "spend.csv"))
    assert "contracts_from: {spend: amount, on: period, every: quarter, gap: 2}" in guess.text
    (tmp_path / "map.yaml").write_text(guess.text)
    book = load_book(tmp_path / "spend.csv", tmp_path / "map.yaml")
    assert book.spend is not None and book.spend.every == "quarter"


def test_what_cannot_be_guessed_is_left_to_a_person(tmp_path):
    (tmp_path / "things.csv").write_text("colour,weight\nred,3\n")
    guess = guess_mapping(open_source(tmp_path / "things.csv"))
    assert guess.decide[-2:] == ("where accounts come from", "where contracts come from")
    assert "# DECIDE: no table looks like accounts." in guess.text
