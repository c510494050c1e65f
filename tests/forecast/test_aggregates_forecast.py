"""Paths of aggregates from hand-made draws: they balance, chance and ages do what they should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from workbench.core.aggregates import Aggregates, hide_rows
from workbench.data.aggregates.simulated import simulate_aggregates
from workbench.forecast.aggregates import AggregateDraws, Stock, simulate_ahead
from workbench.forecast.aggregates_tables import (
    choose_distribution,
    forecast_table,
    retention_table,
    score_hidden_rows,
    totals,
)

GIVEN = simulate_aggregates(500, 12, 3)


def draws(count: int = 500, hazard: float = 0.25, shape: float = 0.8) -> AggregateDraws:
    """The same draw many times over, without seasons or noise: what varies is chance."""
    none = np.full((count, 2), 1e-9)
    retention = np.tile([np.log(hazard), np.log(shape)], (count, 1))
    level, season = np.tile([np.log(500.0), 0.0], (count, 1)), np.zeros((count, 2, 4))
    revenue = np.tile([0.01, 1e-9], (count, 1))
    return AggregateDraws(retention, np.zeros((count, 40)), level, none, none, season, revenue)


def test_at_a_constant_hazard_ages_do_not_matter():
    stock = Stock(draws(1, hazard=0.4, shape=1.0), GIVEN, 12)
    found = stock.expected_lost(np.full((1, 5), 300.0), np.array([1000.0]))
    young = 1 + np.expm1(-0.1) / 0.1
    assert found[0] == pytest.approx(1000 * -np.expm1(-0.1) + 300 * young, rel=1e-4)


def test_a_falling_hazard_makes_the_young_leave():
    """The same number there, lately come or long ago."""
    stock = Stock(draws(1, shape=0.5), replace(GIVEN, opening=100.0), 12)
    lately, steady = np.full((1, 9), 10.0), np.full((1, 9), 10.0)
    lately[0, 7] = 500.0
    there = np.array([400.0])
    assert stock.expected_lost(lately, there)[0] > 1.3 * stock.expected_lost(steady, there)[0]


def test_paths_balance_and_revenue_is_that_of_those_there():
    paths = simulate_ahead(draws(), GIVEN, 6, np.random.default_rng(1))
    start = np.full(500, GIVEN.table["closing"].iloc[-1])
    before = np.column_stack([start, paths["closing"][:, :-1]])
    np.testing.assert_allclose(paths["closing"], before + paths["added"] - paths["lost"])
    each = GIVEN.table["revenue_per_customer"].iloc[-1] * np.exp(0.01 * np.arange(1, 7))
    expected = each * (before + paths["closing"]).mean(axis=0) / 2
    np.testing.assert_allclose(paths["revenue"].mean(axis=0), expected, rtol=1e-6)
    assert (paths["lost"] >= 0).all()
    spread = paths["added"].std() / np.sqrt(500)
    assert spread == pytest.approx(1, abs=0.05)
    rng = np.random.default_rng(1)
    quiet = simulate_ahead(draws(), replace(GIVEN, customers_per_unit=1000), 6, rng)
    assert quiet["added"].std() < spread * np.sqrt(500) / 20


def test_revenue_per_month_counts_three_times_a_quarter_and_a_silent_row_is_bridged():
    table = GIVEN.table.copy()
    table.iloc[-1, table.columns.get_loc("revenue_per_customer")] = np.nan
    by_quarter, by_month = (
        simulate_ahead(
            draws(), replace(GIVEN, table=table, revenue_months=months), 2, np.random.default_rng(1)
        )
        for months in (0, 1)
    )
    np.testing.assert_allclose(by_month["revenue"], 3 * by_quarter["revenue"])
    each = table["revenue_per_customer"].iloc[-2] * np.exp(0.02)
    np.testing.assert_allclose(by_month["revenue_per_customer"][:, 0], each, rtol=1e-6)


def test_without_revenue_none_is_forecast():
    bare = replace(GIVEN, table=GIVEN.table.drop(columns="revenue_per_customer"))
    paths = simulate_ahead(draws(10), bare, 2, np.random.default_rng(1))
    assert set(paths) == {"added", "lost", "closing"}


def test_everybody_can_leave_but_once():
    few = replace(GIVEN, table=GIVEN.table.assign(closing=0.5))
    paths = simulate_ahead(draws(hazard=50.0), few, 4, np.random.default_rng(1))
    assert (paths["closing"] >= 0).all()


def test_tables_tell_sums_of_flows_and_the_last_of_stocks():
    paths = {"lost": np.array([[1.0, 2.0]] * 3), "closing": np.array([[9.0, 8.0]] * 3)}
    found = totals(paths, 0.9).set_index("quantity")["mean"]
    assert found.to_dict() == {"lost": 3.0, "closing": 8.0}
    band = forecast_table(paths, GIVEN, 0.9)
    assert band["period"].tolist() == ["2021Q1", "2021Q2"] * 2
    kept = retention_table(draws(hazard=0.2, shape=1.0), 0.9).set_index("years")["mean"]
    assert kept[2] == pytest.approx(np.exp(-0.4))


def test_hidden_rows_are_scored_beside_a_year_ago():
    table = pd.DataFrame(
        {"added": 10.0, "lost": [1.0, 2, 3, 4, 1, 2], "closing": 100.0},
        pd.period_range("2020Q1", periods=6, freq="Q"),
    )
    given = Aggregates(table, 100.0, "made", 10, 1)
    paths = {
        "Weibull": {"lost": np.array([[1.0, 4.0], [1.0, 4.0]])},
        "exponential": {"lost": np.array([[1.0, 2.5], [1.0, 2.5]])},
    }
    scores = score_hidden_rows(paths, hide_rows(given, 2), given, 0.9)
    row = scores.iloc[0]
    assert (row["hidden"], row["inside"], row["observed"], row["forecast"]) == (2, 1, 3, 5)
    assert (row["crps"], row["crps_year_ago"]) == (1, 0)
    assert choose_distribution(scores) == "exponential"
