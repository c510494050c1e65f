"""The timeline of an account: what is on record, as it was known on the day."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.data.simulate import simulate
from workbench.features.asof import cut
from workbench.health.timeline import LONGEST, TIMELINE_COLUMNS, TOLD_FROM, timeline_table

AS_OF = pd.Timestamp("2026-01-01")


def told(table: str, /, *accounts: str, **columns: list) -> list[tuple[str, str, str]]:
    """Return day, kind and text of what one table with one account tells."""
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame({"account_id": ["a"] * count} | columns)
    for column in frame:
        if column in ("on", "month") or str(column).endswith(("_on", "_at")):
            frame[column] = pd.to_datetime(frame[column])
    known = {table: frame, "contacts": pd.DataFrame({"contact_id": ["k"], "account_id": ["a"],
                                                    "name": ["Zoe"]})}  # fmt: skip
    if table == "contacts":
        known = {table: frame}
    found = timeline_table(known, accounts or ["a"], AS_OF)
    return [(f"{row.on:%Y-%m-%d}", row.kind, row.text) for row in found.itertuples()]


@pytest.mark.parametrize(
    ("table", "columns", "expected"),
    [
        (
            "messages",
            {"sent_at": ["2025-12-30 09:00"], "contact_id": ["k"], "kind": ["email"],
             "direction": ["inbound"], "text": ["We are\n leaving"]},
            ("2025-12-30", "message", "Email from Zoe: We are leaving"),
        ),
        (
            "tickets",
            {"opened_at": ["2025-12-01"], "closed_at": ["2025-12-04"], "severity": ["high"],
             "csat": [2.0], "escalated": [True], "text": ["It is down"]},
            ("2025-12-01", "ticket",
             "Ticket (high, escalated), closed after 3 days, rated 2: It is down"),
        ),
        (
            "invoices",
            {"due_on": ["2025-11-01"], "paid_on": [None], "amount": [1234.5], "disputed": [True]},
            ("2025-11-01", "invoice", "Invoice of 1,234 due: not paid yet, disputed"),
        ),
        (
            "opportunities",
            {"opened_on": ["2025-05-01"], "closed_on": [None], "kind": ["up_sell"],
             "product": ["Core"], "amount": [10.0], "won": [None]},
            ("2025-05-01", "sales", "Up sell Core of 10: opened"),
        ),
        (
            "contacts",
            {"contact_id": ["k"], "name": ["Zoe"], "role": ["decision_maker"],
             "joined_on": [None], "left_on": ["2025-07-01"]},
            ("2025-07-01", "people", "Zoe (decision maker) has left"),
        ),
        (
            "actions",
            {"kind": ["business_review"], "done_on": ["2025-07-01"], "hours": [2.5]},
            ("2025-07-01", "action", "Business review done, 2.5 hours"),
        ),
        (
            "account_events",
            {"kind": ["budget_cut"], "on": ["2025-07-01"]},
            ("2025-07-01", "event", "Budget cut"),
        ),
        (
            "surveys",
            {"taken_on": ["2025-07-01"], "kind": ["nps"], "score": [9.0], "contact_id": ["k"]},
            ("2025-07-01", "survey", "NPS 9 from Zoe"),
        ),
        (
            "usage",
            {"month": ["2025-08-01", "2025-09-01", "2025-10-01", "2025-11-01"],
             "units": [100.0, 100.0, 100.0, 50.0]},
            ("2025-11-30", "usage", "Use fell by 50% against the three months before (50 units)"),
        ),
    ],
)  # fmt: skip
def test_a_row_becomes_a_sentence(table, columns, expected):
    assert told(table, **columns) == [expected]


def test_a_running_term_tells_its_end_and_the_last_day_of_notice():
    found = told(
        "contracts", product=["Core"], arr=[1200.0], currency=["EUR"], start_on=["2025-03-01"],
        end_on=["2026-03-01"], ended_on=[None], notice_days=[30.0], previous_contract_id=["x"],
    )  # fmt: skip
    assert found == [
        ("2026-03-01", "contract", "The term of Core ends (1,200 EUR a year)"),
        ("2026-01-30", "contract", "Last day of notice for Core"),
        ("2025-03-01", "contract", "Renewed: Core, 1,200 EUR a year, until 2026-03-01"),
    ]


def test_paid_in_time_old_or_small_is_not_told():
    assert not told("invoices", due_on=["2025-11-01"], paid_on=["2025-11-01"], amount=[1.0])
    assert not told("actions", kind=["call"], done_on=["2023-12-31"], hours=[None])
    months = ["2025-08-01", "2025-09-01", "2025-10-01", "2025-11-01"]
    assert not told("usage", month=months, units=[100.0, 100.0, 100.0, 85.0])
    assert not told("surveys", "b", taken_on=["2025-07-01"], kind=["nps"], score=[9.0])
    empty = timeline_table({}, ["a"], AS_OF)
    assert list(empty) == TIMELINE_COLUMNS and empty.empty


def test_long_texts_are_cut():
    [(_, _, text)] = told("messages", sent_at=["2025-12-30"], text=["word " * 100])
    assert len(text) <= LONGEST and text.endswith("…")


def test_it_knows_nothing_of_later_days():
    tables = simulate(40, 24, 7).tables
    day = pd.Timestamp("2025-07-01")
    known = cut({name: tables[name] for name in TOLD_FROM}, day)
    found = timeline_table(known, tables["accounts"]["account_id"], day)
    assert {"contract", "message", "ticket", "usage"} <= set(found["kind"])
    late = found[(found["on"] >= day) & ~found["text"].str.startswith(("The term", "Last day"))]
    assert late.empty
