"""How far trials are trusted beside a coin: coverage under the supposed bias, and limits."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.impact.trust import trust

DOUBT = 0.25


def drawn(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return true effects and both estimates, the trials with a bias of the prior's spread."""
    true = rng.normal(-0.2, 0.2, count)
    bias = rng.normal(0, 1, count) * np.abs(rng.normal(0, DOUBT, count))
    return true, true + rng.normal(0, 0.3, count), true + bias + rng.normal(0, 0.15, count)


def test_intervals_hold_what_they_say_and_the_trials_alone_do_not() -> None:
    true, coin, trials = drawn(600, np.random.default_rng(1))
    found = [trust((a, 0.3), (b, 0.15), DOUBT, 0.9) for a, b in zip(coin, trials, strict=True)]
    inside = np.array([one.low <= t <= one.high for one, t in zip(found, true, strict=True)])
    assert inside.mean() == pytest.approx(0.9, abs=0.035)  # three standard errors
    alone = np.abs(trials - true) < 1.645 * 0.15
    assert alone.mean() < 0.75  # negative control: who trusts them blindly
    error = np.array([one.log_ratio for one in found]) - true
    assert (error**2).mean() < 0.8 * min(((coin - true) ** 2).mean(), 0.3**2)
    assert np.mean([one.high - one.low for one in found]) < 0.9 * 2 * 1.645 * 0.3


def test_what_lies_far_apart_is_the_coin_s_and_what_cannot_be_biased_is_pooled() -> None:
    far = trust((-0.3, 0.2), (3.0, 0.1), DOUBT, 0.9)
    assert far.share < 0.1 and far.high < 0.4
    sure = trust((-0.3, 0.2), (-0.1, 0.1), 1e-9, 0.9)
    assert sure.share == pytest.approx(0.8)  # by the inverse of both variances
    assert sure.log_ratio == pytest.approx(-0.14)
    assert sure.high - sure.low == pytest.approx(2 * 1.6449 * (0.04 * 0.01 / 0.05) ** 0.5, rel=1e-3)
