"""Past forecasts of a small simulated book, by the approximation and from the store."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import workbench as wb
from workbench.analysis.leaving.hindsight import look_back
from workbench.analysis.leaving.past_days import quick_leaving
from workbench.analysis.prepare import PreparedData
from workbench.core.calendar import month_number
from workbench.core.errors import ParameterError
from workbench.core.settings import ForecastSettings
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.forecast.posterior.survival import Draws
from workbench.inference.run import Sampling

SETTINGS = ForecastSettings(seed=3)


@pytest.fixture(scope="module")
def case() -> tuple[PreparedData, Draws]:
    book = wb.simulate(120, months=30, seed=4)
    data = wb.prepare(book, covariates=["employees (log)"], groups=["segment"])
    return data, quick_leaving(data.hazard, Sampling(draws=150, tune=150, chains=2, seed=8))


def test_past_days_are_judged_by_what_happened_and_found_again(case, tmp_path) -> None:
    data, draws = case
    found = look_back(data, draws, SETTINGS, 2, tmp_path)
    table = found.table
    assert len(table) == 4 and table["origin"].nunique() == 2
    assert (table["low"] <= table["expected"]).all() and (table["expected"] <= table["high"]).all()
    assert (table["happened"] <= table["opening"]).all()
    customers = table[table["quantity"] == "customers"].iloc[-1]
    spans = data.hazard.subscriptions.spans
    then = spans[spans["started_on"] < customers["origin"]]
    ended = then["ended_on"].fillna("2100-01-01").astype("datetime64[ns]")
    day = ended.groupby(then["account_id"]).max()
    assert (day >= customers["origin"]).sum() == customers["opening"]
    assert "Of the last 2 forecasts" in found.text
    (kept,) = tmp_path.glob("hindsight-*.nc")
    before = kept.stat().st_ino
    again = look_back(data, draws, SETTINGS, 2, tmp_path)
    assert again.table.astype(str).equals(table.astype(str))
    assert kept.stat().st_ino == before


def test_an_approximation_that_forecasts_otherwise_than_the_fit_is_not_trusted(case) -> None:
    data, draws = case
    other = replace(draws, exit=draws.exit + 1.0)
    found = look_back(data, other, SETTINGS, 2)
    assert not found.trusted and found.table.empty and not found.gates


def test_net_retention_is_looked_back_at_beside_who_stays(case) -> None:
    data, draws = case
    fit = wb.fit_renewals(data, draws=60, smoke=True)
    vars(fit)["hindsight"] = look_back(data, draws, fit.settings, 1)  # mock draws have none
    money = wb.fit_revenue(data, draws=60, leaving=fit, smoke=True)
    table = money.hindsight.table
    assert list(table["quantity"]) == ["customers", "revenue", "net revenue retention"]
    row = table.iloc[-1]
    month = month_number(pd.Timestamp(row["origin"]))
    known = KnownContracts(data.hazard.subscriptions, data.hazard.as_of)
    before, after = known.revenue(month - 1), known.revenue(month + 2)
    held = after.reindex(before.index).sum() / before.sum()
    assert row["happened"] == pytest.approx(held) and row["opening"] == 1
    assert 0.7 < row["low"] < row["expected"] < row["high"] < 1.3
    assert "and 1 for net revenue retention held" in money.hindsight.text or not row["held"]
    with pytest.raises(ParameterError, match="leaving=fit"):
        _ = wb.fit_revenue(data, draws=60, smoke=True).hindsight
