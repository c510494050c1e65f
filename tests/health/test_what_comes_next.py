"""Renewals to decide, offers, standing questions and branches, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from health_books import panel_of_signals, scored_book
from planbooks import make_book

from workbench.features.design import Coding
from workbench.features.encode import Encoder
from workbench.health.branches import branch_table, parent_effect
from workbench.health.opportunities import opportunity_table, unusual
from workbench.health.renewals_due import renewals_due
from workbench.health.scores import Bands, score_table
from workbench.health.standing import standing_table

TODAY = pd.Timestamp("2026-01-01")
NAN = np.nan


def test_renewals_stand_until_they_are_decided_the_notice_first() -> None:
    book = make_book()
    lines = replace(book.lines, term_group=np.maximum(book.lines.term_group, 1))
    _, scored = scored_book(replace(book, lines=lines))
    health = score_table(scored, book.accounts, Bands(), 0.9).assign(
        csat=40.0, csat_change=NAN, days_since_contact=10.0
    )
    ends = [
        TODAY + pd.DateOffset(months=int(m)) - pd.Timedelta(days=5) for m in lines.months_to_end
    ]
    terms = pd.DataFrame({"subscription_id": lines.subscription_id, "planned_end_on": ends})
    terms["notice_by"] = terms["planned_end_on"] - pd.Timedelta(days=60)
    due = renewals_due(scored, health, terms, TODAY, 6)
    wanted = lines.subscription_id[lines.months_to_end < 6]
    assert sorted(due["subscription_id"]) == sorted(wanted)
    assert due["notice_by"].is_monotonic_increasing
    # Whose term has run out a few days ago, and is not signed, is still there.
    assert set(due.loc[due["overdue"], "subscription_id"]) == set(
        lines.subscription_id[lines.months_to_end == 0]
    )
    assert due["unhappy"].all()
    np.testing.assert_allclose(due["expected"], due["arr"] * due["probability"])


def rows_of(**given: list) -> pd.DataFrame:
    n = len(next(iter(given.values())))
    base = {"account_id": [f"A{i:03d}" for i in range(n)], "band": "sound", "arr": 1000.0,
            "at_risk": 100.0}  # fmt: skip
    return pd.DataFrame(base | given)


def test_use_says_what_may_be_sold_and_who_is_at_risk() -> None:
    health = rows_of(band=["sound"] * 4)
    panel = panel_of_signals(
        {
            "consumption_to_date": [[1.2], [0.5], [0.9], [0.9]],
            "consumption_3m": [[1.1], [0.5], [0.9], [0.9]],
            "white_space": [[0.0], [0.5], [0.5], [0.1]],
        }
    )
    opportunities = pd.DataFrame(
        {
            "kind": ["amendment"] * 4,
            "closed_on": [TODAY] * 4,
            "won": [True, True, True, False],
            "amount": [200.0, 300.0, 400.0, 9_000.0],
        }
    )
    found = opportunity_table(health, panel, opportunities, 0.9).set_index("account_id")
    assert found["kind"].to_dict() == {"A000": "amendment", "A001": "at risk", "A002": "cross_sell"}
    assert found.loc["A000", "closes"] == pytest.approx(3.5 / 5)
    assert found.loc["A000", "at_stake"] == pytest.approx(300 * 0.7)
    assert "ROI analysis" in found.loc["A001", "why"]
    without = opportunity_table(health, panel, None, 0.9).set_index("account_id")
    assert without.loc["A000", "closes"] == pytest.approx(0.5)
    assert np.isnan(without.loc["A000", "amount"])


def test_a_spike_is_unusual_as_often_as_it_says() -> None:
    rng = np.random.default_rng(6)
    panel = panel_of_signals({"consumption_3m": rng.normal(0.8, 0.1, (4000, 37)).tolist()})
    chance = unusual(panel, "consumption_3m")
    assert (chance < 0.05).mean() == pytest.approx(0.05, abs=0.011)
    short = panel_of_signals({"consumption_3m": rng.normal(0.8, 0.1, (3, 10)).tolist()})
    assert np.isnan(unusual(short, "consumption_3m")).all()


def test_standing_questions_name_source_and_date() -> None:
    row = {"account_id": "A000", "arr": 1000.0, "csat": 70.0, "csat_change": -5.0}
    row |= {"potential": 80.0, "disagree": "potential and no growth", "class": "To keep"}
    opportunities = pd.DataFrame({"account_id": [], "kind": [], "why": []})
    invoices = pd.DataFrame(
        {
            "account_id": ["A000", "A000", "A001"],
            "issued_on": pd.to_datetime(["2025-02-01", "2024-02-01", "2025-02-01"]),
            "amount": [500.0, 70.0, 900.0],
        }
    )
    found = standing_table(row, opportunities, invoices, TODAY).set_index("question")
    assert found.loc["What did it bring last year?", "answer"] == "500 invoiced"
    assert found.loc["Is it satisfied?", "answer"] == "70 of 100, -5 since the answer before"
    assert found.loc["Which class of account is it?", "answer"] == "To keep"
    grows = found.loc["Does it have growth potential?", "answer"]
    assert grows.startswith("80 a year may be expected: ")
    assert grows.endswith("; potential and no growth")
    assert (found["source"] != "").all()
    assert (found["date"].str.contains("2026-01-01")).all()
    bare = standing_table(row, opportunities, None, TODAY).set_index("question")
    assert bare.loc["What did it bring last year?", "source"] == "contracts"


def test_branches_are_customers_former_ones_and_prospects() -> None:
    accounts = pd.DataFrame(
        {"account_id": list("abcd"), "name": [None, "B", "C", "D"], "parent": list("ppqp")}
    )
    health = pd.DataFrame({"account_id": ["a", "b"], "arr": [1.0, 2.0], "strength": [0.7, 0.9]})
    found = branch_table(accounts, health.iloc[:2], {"a", "b"}, "p")
    assert found["standing"].tolist() == ["customer", "customer", "prospect"]
    assert found["advocate"].tolist() == [True, False, False]
    assert found["account_id"].tolist() == ["b", "a", "d"]
    gone = branch_table(accounts, health.iloc[:0], {"d"}, "p")
    assert set(gone["standing"]) == {"prospect", "has left"}
    assert not gone["advocate"].any()


def test_what_a_parent_adds_is_told_where_the_model_pools_by_it() -> None:
    hazard = make_book().inputs.hazard
    coding = Coding(Encoder(()), Encoder(()), ("parent",), (("p", "q"),), (), 24)
    assert parent_effect(hazard, coding, "p") == pytest.approx(np.exp(-0.1))
    assert parent_effect(hazard, coding, "unknown") is None
