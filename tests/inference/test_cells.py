"""Draws by cells follow the density that is asked for, however narrow, bent or at the edge."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma, halfnorm, kstest, norm

from workbench.inference.cells import draw_density

DRAWS = 4000


def drawn(log_density, low, high, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return draw_density(log_density, np.array(low), np.array(high), DRAWS, rng)


@pytest.mark.parametrize(
    ("distribution", "low", "high"),
    [
        (norm(0.3217, 1e-4), -5.0, 9.0),
        (norm(0.0, 1.0), -12.0, 12.0),
        (halfnorm(scale=0.02), 0.0, 13.0),
        (gamma(0.7, loc=-1e-9), 0.0, 40.0),
    ],
)
def test_one_number(distribution, low, high) -> None:
    found = drawn(lambda at: distribution.logpdf(at[:, 0]), [low], [high])
    assert kstest(found[:, 0], distribution.cdf).pvalue > 0.01
    assert kstest(found[:, 0] + 0.1 * distribution.std(), distribution.cdf).pvalue < 1e-3


def test_a_funnel_is_followed_to_its_tip() -> None:
    """The second number's sd is the exponential of the first, over eight orders of magnitude."""

    def log_density(at: np.ndarray) -> np.ndarray:
        return norm.logpdf(at[:, 0], -8.0, 2.0) + norm.logpdf(at[:, 1], 0.4, np.exp(at[:, 0]))

    found = drawn(log_density, [-17.0, -8.0], [1.0, 8.0])
    assert kstest(found[:, 0], norm(-8.0, 2.0).cdf).pvalue > 0.01
    scaled = (found[:, 1] - 0.4) / np.exp(found[:, 0])
    assert kstest(scaled, norm.cdf).pvalue > 0.01


def test_a_narrow_ridge_aslant_keeps_its_correlation() -> None:
    among = np.array([[1.0, 0.98], [0.98, 1.0]]) * 0.05**2
    inverse = np.linalg.inv(among)

    def log_density(at: np.ndarray) -> np.ndarray:
        left = at - [0.7, -1.3]
        return -0.5 * np.einsum("na,ab,nb->n", left, inverse, left)

    found = drawn(log_density, [-6.0, -6.0], [6.0, 6.0])
    assert np.corrcoef(found.T)[0, 1] == pytest.approx(0.98, abs=0.005)
    for side, middle in enumerate((0.7, -1.3)):
        assert kstest(found[:, side], norm(middle, 0.05).cdf).pvalue > 0.01


def test_two_peaks_get_their_shares() -> None:
    def log_density(at: np.ndarray) -> np.ndarray:
        return np.logaddexp(
            np.log(0.2) + norm.logpdf(at[:, 0], -2.0, 0.03),
            np.log(0.8) + norm.logpdf(at[:, 0], 3.0, 0.5),
        )

    assert (drawn(log_density, [-9.0], [9.0]) < 0).mean() == pytest.approx(0.2, abs=0.02)


def test_draws_are_independent_and_the_seed_says_which() -> None:
    first, again = (drawn(lambda at: norm.logpdf(at[:, 0]), [-9.0], [9.0], seed=7) for _ in "12")
    assert (first == again).all()
    assert abs(np.corrcoef(first[1:, 0], first[:-1, 0])[0, 1]) < 0.05
