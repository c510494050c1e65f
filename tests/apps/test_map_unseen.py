"""Exports of systems that no mapping is shipped for: read without a hand, but for what to decide."""

# ruff: noqa: E501 -- headers as the systems write them

from __future__ import annotations

import pytest

import workbench as wb
from workbench.data.load import load_book
from workbench.data.source.matching.guess import guess_mapping
from workbench.data.source.open import open_source

EXPORTS = {
    "offers with terms": {
        "organizations": """Organization - ID,Organization - Name,Organization - Owner,Organization - Organization created
7,Ann Ltd,Lee,2020-01-11 08:12:00
9,Ben AG,Ek,2020-02-11 08:12:00
""",
        "deals": """Deal - ID,Deal - Title,Deal - Organization ID,Deal - Value,Deal - Currency of Value,Deal - Status,Deal - Won time,Deal - Contract start date,Deal - Contract end date,Deal - Cancellation date,Deal - Plan
1,first,7,1250,EUR,Won,2023-01-05 09:11:05,2023-02-01,2024-02-01,,A
2,second,9,800,EUR,Won,2023-03-05 09:11:05,2023-04-01,2024-04-01,2024-04-01,B
3,third,9,500,EUR,Lost,,2024-04-01,2025-04-01,,B
""",
    },
    "names as keys, months as words": {
        "Accounts": """Record Id,Account Name,Account Owner,Industry,Annual Revenue,Created Time
zcrm_1,Ann Ltd,Lee,IT,"$ 1,000,000.00","Jan 15, 2021 10:12 AM"
zcrm_2,Ben AG,Ek,Retail,"$ 900.00","Feb 05, 2021 10:12 PM"
""",
        "Contracts": """Record Id,Contract Number,Account Name,Product,Start Date,End Date,Annual Amount,Currency,Termination Date
zcon_1,CON-1,Ann Ltd,Pro,"Feb 01, 2023","Feb 01, 2024","$ 1,250.00",USD,
zcon_2,CON-2,Ben AG,Basic,"Apr 01, 2023","Apr 01, 2024","$ 800.00",USD,"Apr 01, 2024"
""",
    },
    "clocks of twelve hours, currencies by name": {
        "Accounts": """(Do Not Modify) Account,(Do Not Modify) Modified On,Account Name,Address 1: Country/Region,Owner,Created On
0001-aaaa,6/1/2025 10:12 AM,Ann Ltd,USA,Lee,1/15/2021 8:00 AM
0002-aaaa,6/1/2025 10:12 AM,Ben AG,Canada,Ek,1/5/2021 8:00 PM
""",
        "Contracts": """(Do Not Modify) Contract,Contract ID,Contract Name,Customer,Contract Start Date,Contract End Date,Total Price,Currency,Service Level,Cancellation Date
c1-aaaa,CNR-00001,Ann support,Ann Ltd,2/1/2023,2/1/2024,"$1,250.00",US Dollar,Gold,
c2-aaaa,CNR-00002,Ben support,Ben AG,4/1/2023,4/1/2024,$800.00,US Dollar,Tin,4/1/2024
""",
    },
    "plain words, commas for points": {
        "customers": """Customer No;Customer Name;Branch;Owner;Customer since
K001;Ann Ltd;IT;Lee;15.01.2021
K002;Ben AG;Retail;Ek;05.02.2021
""",
        "agreements": """Agreement;Customer No;Product;Begin;End;Annual value;Currency;Cancelled on;Why
V1;K001;Pro;01.02.2023;01.02.2024;1.250,00;EUR;;
V2;K002;Basic;01.04.2023;01.04.2024;800,00;EUR;01.04.2024;Price
""",
    },
}


@pytest.fixture(params=EXPORTS)
def export(request, tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    for name, text in EXPORTS[request.param].items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_an_unseen_export_needs_no_hand(export, tmp_path):
    guess = guess_mapping(open_source(export))
    (tmp_path / "own.yaml").write_text(guess.text, encoding="utf-8")
    contracts = load_book(export, tmp_path / "own.yaml").frame("contracts")
    assert contracts["arr"].tolist() == [1250, 800]
    assert contracts["account_id"].nunique() == 2
    days = contracts[["start_on", "end_on", "ended_on"]].map(
        lambda day: "" if day is None or day != day else f"{day:%Y-%m-%d}"
    )
    assert days.to_numpy().tolist() == [
        ["2023-02-01", "2024-02-01", ""],
        ["2023-04-01", "2024-04-01", "2024-04-01"],
    ]
    assert contracts["currency"].str.fullmatch("EUR|USD").all()
    assert set(guess.decide) <= {"is arr by the year?", "opportunities.opened_on"}


def test_the_card_changes_a_guess_shows_rows_and_tries(export, tmp_path):
    card = wb.map_source(export, tmp_path / "own.yaml")
    assert "is arr by the year?" in card.decide.value
    assert "Ann Ltd" in card.preview.value
    card.choices["contracts", "end_on"].value = "(nothing)"
    assert "end_on:" not in card.text
    assert card.choices["accounts", "owner"].value.endswith("Owner")
    card.choices["accounts", "owner"].value = "(nothing)"
    card.save.click()
    assert "it reads 2 accounts, 2 contracts" in card.answer.value
    assert (tmp_path / "own.yaml").read_text(encoding="utf-8") == card.text


def test_a_source_shows_what_it_holds_as_text(tmp_path):
    (tmp_path / "customers.csv").write_text(
        "customer id,name\nk1,<img src=x onerror=alert(1)>\n", encoding="utf-8"
    )
    card = wb.map_source(tmp_path)
    assert "<img" not in card.preview.value
    assert "&lt;img" in card.preview.value
    card.to.value = str(tmp_path / "no" / "such" / "\0")
    card.save.click()
    assert "Not" in card.answer.value
