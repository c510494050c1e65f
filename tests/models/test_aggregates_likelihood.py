"""The kernel of aggregates: the definition, its gradients, and the graph around it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from workbench.core import aggregate_names as names
from workbench.data.aggregates.simulated import simulate_aggregates
from workbench.forecast.aggregates import AggregateDraws, Stock, survival
from workbench.models.aggregates import build_aggregates
from workbench.models.compiled import aggregates as kernel

GIVEN = simulate_aggregates(500, 8, 2)
ADDED = GIVEN.table["added"].to_numpy()
RETENTION, NOISE = np.array([-1.4, -0.6]), np.array([0.05, 0.04])
BEFORE = np.linspace(0.1, -0.5, 12)
MULTIPLIER = np.vstack([np.full(8, 6.2), np.linspace(-0.1, 0.1, 8)])
FLOWS = GIVEN.table[["added", "lost"]].to_numpy().T.copy()
CONSTANTS = np.array([GIVEN.opening, 4, 3.0, 1 / 12])
DATA = (FLOWS, GIVEN.there_before, CONSTANTS)


def expected():
    kept, _ = kernel.kept_shares(RETENTION, 21, 4)
    alive, _ = kernel.expected_alive(kept, BEFORE, ADDED, GIVEN.opening)
    return kernel.expected_lost(kept, alive, ADDED, GIVEN.there_before)


def test_shares_kept_are_means_over_a_period_of_arrivals():
    kept, _ = kernel.kept_shares(RETENTION, 3, 4)
    for k in range(3):
        mean, _ = quad(
            lambda age: survival(RETENTION[None], np.array(age))[0] * 4, k / 4, k / 4 + 0.25
        )
        assert kept[k] == pytest.approx(mean, rel=2e-4)
    # Negative control: all come in the middle of it, as a first version had it.
    middle = survival(RETENTION[None], np.array(0.125))[0]
    assert 1 - middle > 1.05 * (1 - kept[0])


def test_the_kernel_and_the_forecast_have_one_curve():
    none = np.zeros((1, 2))
    draws = AggregateDraws(RETENTION[None], BEFORE[None], none, none, none, none, none)
    stock = Stock(draws, GIVEN, 8)
    plain = [
        stock.expected_lost(FLOWS[:1, : at + 1], GIVEN.there_before[at : at + 1])[0]
        for at in range(8)
    ]
    np.testing.assert_allclose(expected(), plain, rtol=1e-10)


def test_the_value_is_the_definition():
    value, *_ = kernel.value_and_gradients(RETENTION, BEFORE, MULTIPLIER, NOISE, *DATA)
    mean = np.exp(MULTIPLIER) * np.stack([np.ones(8), expected()])
    sd = np.sqrt(mean / 3 + (NOISE[:, None] * mean) ** 2 + 1 / 12)
    assert value == pytest.approx(norm.logpdf(FLOWS, mean, sd).sum(), rel=1e-12)


@pytest.mark.parametrize("which", [0, 1, 2, 3])
def test_gradients_are_those_of_finite_differences(which):
    parts = (RETENTION, BEFORE, MULTIPLIER, NOISE)
    gradient = kernel.value_and_gradients(*parts, *DATA)[which + 1]
    for position in np.ndindex(parts[which].shape):
        ends = []
        for step in (1e-5, -1e-5):
            moved = [part.copy() for part in parts]
            moved[which][position] += step
            ends.append(kernel.value_and_gradients(*moved, *DATA)[0])
        assert gradient[position] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-5, abs=1e-4)


def test_a_company_without_customers_before_has_a_likelihood():
    there = np.concatenate([[0.0], GIVEN.there_before[1:]])
    constants = np.array([0.0, 4, 1, 1 / 12])
    value, *gradients = kernel.value_and_gradients(
        RETENTION, BEFORE, MULTIPLIER, NOISE, FLOWS, there, constants
    )
    assert np.isfinite(value) and all(np.isfinite(part).all() for part in gradients)


def test_the_graph_has_seasons_only_where_they_can_be_told():
    free = {variable.name for variable in build_aggregates(GIVEN, names.WEIBULL).free_RVs}
    assert {names.LOG_SHAPE, names.SEASON, names.GROWTH_REVENUE, names.LEVEL_STEPS} <= free
    short = simulate_aggregates(500, 7, 2)
    graph = build_aggregates(short, names.EXPONENTIAL)
    assert not {names.SEASON, names.LOG_SHAPE} & {variable.name for variable in graph.free_RVs}
