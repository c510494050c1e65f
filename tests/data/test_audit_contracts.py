"""What the audit says of contracts that cannot be placed, of links and of overlaps."""

from __future__ import annotations

import pandas as pd

from workbench.data.audit import Audit, audit
from workbench.data.book import book_from_frames

COLUMNS = ["contract_id", "account_id", "product", "start_on", "end_on", "previous_contract_id"]


def audited(*rows: tuple) -> Audit:
    table = pd.DataFrame(rows, columns=COLUMNS).assign(arr=1000.0)
    for name in ("start_on", "end_on"):
        table[name] = pd.to_datetime(table[name])
    accounts = pd.DataFrame({"account_id": sorted(table["account_id"].unique())})
    return audit(book_from_frames({"accounts": accounts, "contracts": table}))


def told(found: Audit, words: str) -> list[str]:
    return [sentence for sentence in found.findings if words in sentence]


def test_a_loop_of_links_is_a_grave_finding_with_its_first_contract():
    found = audited(
        ("x1", "a", "p", "2024-01-01", "2026-01-01", "x2"),
        ("x2", "a", "p", "2024-01-01", "2026-01-01", "x1"),
        ("y", "b", "p", "2024-01-01", "2026-01-01", ""),
    )
    loop = told(found, "its previous contracts lead back to it")
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
    assert told(found, "followed as one subscription (1 of them, accounts: 1, first: b1)")
    assert not found.verdict.startswith("To be used with care")


def test_a_link_to_a_running_contract_of_another_account_is_named():
    found = audited(
        ("a1", "old", "p", "2024-01-01", None, ""),
        ("b1", "new", "p", "2025-01-01", "2026-01-01", "a1"),
    )
    assert told(found, "its previous contract belongs to another account (1 of them")


def test_overlaps_without_an_end_have_no_length():
    found = audited(
        ("1", "a", "p", "2017-01-01", None, ""),
        ("2", "a", "p", "2017-03-01", None, ""),
        ("3", "b", "p", "2017-01-01", None, ""),
    )
    assert told(found, "1 accounts, without an end on record")
    assert not told(found, "nan")


def test_who_changes_plan_leaves_no_gap():
    rows = [
        (f"c{n}", "a", ("basic", "pro")[n % 2], f"202{n}-01-01", f"202{n + 1}-01-01", "")
        for n in range(5)
    ]
    assert not told(audited(*rows), "gap")
    lapsed = audited(*(row for row in rows if row[2] == "basic"))
    assert told(lapsed, "begin after a gap")
