"""The page of next contracts says and draws what its tables hold."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.features.signals.catalogue import meaning_of
from workbench.forecast.revenue.next_contracts import NextContracts
from workbench.report.revenue import next_contract_figures as extension_figures
from workbench.report.revenue import next_contract_text as extension_text


@pytest.fixture
def found() -> NextContracts:
    accounts = pd.DataFrame(
        {
            "account_id": ["a", "b", "c"],
            "due": ["2026-03", "2026-01", ""],
            "lines": [2, 1, 1],
            "arr": [200_000.0, 90_000.0, 5_000.0],
            "renews": [0.8, 0.95, 0.99],
            "average": [170_000.0, 85_000.0, 4_900.0],
            "expected": [165_000.0, 88_000.0, 4_950.0],
            "low": [0.0, 60_000.0, 4_000.0],
            "high": [230_000.0, 120_000.0, 5_000.0],
            "if_renewed": [206_000.0, 92_600.0, 5_000.0],
            "if_renewed_low": [150_000.0, 80_000.0, 4_500.0],
            "if_renewed_high": [240_000.0, 125_000.0, 5_100.0],
        }
    )
    factors = pd.DataFrame(
        {
            "account_id": ["a", "a", "a", "b"],
            "driver": ["consumption_3m", "champion_present", "segment", "segment"],
            "group": ["product", "people", "firmographic", "firmographic"],
            "contribution": [-9_000.0, 3_000.0, 1_000.0, 3_000.0],
            "low": [-15_000.0, 1_000.0, -2_000.0, 500.0],
            "high": [-4_000.0, 5_000.0, 4_000.0, 6_000.0],
        }
    )
    levers = pd.DataFrame(
        {
            "account_id": ["a", "a"],
            "signal": ["consumption_3m", "severe_tickets_3m"],
            "now": [0.5, 3.0],
            "then": [0.75, 1.0],
            "gain": [8_000.0, 2_000.0],
            "low": [3_000.0, -500.0],
            "high": [13_000.0, 5_000.0],
        }
    )
    return NextContracts(accounts, factors, levers)


@pytest.fixture
def table(found) -> pd.DataFrame:
    names = pd.DataFrame({"account_id": ["a", "c"], "name": ["<b>$Ann$</b>", None]})
    return extension_text.contract_table(found, names)


def test_each_account_is_told_with_its_clear_factors_and_levers(table) -> None:
    assert table["name"].tolist() == ["<b>$Ann$</b>", "b", "c"]
    used, champion, severe = (
        meaning_of(name) for name in ("consumption_3m", "champion_present", "severe_tickets_3m")
    )
    assert table["factors"].tolist() == [f"{used} −9 k; {champion} +3 k", "segment +3 k", ""]
    assert table["levers"].tolist() == [f"{used} +8 k; {severe} +2 k", "", ""]


def test_a_book_without_levers_is_told_all_the_same(found) -> None:
    bare = NextContracts(found.accounts, found.factors, found.levers[:0])
    table = extension_text.contract_table(bare, pd.DataFrame({"account_id": ["a"]}))
    assert set(table["levers"]) == {""}


def test_the_answer_adds_up_who_has_a_next_contract(table) -> None:
    text = extension_text.next_contract_text(table, 0.9, "EUR")
    assert "**2 accounts**, worth EUR 290 k today" in text
    assert "**EUR 299 k** if all renew, and **EUR 253 k** with leaving" in text
    assert "due 2026-03, it renews with 80%" in text and "an association" in text
    assert "No account has a fixed term" in extension_text.next_contract_text(
        table.assign(due=""), 0.9, ""
    )
    bare = extension_text.next_contract_text(table.assign(levers=""), 0.9, "")
    assert "No signal that the catalogue's actions move" in bare


def test_figures_draw_their_tables(table, found) -> None:
    figure = extension_figures.extension_figure(table, 0.9, "EUR")
    ax = figure.axes[0]
    assert [bar.get_width() for bar in ax.patches] == [90_000.0, 200_000.0]
    assert ax.lines[0].get_xdata().tolist() == [92_600.0, 206_000.0]
    one = extension_text.most_at_stake(table)
    assert one["account_id"] == "a"
    figure = extension_figures.why_figure(one, found.factors[:3], found.levers, 0.9, "EUR")
    factors, levers = figure.axes
    widths = [bar.get_width() for bar in factors.patches]
    assert sum(widths) == pytest.approx(one["expected"] - one["average"])
    assert [bar.get_width() for bar in levers.patches] == [2_000.0, 8_000.0]
    none = extension_figures.why_figure(one, found.factors[:3], found.levers[:0], 0.9, "")
    assert "No lever" in none.axes[1].get_title(loc="left")
