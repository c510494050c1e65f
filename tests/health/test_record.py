"""What a sign was worth: counts by hand, a planted effect found, and none where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from health_books import panel_of_signals

from workbench.health.signs.record import rate_ratio, warned


def test_warnings_are_counted_as_by_hand() -> None:
    #            months  0  1  2  3  4  5  6  7  8  9
    warning = np.array(
        [
            [0, 0, 1, 1, 0, 0, 0, 0, 0, 0],  # leaves in month 5: warned, lead 3
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],  # leaves in month 6: missed
            [0, 1, 0, 0, 0, 0, 0, 0, 0, 0],  # stays: a false alarm
            [0, 0, 0, 0, 0, 0, 0, 1, 0, 0],  # stays so far: too early to tell
            [0, 0, 0, 0, 1, 0, 0, 0, 0, 0],  # leaves in that very month: too late
        ],
        bool,
    )
    panel = panel_of_signals({"x": np.zeros((5, 10)).tolist()}, left=[5, 6, -1, -1, 4])
    known = np.ones((5, 10), bool)
    found = warned(panel, warning, known, last_month=int(panel.months[-1]))
    assert (found.leavers, found.warned, found.recall) == (3, 1, pytest.approx(1 / 3))
    assert (found.warnings, found.false_alarms) == (2, 1)
    assert found.leads.tolist() == [3]


def test_nobody_who_left_gives_no_recall() -> None:
    panel = panel_of_signals({"x": [[0.0] * 8]})
    found = warned(panel, np.zeros((1, 8), bool), np.ones((1, 8), bool), int(panel.months[-1]))
    assert np.isnan(found.recall)
    assert np.isnan(found.lead(0.5))
    assert np.isnan(found.false_share)


def months_at_risk(ratio: float, rng: np.random.Generator, rows: int = 4000):
    stratum = rng.integers(0, 3, rows)
    # The sign shows more often where more is lost anyway: within a stratum it tells only `ratio`.
    exposed = rng.random(rows) < np.array([0.1, 0.3, 0.6])[stratum]
    rate = np.array([0.01, 0.03, 0.1])[stratum] * np.where(exposed, ratio, 1.0)
    return exposed, rng.random(rows) < rate, stratum


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_the_interval_holds_the_planted_ratio_as_often_as_it_says(ratio: float) -> None:
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(200):
        _, low, high = rate_ratio(*months_at_risk(ratio, rng), prob=0.9)
        held += low <= ratio <= high
    assert 165 <= held <= 194  # 180 expected; beyond three standard errors something is wrong


def test_a_sign_that_only_goes_with_renewals_is_not_taken_for_one_that_tells() -> None:
    exposed, event, stratum = months_at_risk(1.0, np.random.default_rng(3), 40_000)
    crude, low, _ = rate_ratio(exposed, event, np.zeros_like(stratum), 0.9)
    assert low > 1.3  # without strata it looks like a strong sign
    within, low, high = rate_ratio(exposed, event, stratum, 0.9)
    assert low < 1 < high
    assert crude > 1.4 > within


def test_too_few_endings_have_no_ratio() -> None:
    nothing = rate_ratio(np.array([True, False]), np.array([False, False]), np.zeros(2, int), 0.9)
    assert np.isnan(nothing).all()
