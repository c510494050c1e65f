"""Telco and RavenStack through the forecast of revenue, with the real sampler on few draws."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from workbench.data.book import Book
from workbench.data.load import load_book
from workbench.features.hazard_data import DataSpecification, HazardData, hazard_data
from workbench.features.revenue_data import RevenueData, revenue_data
from workbench.forecast.growth.bridge import retention_table, total_bridge
from workbench.forecast.growth.forecast import forecast_book
from workbench.forecast.growth.movements import bridge, lines, movements
from workbench.forecast.growth.setup import set_up_forecast
from workbench.forecast.posterior.revenue import read_revenue_draws
from workbench.forecast.revenue.money_check import money_check
from workbench.inference.fit import fit_hazard
from workbench.inference.fit_revenue import fit_revenue
from workbench.inference.run import Sampling
from workbench.report.net_growth.past_text import reconciliation_text

SHORT = Sampling(draws=80, tune=150, seed=1)


def prepared(book: Book, **asked) -> tuple[HazardData, RevenueData, pd.DataFrame]:
    data = hazard_data(book, DataSpecification(horizon_months=12, **asked))
    moved = movements(lines(data.subscriptions, data.window.last_month))
    return data, revenue_data(data, moved), moved


@pytest.fixture
def telco(public_data, tmp_path) -> Path:
    """Every twentieth customer."""
    whole = pd.read_csv(public_data("telco.csv"), dtype=str)
    whole[::20].to_csv(tmp_path / "telco.csv", index=False)
    return tmp_path / "telco.csv"


def test_telco_loses_revenue_and_says_that_the_level_is_not_real(telco) -> None:
    data, money, moved = prepared(load_book(telco, "telco"), covariates=("contract",))
    assert data.is_snapshot and not len(money.new.months)
    fits = fit_hazard(data.design, SHORT), fit_revenue(money, SHORT)
    inputs, holdings = set_up_forecast(data, money, tuple(fit.posterior for fit in fits), 12, 1)
    ahead = forecast_book(inputs, holdings)
    parts = total_bridge(ahead, 0.9).set_index("part")["mean"]
    charges = pd.read_csv(telco).query("Churn == 'No'")["MonthlyCharges"].sum()
    assert parts["opening"] == pytest.approx(12 * charges, rel=1e-6)
    assert parts["new"] == 0 and parts["churn"] < -0.03 * parts["opening"]
    year = retention_table(ahead, 0.9).query("horizon_months == 12")
    assert year["grr"].between(0.6, 0.97).all()
    last = data.window.last_month
    text = reconciliation_text(bridge(moved, last, last), "USD", snapshot=True)
    assert "**How much leaves is not real either:**" in text


def test_ravenstacks_amendments_fit_and_its_further_products_do_not(public_data) -> None:
    """Unrelated contracts take turns: the gate stops what would forecast billions."""
    _, money, _ = prepared(load_book(public_data("ravenstack"), "ravenstack"))
    draws = read_revenue_draws(fit_revenue(money, SHORT).posterior, money, 12)
    found = money_check(draws, money, 1).set_index("changes")
    assert found.loc["further products", "factor"] > 1.8
    # Small contracts grow and large ones shrink back: sizes follow where a contract stands.
    assert found.loc["amendments", "factor"] < 1.4
    assert found.loc["amendments", "expected"] < 2 * found.loc["amendments", "seen"]
