"""Posteriors of the cohort models: truth recovered, ranks uniform, and a law that cannot bend."""

from __future__ import annotations

import numpy as np
import nutpie
import pytest
import xarray as xr
from scipy.stats import kstest

from workbench.core.cohort_names import BDW, SBG
from workbench.forecast.cohort import (
    Ahead,
    predictive_prob,
    read_cohort_draws,
    retention_band,
    score_hidden,
)
from workbench.inference.fit_cohort import fit_cohorts, predictive_gate
from workbench.inference.gates import Thresholds, require
from workbench.inference.run import Sampling
from workbench.models.cohort import CohortPriors, build_cohorts, count_lost, name_cohorts

HOW = Sampling(draws=1000, tune=500, chains=2, seed=3)


def simulate(
    rng: np.random.Generator, customers: int, truth: tuple[float, float, float], periods: int
) -> np.ndarray:
    """Lives of single customers: no survival function involved."""
    alpha, beta, shape = truth
    each = np.clip(rng.beta(alpha, beta, size=customers), 1e-12, 1 - 1e-12)
    lives = np.ceil((np.log(rng.random(customers)) / np.log1p(-each)) ** (1 / shape))
    return (lives[:, None] > np.arange(periods + 1)).sum(axis=0).astype(float)


def labelled(*rows: np.ndarray) -> xr.DataArray:
    coords = {"cohort": [f"c{j}" for j in range(len(rows))], "period": range(len(rows[0]))}
    return xr.DataArray(np.stack(rows), dims=("cohort", "period"), coords=coords)


@pytest.fixture(scope="module")
def compiled():
    """One compilation for every table of one cohort and both laws."""
    return nutpie.compile_pymc_model(build_cohorts(labelled(np.array([9.0, 8, 7])), BDW))


def quick_posterior(compiled, alive: xr.DataArray, law: str, seed: int) -> xr.Dataset:
    counts = count_lost(alive.values)
    data = {name: getattr(counts, name) for name in ("lost", "left", "observed")}
    tree = nutpie.sample(
        compiled.with_data(**data, acts=np.array([1.0, 1.0, float(law == BDW)])),
        draws=500, tune=400, chains=2, cores=1, seed=seed, progress_bar=False,
    )  # fmt: skip
    return name_cohorts(tree["posterior"].to_dataset(), alive, law)


def test_pooled_cohorts_recover_their_truth():
    rng = np.random.default_rng(11)
    truths = [(0.8, 3.0, 1.3), (0.6, 2.5, 1.2), (1.0, 3.0, 1.5)]
    alive = labelled(*(simulate(rng, 4000, truth, 8) for truth in truths))
    alive[2, 6:] = np.nan
    fit = fit_cohorts(alive, BDW, HOW)
    require(fit.gates(Thresholds(max_rhat=1.02, min_ess=200)))
    for place, name in enumerate(("alpha", "beta", "shape")):
        low, high = fit.posterior[name].quantile([0.005, 0.995], ("chain", "draw")).values
        truth = np.array(truths)[:, place]
        assert ((low < truth) & (truth < high)).all(), name
    draws = read_cohort_draws(fit.posterior)
    assert predictive_prob(draws, alive, np.random.default_rng(1)) > 0.05


def test_a_law_that_cannot_bend_misses_and_its_gate_fails(compiled):
    """Customers whose own chance of leaving rises with time, which no sBG can describe."""
    inside, passed = {SBG: 0, BDW: 0}, {SBG: 0, BDW: 0}
    for seed in range(10):
        rng = np.random.default_rng(seed)
        alive = labelled(simulate(rng, 5000, (1.0, 12.0, 2.0), 9))
        past, observed = alive[:, :6], alive.to_series().div(5000).rename("kept").reset_index()
        for law in (SBG, BDW):
            draws = read_cohort_draws(quick_posterior(compiled, past, law, seed))
            band = retention_band(draws, past, Ahead(periods=4, interval_prob=0.9, seed=seed))
            inside[law] += int(score_hidden(band, observed)["inside"].iloc[0] == 4)
            prob = predictive_prob(draws, past, rng)
            passed[law] += predictive_gate(prob, 0.01).passed
    assert inside[SBG] == passed[SBG] == 0
    assert inside[BDW] >= 6
    assert passed[BDW] >= 9


def test_an_unchanged_fit_is_read_again(tmp_path):
    alive = labelled(np.array([1000.0, 631, 468, 382, 326]))
    how = Sampling(draws=50, tune=50, chains=2, seed=1)
    first = fit_cohorts(alive, SBG, how, tmp_path)
    again = fit_cohorts(alive, SBG, how, tmp_path)
    other = fit_cohorts(alive, BDW, how, tmp_path)
    assert (first.reused, again.reused, other.reused) == (False, True, False)
    xr.testing.assert_identical(first.posterior, again.posterior)


def ranks(compiled, replications: int) -> np.ndarray:
    """Rank of the true alpha / (alpha + beta), alpha + beta and shape among independent draws."""
    rng = np.random.default_rng(2026)
    priors = CohortPriors()
    columns = np.array([priors.first_leaving_log_odds, priors.log_likeness, priors.log_shape])
    found = []
    for replication in range(replications):
        log_odds, likeness, shape = columns[:, 0] + columns[:, 1] * rng.normal(size=3)
        alpha = np.exp(likeness) / (1 + np.exp(-log_odds))
        truth = (alpha, np.exp(likeness) - alpha, np.exp(shape))
        alive = labelled(simulate(rng, 300, truth, 8))
        named = quick_posterior(compiled, alive, BDW, replication)
        thin = named.isel(draw=slice(None, None, 10), cohort=0)
        alphas, betas, shapes = (thin[name].values.ravel() for name in ("alpha", "beta", "shape"))
        drawn = np.stack([alphas / (alphas + betas), alphas + betas, shapes])
        true = np.array([truth[0] / (truth[0] + truth[1]), truth[0] + truth[1], truth[2]])
        below = (drawn < true[:, None]).sum(axis=1)
        found.append((below + rng.random(3)) / (drawn.shape[1] + 1))
    return np.array(found)


def assert_uniform(found: np.ndarray, level: float) -> None:
    for column in found.T:
        assert kstest(column, "uniform").pvalue > level


def test_ranks_are_uniform_in_a_few_replications(compiled):
    found = ranks(compiled, 20)
    assert_uniform(found, 0.005)
    # The test can fail: intervals half as wide push the ranks to the ends.
    squeezed = np.clip(0.5 + 3 * (found - 0.5), 0, 1)
    with pytest.raises(AssertionError):
        assert_uniform(squeezed, 0.005)


@pytest.mark.slow
def test_ranks_are_uniform_in_many_replications(compiled):
    assert_uniform(ranks(compiled, 200), 0.005)
