"""Planted curves are found again, and where none was planted none is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from books import bent_book

from workbench.core import names
from workbench.features.design import Design
from workbench.forecast.leaving.curves import curve_table, curves_text
from workbench.forecast.leaving.drivers import driver_table
from workbench.forecast.leaving.explain import drivers_at
from workbench.forecast.posterior.survival import Draws, read_draws, row_hazard
from workbench.inference.fit import Fit, fit_hazard
from workbench.inference.run import Sampling

PROB = 0.9


def fitted(bent: bool) -> tuple[Design, Fit, Draws, pd.DataFrame]:
    design = bent_book(1, bent=bent)
    how = Sampling(draws=400, tune=300, chains=2, seed=1)
    fit = fit_hazard(design, how, method="laplace")
    draws = read_draws(fit.posterior)
    return design, fit, draws, curve_table(draws, design.coding, PROB)


@pytest.fixture(scope="module")
def with_curves():
    return fitted(bent=True)


@pytest.fixture(scope="module")
def without():
    return fitted(bent=False)


def at(curve: pd.DataFrame, value: float, column: str = "hazard_ratio") -> float:
    return float(np.interp(value, curve["value"], curve[column]))


def test_a_planted_u_is_found_with_its_band(with_curves) -> None:
    table = with_curves[3]
    curve = table[table["driver"] == "attribute 0"]
    assert curve["bends"].all()
    for value in (-1.4, 1.4):  # against the middle, x squared times .5
        assert np.log(at(curve, value) / at(curve, 0.0)) == pytest.approx(0.98, abs=0.35)
        assert at(curve, value, "low") > at(curve, 0.0, "high")
    assert np.log(at(curve, 1.4, "line")) == pytest.approx(0.0, abs=0.3)


def test_a_planted_threshold_is_steep_where_it_lies_and_flat_before(with_curves) -> None:
    table = with_curves[3]
    curve = table[table["driver"] == "signal 0"]
    before = np.log(at(curve, 0.0) / at(curve, -1.4))
    across = np.log(at(curve, 1.4) / at(curve, 0.0))
    assert across > 0.5 > 0.2 > before


def test_without_curves_none_is_found(without) -> None:
    fit, table = without[1], without[3]
    assert not table["bends"].any()
    assert curves_text(table).startswith("None of the 7 numbers")
    assert float(fit.posterior[names.CURVE_SD].mean()) < 0.12
    lines = table["hazard_ratio"] / table["line"]
    assert np.abs(np.log(lines)).max() < 0.15


def test_the_drivers_stay_lines_and_leave_curves_out(with_curves) -> None:
    design, fit, *_ = with_curves
    table = driver_table(fit.posterior, PROB, design.coding)
    numbers = table.loc[table["kind"] != "group", "driver"]
    assert sorted(numbers) == [f"attribute {k}" for k in range(3)] + [
        f"signal {k}" for k in range(4)
    ]


def test_parts_of_an_explanation_sum_with_curves(with_curves) -> None:
    """Of the last month of everybody: lines, indicators and curves of a number are one driver."""
    design, _, draws, _ = with_curves
    last = design.row_end - 1
    one = Design(
        **{
            **design.__dict__,
            "signal_value": design.signal_value[last],
            "lead_months": np.full(len(last), 2),
            "cell_idx": design.cell_idx[last],
            "subscription_idx": np.arange(len(last)),
            "row_end": np.arange(len(last)) + 1,
            "entry_end": np.arange(len(last)),
        }
    )
    still = draws.take(slice(0, 20))
    still.shock[:] = 0.0  # the same for all of a level: no part of an explanation
    drivers = drivers_at(still, one)
    assert {driver.name for driver in drivers} >= {"attribute 0", "signal 0"}
    assert not any("curve" in driver.name for driver in drivers)
    eta = np.log(row_hazard(still, one))
    total = sum(driver.contribution() for driver in drivers)
    np.testing.assert_allclose(total, eta - eta.mean(axis=1, keepdims=True), atol=1e-9)
