"""A column of severities that is present and not understood is a finding, and so are numbers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from workbench.data.book import Book
from workbench.data.load import load_book
from workbench.data.severity import severity_finding


@pytest.fixture
def book_with(tmp_path: Path):
    def made(severity: list | None) -> Book:
        tickets = pd.DataFrame(
            {"ticket_id": list("pqrs"), "account_id": "a", "opened_at": "2024-06-01"}
        )
        if severity:
            tickets["severity"] = severity
        tickets.to_csv(tmp_path / "tickets.csv", index=False)
        pd.DataFrame({"account_id": ["a"]}).to_csv(tmp_path / "accounts.csv", index=False)
        contract = {"contract_id": ["c"], "account_id": "a", "product": "p",
                    "start_on": "2024-01-01", "end_on": "2025-01-01", "arr": 100.0}  # fmt: skip
        pd.DataFrame(contract).to_csv(tmp_path / "contracts.csv", index=False)
        return load_book(tmp_path)

    return made


@pytest.mark.parametrize("severity", [None, ["High", "low ", "CRITICAL", "P3"]])
def test_what_is_understood_or_absent_is_no_finding(book_with, severity) -> None:
    assert severity_finding(book_with(severity)) == []


def test_words_that_nobody_knows_are_named_and_counted(book_with) -> None:
    (found,) = severity_finding(book_with(["fatal", "fatal", "galactic", "low"]))
    assert found.startswith(
        "tickets.severity: 3 of 4 state what is not understood ('fatal', 'galactic')"
    )


def test_numbers_are_read_and_the_page_says_which_way(book_with) -> None:
    (found,) = severity_finding(book_with([1, 2, 3, 3]))
    assert "1 is read as the gravest, 1 and 2 count as severe" in found
