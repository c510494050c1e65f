"""What the audit says of contracts that cannot be placed, of links and of overlaps."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.data.audit.audit import Audit, audit
from workbench.data.book import Book
from workbench.data.load import book_from_frames

COLUMNS = ["contract_id", "account_id", "product", "start_on", "end_on", "previous_contract_id"]


def audited(*rows: tuple) -> Audit:
    table = pd.DataFrame(rows, columns=COLUMNS).assign(arr=1000.0)
    for name in ("start_on", "end_on"):
        table[name] = pd.to_datetime(table[name])
    accounts = pd.DataFrame({"account_id": sorted(table["account_id"].unique())})
    return audit(book_from_frames({"accounts": accounts, "contracts": table}))


def small_contracts(ends: list[str], arr: list[float] | float = 1000.0) -> pd.DataFrame:
    names = [f"c{n}" for n in range(len(ends))]
    ids = {"contract_id": names, "account_id": [f"a{n}" for n in range(len(ends))]}
    return pd.DataFrame(
        {**ids, "product": "p", "start_on": "2025-01-01", "end_on": ends, "arr": arr}
    )


def small_book(ends: list[str], mapping=None, arr: list[float] | float = 1000.0) -> Book:
    contracts = small_contracts(ends, arr)
    accounts = contracts[["account_id"]]
    return book_from_frames({"accounts": accounts, "contracts": contracts}, mapping)


def sentences_with(found: Audit, expected: str) -> list[str]:
    return [sentence for sentence in found.findings if expected in sentence]


def test_a_loop_of_links_is_a_grave_finding_with_its_first_contract():
    found = audited(
        ("x1", "a", "p", "2024-01-01", "2026-01-01", "x2"),
        ("x2", "a", "p", "2024-01-01", "2026-01-01", "x1"),
        ("y", "b", "p", "2024-01-01", "2026-01-01", ""),
    )
    loop = sentences_with(found, "its previous contracts lead back to it")
    assert loop == [
        "contracts: its previous contracts lead back to it (2 of them, accounts: 1, first: x1)."
    ]
    assert loop[0] in found.findings[:2]
    assert found.verdict.startswith("To be used with care")


def test_moves_to_another_account_are_counted_and_no_contradiction():
    found = audited(
        ("a1", "old", "p", "2024-01-01", "2025-01-01", ""),
        ("b1", "new", "p", "2025-01-01", "2026-01-01", "a1"),
        ("c1", "other", "p", "2024-01-01", None, ""),
    )
    assert sentences_with(found, "followed as one subscription (1 of them, accounts: 1, first: b1)")
    assert not found.verdict.startswith("To be used with care")


def test_a_link_to_a_running_contract_of_another_account_is_named():
    found = audited(
        ("a1", "old", "p", "2024-01-01", None, ""),
        ("b1", "new", "p", "2025-01-01", "2026-01-01", "a1"),
    )
    assert sentences_with(found, "its previous contract belongs to another account (1 of them")


def test_overlaps_without_an_end_have_no_length():
    found = audited(
        ("1", "a", "p", "2017-01-01", None, ""),
        ("2", "a", "p", "2017-03-01", None, ""),
        ("3", "b", "p", "2017-01-01", None, ""),
    )
    assert sentences_with(found, "1 accounts, without an end on record")
    assert not sentences_with(found, "nan")


def test_who_changes_plan_leaves_no_gap():
    rows = [
        (f"c{n}", "a", ("basic", "pro")[n % 2], f"202{n}-01-01", f"202{n + 1}-01-01", "")
        for n in range(5)
    ]
    assert not sentences_with(audited(*rows), "gap")
    lapsed = audited(*(row for row in rows if row[2] == "basic"))
    assert sentences_with(lapsed, "begin after a gap")


def test_ends_in_a_far_year_are_named_and_can_be_stated_as_none(tmp_path):
    ends = ["2050-12-31", "2050-12-31", "2026-01-01"]
    assert not any("15 years" in text for text in audit(small_book(["2038-12-31"] * 3)).findings)
    found = next(text for text in audit(small_book(ends)).findings if "15 years" in text)
    assert "2 contracts are written to run" in found and "until 2050-12-31 (first: c0)" in found
    assert 'state missing: ["2050-12-31"] in a mapping' in found
    file = tmp_path / "no_end.yaml"
    file.write_text('missing: ["2050-12-31"]\n')
    assert small_book(ends, file).frame("contracts")["end_on"].isna().sum() == 2


def test_the_reason_of_a_lost_row_is_named_with_its_place():
    amounts = [1200.0, 1e20, 1200.0] + [1200.0] * 37
    book = small_book(["2026-01-01"] * 40, arr=amounts)
    sentence = "1 of 40 rows of contracts are in quarantine: 1 for arr beyond 10,000,000,000,000"
    assert any(sentence in text and "first in row 2: '1" in text for text in audit(book).findings)


@pytest.mark.parametrize(("ended", "count"), [(0, 0), (1, 1), (9, 1), (10, 0)])
def test_a_handful_of_endings_is_named_for_what_it_is(ended, count):
    names = [f"a{n}" for n in range(40)]
    contracts = pd.DataFrame({"contract_id": names, "account_id": names, "product": "p"})
    contracts["start_on"] = pd.date_range("2022-01-01", periods=40, freq="MS").astype("str")
    gone = [f"2024-0{n % 5 + 1}-01" if n < ended else "" for n in range(40)]
    contracts = contracts.assign(arr=1000.0, ended_on=gone)
    frames = {"accounts": contracts[["account_id"]], "contracts": contracts}
    found = sentences_with(audit(book_from_frames(frames)), f"Only {ended} of ")
    assert len(found) == count
