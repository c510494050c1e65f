"""Fader & Hardie's published numbers, by maximum likelihood."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.core.cohort_names import BDW, SBG
from workbench.data.retention.cohort_table import load_retention
from workbench.forecast.cohort import CohortDraws, conditional_survival, log_survival
from workbench.inference.fit_cohort import Likeliest, most_likely

# Customers of 1,000 surviving in years 0 to 12 (Fader & Hardie 2007).
REGULAR = np.array([1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173], float)
HIGH_END = np.array([1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394], float)


def curve(fit: Likeliest) -> CohortDraws:
    return CohortDraws(*np.array([fit.alpha, fit.beta, fit.shape])[:, None, None])


@pytest.mark.parametrize(
    ("alive", "alpha", "beta", "log_likelihood"),
    [(REGULAR, 0.704, 1.182, -1680.27), (HIGH_END, 0.668, 3.806, -1611.16)],
    ids=["regular", "high end"],
)
def test_sbg_on_years_0_to_7(alive, alpha, beta, log_likelihood):
    fit = most_likely(alive[:8], SBG)
    assert (round(fit.alpha, 3), round(fit.beta, 3), fit.shape) == (alpha, beta, 1.0)
    assert round(fit.log_likelihood, 2) == log_likelihood


def test_bdw_on_years_0_to_4():
    fit = most_likely(HIGH_END[:5], BDW)
    assert fit.alpha == pytest.approx(0.2593, abs=1e-4)
    assert fit.beta == pytest.approx(1.7225, abs=4e-4)
    assert fit.shape == pytest.approx(1.5844, abs=2e-4)
    assert round(fit.log_likelihood, 2) == -1222.75


@pytest.mark.parametrize(("distribution", "error"), [(BDW, -1.3), (SBG, -22.1)])
def test_year_12_from_years_0_to_4(distribution, error):
    fit = most_likely(HIGH_END[:5], distribution)
    survival = float(np.exp(log_survival(curve(fit), np.array([12])))[0, 0, 0])
    assert round(100 * (survival / 0.394 - 1), 1) == error


def test_cohorts_by_calendar_year_share_the_published_curve():
    """Fader & Hardie's five cohorts, each a year younger than the one before, and one alike."""
    kept = np.array([10000, 8000, 6480, 5307, 4391], float)
    triangle = np.array([np.append(kept[: 5 - age], np.full(age, np.nan)) for age in range(5)])
    fit = most_likely(triangle, SBG)
    assert (round(fit.alpha, 2), round(fit.beta, 2)) == (3.80, 15.19)
    assert most_likely(triangle[:1], SBG) == most_likely(kept, SBG)
    assert round(most_likely(kept, SBG).alpha, 2) == 3.79


def test_customers_all_alike_end_at_an_edge():
    fit = most_likely(np.array([1000.0, 900, 810, 729]), SBG)
    assert fit.alpha / (fit.alpha + fit.beta) == pytest.approx(0.1, abs=1e-3)
    assert fit.alpha + fit.beta > 1000


def test_conditional_is_not_unconditional_survival():
    draws = curve(most_likely(HIGH_END[:8], SBG))
    eighth = conditional_survival(draws, np.array([7]), 1)[0, 0, 0]
    unconditional = np.exp(log_survival(draws, np.array([8])))[0, 0, 0]
    assert (round(eighth, 3), round(unconditional, 3)) == (0.942, 0.460)


def test_typed_numbers_are_those_of_the_public_file(public_data):
    retention = load_retention(public_data("fader_hardie_2007.csv"), cohort_size=1000)
    assert retention.alive["cohort"].values.tolist() == ["regular", "high_end"]
    np.testing.assert_array_equal(retention.alive.values, [REGULAR, HIGH_END])
    assert (retention.period_word, retention.assumed_size) == ("year", 1000)
