"""The compiled likelihood of arrivals against SciPy's, and its gradient against differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import nbinom

from workbench.models.compiled.arrival_kernels import LEAST_EXCESS, counts

SEGMENTS, MONTHS = 2, 30
RNG = np.random.default_rng(4)
DATA = (
    np.array([1.0, 2.5]),
    np.repeat([0, 1], [SEGMENTS + 2, 12]),
    np.array([1.0, 0.01, 0.5]),
    np.arange(MONTHS) - (MONTHS - 1.0),
    RNG.normal(0, 0.3, MONTHS),
    np.arange(5, 5 + MONTHS) % 12,
    RNG.poisson([[3.0], [12.0]], (SEGMENTS, MONTHS)),
)
LATENTS = SEGMENTS + 2 + 12


def plain(latent: np.ndarray, scale: np.ndarray) -> float:
    centre, _, prior_sd, since, shock, month_idx, count = DATA
    season = (latent[4:] - latent[4:].mean()) * scale[0]
    eta = (centre + prior_sd[0] * latent[:2])[:, None] + prior_sd[1] * latent[2] * since
    eta += prior_sd[2] * latent[3] * shock
    size = 1 / (scale[1:, None] + LEAST_EXCESS)
    return nbinom.logpmf(count, size, size / (size + np.exp(eta + season[month_idx]))).sum()


@pytest.mark.parametrize("excess", [0.0, 1e-3, 0.4])
def test_value_and_gradient(excess) -> None:
    at = np.concatenate([RNG.normal(size=LATENTS), [0.2, excess + 1e-4, excess + 0.1]])

    def value(flat: np.ndarray) -> float:
        return float(counts(flat[:LATENTS], flat[LATENTS:], np.ones(()), *DATA)[0])

    _, by_latent, by_scale, by_fade = counts(at[:LATENTS], at[LATENTS:], np.ones(()), *DATA)
    assert value(at) == pytest.approx(plain(at[:LATENTS], at[LATENTS:]), rel=1e-9)
    slope = approx_fprime(at, value, 1e-7)
    assert np.concatenate([by_latent, by_scale]) == pytest.approx(slope, rel=1e-3, abs=2e-3)
    assert by_fade == 0


def test_without_months_there_is_nothing_to_say() -> None:
    none = (
        *DATA[:3],
        np.zeros(0),
        np.zeros(0),
        np.zeros(0, "int64"),
        np.zeros((SEGMENTS, 0), "int64"),
    )
    value, by_latent, by_scale, _ = counts(np.ones(LATENTS), np.ones(3), np.ones(()), *none)
    assert value == 0 and not by_latent.any() and not by_scale.any()
