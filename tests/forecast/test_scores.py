"""Scores against closed forms and independent libraries; each can tell a wrong forecast."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest, norm
from scoringrules import crps_ensemble
from sklearn.metrics import brier_score_loss, roc_auc_score
from sksurv.metrics import concordance_index_censored

from workbench.forecast.backtest import scores


def grid(points: int = 4000) -> np.ndarray:
    """Return equally likely values of a standard normal."""
    return norm.ppf((np.arange(points) + 0.5) / points)


def test_crps_of_a_normal_is_the_closed_form() -> None:
    outcome = np.array([-2.0, 0.0, 0.7])
    draws = np.repeat(grid()[:, None], 3, axis=1)
    closed = outcome * (2 * norm.cdf(outcome) - 1) + 2 * norm.pdf(outcome) - 1 / np.sqrt(np.pi)
    np.testing.assert_allclose(scores.crps(draws, outcome), closed, atol=2e-3)


def test_crps_of_a_single_value_is_the_absolute_error() -> None:
    np.testing.assert_allclose(scores.crps(np.array([[3.0, 1.0]]), np.array([1.0, 4.0])), [2, 3])


@pytest.mark.parametrize("offset", [0.0, 1e9])
def test_crps_agrees_with_scoringrules_ties_and_large_amounts_included(offset) -> None:
    rng = np.random.default_rng(7)
    draws = np.vstack([rng.gamma(2.0, 300.0, (150, 40)), np.zeros((51, 40))]).round() + offset
    outcome = rng.choice([0.0, 100.0, 5000.0], 40) + offset
    theirs = crps_ensemble(outcome - offset, draws - offset, m_axis=0)
    np.testing.assert_allclose(scores.crps(draws, outcome), theirs, rtol=1e-9)
    assert np.abs(scores.crps(draws + 500.0, outcome) - theirs).min() > 1.0


def test_two_hundred_points_stand_for_all_draws() -> None:
    draws = np.random.default_rng(1).gamma(2.0, 3.0, (4000, 1))
    points = np.quantile(draws, (np.arange(200) + 0.5) / 200, axis=0)
    outcome = np.array([9.0])
    assert scores.crps(points, outcome) == pytest.approx(scores.crps(draws, outcome), rel=5e-3)


def test_coverage_is_that_of_the_interval_and_misses_are_seen() -> None:
    rng = np.random.default_rng(2)
    draws, truth = rng.normal(size=(500, 2000)), rng.normal(size=2000)
    assert scores.covered(draws, truth, 0.8).mean() == pytest.approx(0.8, abs=0.03)
    assert scores.covered(draws / 2, truth, 0.8).mean() < 0.6


def test_pit_of_counts_is_uniform_only_for_the_right_forecast() -> None:
    rng = np.random.default_rng(3)
    draws, truth = rng.poisson(1.5, (99, 3000)), rng.poisson(1.5, 3000)
    assert kstest(scores.pit(draws, truth, rng), "uniform").pvalue > 0.01
    assert kstest(scores.pit(draws + 1, truth, rng), "uniform").pvalue < 1e-6


def test_brier_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(4)
    chance = rng.random(300)
    outcome = rng.random(300) < chance
    assert scores.brier(chance, outcome) == pytest.approx(brier_score_loss(outcome, chance))


def test_concordance_agrees_with_scikit_survival_and_with_the_area_under_the_curve() -> None:
    rng = np.random.default_rng(5)
    risk = rng.integers(0, 20, 400).astype(float)  # with ties
    months = np.minimum(rng.geometric(0.02 + risk / 200), 12)
    event = months < rng.integers(4, 14, 400)
    theirs = concordance_index_censored(event, months, risk, tied_tol=0)[0]
    assert scores.concordance(months, event, risk) == pytest.approx(theirs)
    once = np.where(event, 1, 2)
    area = roc_auc_score(event, risk)
    assert scores.concordance(once, event, risk) == pytest.approx(area)
    assert np.isnan(scores.concordance(months, np.zeros(400, bool), risk))


def test_calibration_lies_inside_for_the_right_forecast_only() -> None:
    rng = np.random.default_rng(6)
    chance = rng.uniform(0.3, 0.95, 2000)
    outcome = rng.random(2000) < chance
    exits = rng.random((400, 2000)) < chance
    right = scores.calibration(chance, outcome, exits, 10, 0.99)
    assert right["inside"].all() and right["cases"].sum() == 2000
    bold = np.sqrt(chance)
    wrong = scores.calibration(bold, outcome, rng.random((400, 2000)) < bold, 10, 0.99)
    assert wrong["inside"].sum() <= 3


def test_a_better_forecast_gains_and_an_equal_one_does_not() -> None:
    rng = np.random.default_rng(7)
    chance = rng.uniform(0.3, 0.95, 1000)
    outcome = rng.random(1000) < chance
    unit = np.repeat(np.arange(250), 4)
    gain, low, high = scores.brier_gain(chance, np.full(1000, 0.7), outcome, unit, 0.95)
    assert 0 < low < gain < high
    assert scores.brier_gain(chance, chance, outcome, unit, 0.95) == (0.0, 0.0, 0.0)


def test_copies_of_a_case_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(8)
    chance, other = rng.uniform(0.3, 0.95, (2, 200))
    outcome = rng.random(200) < chance
    once = scores.brier_gain(chance, other, outcome, np.arange(200), 0.9)
    copied = (np.repeat(values, 9) for values in (chance, other, outcome, np.arange(200)))
    assert scores.brier_gain(*copied, 0.9) == pytest.approx(once)
