"""The growth report says and draws what its tables hold."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hand_made import JANUARY, accounts_of, forecast_inputs, holdings_of, lines_for

from workbench.forecast.growth import bridge, movements
from workbench.forecast.growth.forecast import Growth, forecast_book
from workbench.forecast.growth.naive import naive_forecast
from workbench.forecast.simulation.scenario import Scenario, change_of
from workbench.report.amounts import money
from workbench.report.net_growth import figures as growth_figures
from workbench.report.net_growth import past_text
from workbench.report.net_growth import text as growth_text
from workbench.report.net_growth.account_tables import accounts_report
from workbench.report.output.page_figure import draw


@pytest.fixture(scope="module")
def ahead() -> Growth:
    return forecast_book(forecast_inputs(60, 18), holdings_of(lines_for(30)))


@pytest.fixture(scope="module")
def moved(ahead) -> pd.DataFrame:
    """A past in which the whole book came two years ago."""
    rows = [("a", JANUARY - 24, "new", int(ahead.opening[0]))]
    return pd.DataFrame(rows, columns=["account_id", "month", "kind", "cents"])


def bars(figure) -> list[float]:
    return [bar.get_width() for bar in figure.axes[0].patches]


def test_the_waterfall_is_the_bridge(ahead) -> None:
    parts = bridge.total_bridge(ahead, 0.9, 12)
    figure = growth_figures.waterfall_figure(parts, 12, 0.9, "EUR")
    assert bars(figure) == pytest.approx(parts["mean"].tolist())
    foot = [bar.get_x() for bar in figure.axes[0].patches]
    assert foot[1] + bars(figure)[1] == pytest.approx(foot[2])
    assert foot[-2] + bars(figure)[-2] == pytest.approx(parts["mean"].iloc[-1])
    change = parts["mean"].iloc[-1] / parts["mean"].iloc[0] - 1
    assert f"{abs(change):.1%}" in figure.axes[0].get_title(loc="left")
    behind = accounts_report(ahead.accounts, ahead.accounts[["account_id"]], 18)
    labels = {column.label for column in behind.columns}
    for spots in draw(figure).spots.values():
        assert {spot["order"].removeprefix("-") for spot in spots} <= labels
        assert "churn: the accounts" in [spot["label"] for spot in spots]
        for spot in spots:
            assert min(spot["left"], spot["top"]) >= 0
            assert max(spot["left"] + spot["width"], spot["top"] + spot["height"]) <= 100


def test_whiskers_end_where_the_table_says_though_a_mean_lies_outside(ahead) -> None:
    parts = bridge.total_bridge(ahead, 0.9, 12).set_index("part")
    parts.loc["reactivation", ["mean", "low", "high"]] = [3_430.0, 0.0, 0.0]
    (ax,) = growth_figures.waterfall_figure(parts.reset_index(), 12, 0.9, "EUR").axes
    foot = {row: bar.get_x() for row, bar in enumerate(ax.patches)}
    for (low, row), (high, _) in ax.collections[-1].get_segments():
        given = parts.iloc[round(row)]
        assert [low, high] == pytest.approx([foot[row] + given["low"], foot[row] + given["high"]])


def test_the_answer_holds_the_tables_numbers(ahead, moved) -> None:
    book = bridge.bridge_table(ahead, 0.9)
    own = bridge.retention_table(ahead, 0.9).query("definition == 'account-level'")
    naive = naive_forecast(moved, JANUARY, 18, JANUARY - 24)
    parts = bridge.total_bridge(ahead, 0.9, 12)
    text = growth_text.growth_text(book, parts, own, naive, 0.9, "EUR")
    year = own[own["horizon_months"] == 12].iloc[0]
    assert f"**{100 * year['nrr']:.0f}** are left" in text
    assert f"**{100 * year['grr']:.0f}** without" in text
    assert f"Leaving takes {money(-parts.set_index('part')['mean']['churn'], 'EUR')} of it" in text
    assert "in 12 months" in text and "Intervals hold 90%" in text
    plain = naive["closing"].iloc[11]
    low, high = book[["closing_low", "closing_high"]].iloc[11]
    assert ("**outside** the interval" in text) == (not low <= plain <= high)
    figure = growth_figures.revenue_figure(
        book, naive, movements.bridge(moved, JANUARY - 12, JANUARY - 1), 0.9, "EUR"
    )
    drawn = {line.get_label(): line.get_ydata() for line in figure.axes[0].lines}
    np.testing.assert_allclose(drawn["expected"][1:], book["closing"])
    assert drawn["from the contracts"][-1] == pytest.approx(ahead.opening[0] / 100)


def test_a_scenario_is_told_by_its_difference(ahead) -> None:
    lines = lines_for(30)
    scenario = Scenario("all", 3.0)
    change = change_of(scenario, lines, accounts_of(lines), 18)
    usual = bridge.total_bridge(ahead, 0.9, 12)
    hit = bridge.total_bridge(
        forecast_book(forecast_inputs(60, 18), holdings_of(lines), change), 0.9, 12
    )
    text = growth_text.scenario_text(usual, hit, scenario.text(), "")
    assert "all is hit from month 1" in text and "lower than without" in text
    assert re.search(r"most of it by churn \(−", text)
    sides = growth_text.scenario_table(usual, hit).set_index("part")
    assert sides["difference"].drop(["opening", "closing"]).sum() == pytest.approx(
        sides.loc["closing", "difference"]
    )
    assert "No scenario was asked for" in growth_text.scenario_text(usual, usual, "", "")


def test_fans_and_concentration_draw_their_tables(ahead) -> None:
    table = bridge.retention_table(ahead, 0.9)
    text = growth_text.retention_table(table, 12).set_index("definition")
    one = table[(table["definition"] == "line-level") & (table["horizon_months"] == 12)].iloc[0]
    expected = f"{one['grr']:.1%} ({one['grr_low']:.1%} to {one['grr_high']:.1%})"
    assert text.loc["line-level", "GRR"] == expected
    figure = growth_figures.retention_figure(table, "line-level", 0.9)
    own = table[table["definition"] == "line-level"]
    np.testing.assert_allclose(figure.axes[0].lines[0].get_ydata()[1:], own["nrr"])
    np.testing.assert_allclose(figure.axes[1].lines[0].get_ydata()[1:], own["grr"])
    lines = lines_for(30)
    names = accounts_of(lines).assign(name="<script>")
    top = bridge.concentration(ahead, forecast_inputs(60, 18), holdings_of(lines), names, 0.9)
    figure = growth_figures.concentration_figure(top, 0.9, "EUR")
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert widths[:10] == pytest.approx(top["arr"].iloc[:10].tolist()[::-1])
    assert widths[10:] == pytest.approx(top["at_risk"].iloc[:10].tolist()[::-1])


def test_a_snapshot_says_what_it_cannot_know(moved) -> None:
    history = movements.bridge(moved, JANUARY - 12, JANUARY - 1)
    usual = past_text.reconciliation_text(history, "EUR")
    assert "to the cent" in usual and "snapshot" not in usual
    last = history.tail(1).assign(opening=200_000, churn=-60_000)
    text = past_text.reconciliation_text(last, "EUR", snapshot=True)
    assert "is a snapshot" in text and "30% of revenue" in text and "not real either" in text


def test_renewals_that_were_never_recorded_are_no_finding() -> None:
    became = pd.DataFrame({"outcome": ["flat"], "renewals": [7000], "share": [1.0]})
    assert past_text.renewals_text(became, snapshot=False) == ""
    text = past_text.renewals_text(became, snapshot=True)
    assert "7,000 renewals were never recorded" in text and "not a finding" in text
    assert "No renewal of a fixed term" in past_text.renewals_text(became[:0], snapshot=False)


def test_without_rates_of_the_past_no_naive_forecast_is_told(ahead, moved) -> None:
    book = bridge.bridge_table(ahead, 0.9)
    own = bridge.retention_table(ahead, 0.9).query("definition == 'account-level'")
    nothing = naive_forecast(moved, JANUARY, 18, JANUARY - 24)[:0]
    parts = bridge.total_bridge(ahead, 0.9, 12)
    assert "naive" not in growth_text.growth_text(book, parts, own, nothing, 0.9, "EUR")
    today = movements.bridge(moved, JANUARY - 12, JANUARY - 1)[-1:]
    figure = growth_figures.revenue_figure(book, nothing, today, 0.9, "EUR")
    assert not any("naive" in str(line.get_label()) for line in figure.axes[0].lines)
