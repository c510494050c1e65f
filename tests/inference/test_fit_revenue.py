"""A fit of the revenue model: parts, store, and books in which little happened."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from workbench.core.processes import REVENUE_PROCESSES
from workbench.data.load import book_from_frames
from workbench.data.simulate import simulate
from workbench.features.hazard_data import DataSpecification, hazard_data
from workbench.features.revenue_data import RevenueData, revenue_data
from workbench.forecast.growth.movements import lines, movements
from workbench.forecast.posterior.revenue import read_revenue_draws
from workbench.inference.fit_revenue import fit_revenue
from workbench.inference.gates import Thresholds
from workbench.inference.run import Sampling
from workbench.inference.store import fit_key

MOCK = Sampling(draws=20, tune=20, chains=2, seed=3, mock=True)


@pytest.fixture(scope="module")
def revenue() -> RevenueData:
    company = simulate(accounts=80, months=18, seed=5, texts=False)
    tables = {name: company.tables[name] for name in ("accounts", "contracts", "usage")}
    data = hazard_data(
        book_from_frames(tables), DataSpecification(as_of="2026-01-01", horizon_months=3)
    )
    return revenue_data(data, movements(lines(data.subscriptions, data.window.last_month)))


def test_draws_have_the_shapes_that_a_forecast_reads(revenue) -> None:
    draws = read_revenue_draws(fit_revenue(revenue, MOCK).posterior, revenue, months=5, most=30)
    levels = len(revenue.coding.flat_levels)
    assert len(draws) == 30
    for process in REVENUE_PROCESSES:
        effects = getattr(draws, process)
        assert effects.signal.shape == (30, len(revenue.coding.signals.columns))
        assert effects.group.shape == (30, levels + 1)
        assert not effects.group[:, -1].any()
    assert draws.size_group.shape == (4, 30, levels + 1)
    assert draws.size_mean.shape == draws.size_sd.shape == (4, 30)
    assert draws.new.rate.shape == (30, len(revenue.new.segments) + 1, 5)
    assert draws.new.returning.tolist() == [False] * len(revenue.new.segments) + [True]
    assert draws.new.term_share.sum(axis=1) == pytest.approx(1)


def test_a_book_without_arrivals_on_record_expects_none(revenue) -> None:
    new = replace(
        revenue.new,
        months=revenue.new.months[:0],
        count=revenue.new.count[:, :0],
        customers=revenue.new.customers[:0],
        returns=revenue.new.returns[:0],
    )
    bare = replace(revenue, new=new)
    draws = read_revenue_draws(fit_revenue(bare, MOCK).posterior, bare, months=5)
    assert not draws.new.rate.any()


def test_a_changed_outcome_makes_a_stored_fit_stale(revenue) -> None:
    other = revenue.renewals.copy()
    other.loc[len(other) - 1, "log_ratio"] += 1e-9
    changed = replace(revenue, renewals=other)
    module = "workbench.inference.fit_revenue"
    assert fit_key([revenue], module) != fit_key([changed], module)


def test_growth_is_damped_and_seasons_come_back(revenue) -> None:
    draws = read_revenue_draws(fit_revenue(revenue, MOCK).posterior, revenue, months=36)
    rate = np.log(draws.new.rate[:, :-1])
    year_1, year_2 = rate[:, :, 12] - rate[:, :, 0], rate[:, :, 24] - rate[:, :, 12]
    assert year_2 == pytest.approx(0.95**12 * year_1)


def test_a_book_of_one_list_price_is_fitted_and_newcomers_pay_it() -> None:
    """Forty customers at 1,200 a year, never changed: no spread, and one first revenue."""
    start = pd.date_range("2022-01-01", periods=40, freq="MS")[np.arange(40) % 36]
    accounts = [f"A{i}" for i in range(40)]
    first = pd.DataFrame({"account_id": accounts, "start_on": start})
    years = [
        first.assign(
            contract_id=first["account_id"] + f"-{year}",
            start_on=start + pd.DateOffset(years=year),
            end_on=start + pd.DateOffset(years=year + 1),
        )
        for year in range(4)
    ]
    contracts = pd.concat(years).query("start_on <= '2025-06-01'")
    contracts = contracts[~contracts["contract_id"].isin(["A3-2", "A3-3", "A7-1", "A7-2", "A7-3"])]
    contracts = contracts.assign(product="core", arr=1200, currency="EUR")
    for column in ("start_on", "end_on"):
        contracts[column] = contracts[column].dt.strftime("%Y-%m-%d")
    segments = np.where(np.arange(40) % 2, "small", "large")
    tables = {
        "accounts": pd.DataFrame({"account_id": accounts, "segment": segments}),
        "contracts": contracts,
    }
    asked = DataSpecification(as_of="2025-07-01", horizon_months=12, groups=("segment",))
    data = hazard_data(book_from_frames(tables), asked)
    book = revenue_data(data, movements(lines(data.subscriptions, data.window.last_month)))
    fit = fit_revenue(book, Sampling(draws=400, tune=300, seed=2))
    gates = {gate.name: gate for gate in fit.gates(Thresholds(max_rhat=1.05, min_ess=100))}
    assert all(gate.passed for gate in gates.values()), gates
    draws = read_revenue_draws(fit.posterior, book, months=12)
    first_year = np.exp(draws.new.size_mean[:, :2])
    assert first_year == pytest.approx(1200, abs=1)
    assert np.quantile(draws.new.size_sd[:, :2], 0.95) < 1e-3
