"""What is integrated out of sizes and first revenue, against matrices and numerical integrals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm

from workbench.models.levels import centred_levels
from workbench.models.revenue.first_revenue import FirstRevenue, segment_sizes
from workbench.models.revenue.pooled_normal import (
    ROUNDING,
    PooledNormal,
    farthest,
    log_spread_prior,
    pooled_normal,
    rounded,
    to_spread,
)

LEVEL_MAP = centred_levels(np.array([0, 0, 1, 1, 1]))
MEAN = (-1.9, 0.75)
SPREADS = [(0.8, 0.3), (1e-6, 0.3), (0.8, 0.0), (0.02, 1e-5), (3.0, 2.0)]


def values(count: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    levels = np.column_stack([rng.integers(0, 2, count), rng.choice([2, 3, 4, 5], count)])
    return rng.normal(-1.0, 0.7, count), levels


def reduced(count: int) -> tuple[PooledNormal, np.ndarray, np.ndarray]:
    value, levels = values(count)
    design = LEVEL_MAP[:, levels].sum(axis=2).T if count else np.zeros((0, 5))
    return pooled_normal(value, levels, LEVEL_MAP, MEAN, (1.0, 0.3), along(count)), value, design


def along(count: int) -> tuple[np.ndarray, float]:
    return np.random.default_rng(8).normal(size=count), 0.5


@pytest.mark.parametrize("count", [1, 2, 7, 60])
def test_the_likelihood_of_spreads_is_that_of_the_whole_matrix(count) -> None:
    part, value, design = reduced(count)
    expected = [
        multivariate_normal(
            np.full(count, MEAN[0]),
            MEAN[1] ** 2
            + np.outer(along(count)[0], along(count)[0]) * 0.5**2
            + group_sd**2 * design @ design.T
            + rounded(sd) ** 2 * np.eye(count),
        ).logpdf(value)
        for sd, group_sd in SPREADS
    ]
    found = part.log_marginal(*np.array(SPREADS).T)
    # A constant is left out; so is the prior sd of the mean, which is one.
    assert found - found[0] == pytest.approx(np.array(expected) - expected[0], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("count", [0, 1, 7, 60])
def test_mean_and_latents_given_the_spreads_are_those_of_the_whole_regression(count) -> None:
    part, value, design = reduced(count)
    sd, group_sd = np.array([0.4]), np.array([0.25])
    full = np.column_stack([np.ones(count), along(count)[0], group_sd * design])
    prior = np.diag([MEAN[1] ** -2, 0.5**-2, *np.ones(5)])
    precision = full.T @ full / rounded(sd) ** 2 + prior
    pull = full.T @ value / rounded(sd) ** 2 + np.array([MEAN[0] / MEAN[1] ** 2, *np.zeros(6)])
    middle, among = np.linalg.solve(precision, pull), np.linalg.inv(precision)
    fixed, wide = part.fixed_given(sd, group_sd)
    assert fixed[0] == pytest.approx(middle[:2])
    assert wide[0] @ wide[0].T == pytest.approx(among[:2, :2])
    at = fixed + np.array([0.3, -0.2])
    latent, apart = part.latents_given(at, sd, group_sd)
    by_fixed = among[2:, :2] @ np.linalg.inv(among[:2, :2])
    assert part.axes @ latent[0] == pytest.approx(middle[2:] + by_fixed @ (at[0] - middle[:2]))
    left = among[2:, 2:] - by_fixed @ among[:2, 2:]
    assert part.axes @ np.diag(apart[0] ** 2) @ part.axes.T == pytest.approx(left)


def test_values_that_are_all_alike_leave_a_posterior_next_to_zero() -> None:
    """Without rounding the likelihood would grow for ever as the spread falls."""
    part = pooled_normal(
        np.full(40, 0.2), np.zeros((40, 0), int), np.zeros((0, 0)), MEAN, (1.0, 1.0)
    )
    position = np.linspace(0, farthest(1.0), 4001)
    log_density = part.log_marginal(to_spread(position), np.zeros(1)) + log_spread_prior(
        position, 1.0
    )
    share = np.exp(log_density - logsumexp(log_density)).cumsum()
    assert to_spread(position[np.searchsorted(share, 0.95)]) < ROUNDING
    assert np.isfinite(log_density).all()


@pytest.mark.parametrize("counts", [(5, 3), (1, 0), (40, 2)])
def test_first_revenue_is_integrated_as_numbers_are(counts) -> None:
    rng = np.random.default_rng(2)
    seen = [rng.normal(9.0 + s, 0.5, n) for s, n in enumerate(counts)]
    whole = FirstRevenue(tuple(segment_sizes(v, 1.0) for v in seen), (9.0, 1.0), 1.0)
    at = np.array([[np.arcsinh(b / ROUNDING), w] for b, w in ((0.5, 9.1), (1e-3, 9.4), (1.2, 7.0))])

    def by_hand(position: float, common: float) -> float:
        between = float(to_spread(np.array(position)))
        total = -0.5 * (between**2 + (common - 9.0) ** 2) + np.log(np.cosh(position))
        for value in seen:
            among = np.full((len(value), len(value)), between**2)

            def density(u: float, value=value, among=among) -> float:
                sd = float(to_spread(np.array(u)))
                noise = (sd**2 + ROUNDING**2) * np.eye(len(value))
                chance = multivariate_normal(np.full(len(value), common), among + noise)
                return chance.pdf(value) * np.cosh(u) * norm.pdf(sd)

            if len(value):  # smaller spreads weigh next to nothing here
                total += np.log(quad(density, 4.0, farthest(1.0), limit=400, points=[8, 9, 9.5])[0])
        return total

    found, expected = whole.log_posterior(at), np.array([by_hand(*point) for point in at])
    assert found - found[0] == pytest.approx(expected - expected[0], abs=1e-2)
