"""Posteriors of the cohort models: truth recovered, ranks uniform, and a law that cannot bend."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from cohort_ranks import labelled, live, prepare_cohorts, rank_cohorts, refit_cohorts
from ranks import RANKS, Effort
from scipy.stats import kstest

from workbench.core.cohort_names import BDW, SBG
from workbench.core.gates import require
from workbench.forecast.cohort import (
    Ahead,
    predictive_prob,
    read_cohort_draws,
    retention_band,
)
from workbench.forecast.cohort_holdout import score_hidden
from workbench.inference.fit_cohort import fit_cohorts, predictive_gate
from workbench.inference.gates import Thresholds
from workbench.inference.run import Sampling
from workbench.models.cohort import name_cohorts

HOW = Sampling(draws=1000, tune=500, chains=2, seed=3)


@pytest.fixture(scope="module")
def bench():
    """One compilation for every table of one cohort and both laws."""
    return prepare_cohorts((300,))


def quick_posterior(bench, alive: xr.DataArray, distribution: str, seed: int) -> xr.Dataset:
    posterior = refit_cohorts(bench, alive, distribution, Effort(draws=500), seed)
    return name_cohorts(posterior, alive, distribution)


def test_pooled_cohorts_recover_their_truth():
    rng = np.random.default_rng(11)
    truths = [(0.8, 3.0, 1.3), (0.6, 2.5, 1.2), (1.0, 3.0, 1.5)]
    alive = labelled([live(rng, 4000, np.array(truth), 8) for truth in truths])
    alive[2, 6:] = np.nan
    fit = fit_cohorts(alive, BDW, HOW)
    require(fit.gates(Thresholds(max_rhat=1.02, min_ess=200)))
    for position, name in enumerate(("alpha", "beta", "shape")):
        low, high = fit.posterior[name].quantile([0.005, 0.995], ("chain", "draw")).values
        truth = np.array(truths)[:, position]
        assert ((low < truth) & (truth < high)).all(), name
    draws = read_cohort_draws(fit.posterior)
    assert predictive_prob(draws, alive, np.random.default_rng(1)) > 0.05


def test_a_law_that_cannot_bend_misses_and_its_gate_fails(bench):
    """Customers whose own chance of leaving rises with time, which no sBG can describe."""
    inside, passed = {SBG: 0, BDW: 0}, {SBG: 0, BDW: 0}
    for seed in range(10):
        rng = np.random.default_rng(seed)
        alive = labelled([live(rng, 5000, np.array([1.0, 12.0, 2.0]), 9)])
        past, observed = alive[:, :6], alive.to_series().div(5000).rename("kept").reset_index()
        for distribution in (SBG, BDW):
            draws = read_cohort_draws(quick_posterior(bench, past, distribution, seed))
            band = retention_band(draws, past, Ahead(periods=4, interval_prob=0.9, seed=seed))
            inside[distribution] += int(score_hidden(band, observed)["inside"].iloc[0] == 4)
            prob = predictive_prob(draws, past, rng)
            passed[distribution] += predictive_gate(prob, 0.01).passed
    assert inside[SBG] == passed[SBG] == 0
    assert inside[BDW] >= 6
    assert passed[BDW] >= 9


def test_a_start_alone_is_forecast_from_what_cohorts_share():
    """The published triangle by calendar year; its newest cohort has not renewed yet."""
    kept = np.array([10000.0, 8000, 6480, 5307, 4391])
    rows = [np.append(kept[: 5 - age], np.full(age, np.nan)) for age in range(5)]
    fit = fit_cohorts(labelled(rows), SBG, HOW)
    require(fit.gates(Thresholds(max_rhat=1.02, min_ess=200)))
    shared = fit.posterior[["shared_alpha", "shared_beta"]]
    low, high = (shared.quantile(at, ("chain", "draw")) for at in (0.05, 0.95))
    assert low["shared_alpha"] < 3.80 < high["shared_alpha"]
    assert low["shared_beta"] < 15.19 < high["shared_beta"]
    band = retention_band(read_cohort_draws(fit.posterior), labelled(rows), Ahead(4, 0.9, 1))
    newest = band[(band["cohort"] == "c4") & band["forecast"]]
    assert newest["kept"].to_numpy() == pytest.approx(kept[1:] / 10000, abs=0.02)
    assert (newest["low"] < kept[1:] / 10000).all() and (newest["high"] > kept[1:] / 10000).all()
    # Not a copy: a cohort of its own may differ, far more than its customers' chance explains.
    assert (newest["high"] - newest["low"]).iloc[0] > 4 * 1.64 * np.sqrt(0.8 * 0.2 / 10000)


def test_an_unchanged_fit_is_read_again(tmp_path):
    alive = labelled([np.array([1000.0, 631, 468, 382, 326])])
    how = Sampling(draws=50, tune=50, chains=2, seed=1)
    first = fit_cohorts(alive, SBG, how, tmp_path)
    again = fit_cohorts(alive, SBG, how, tmp_path)
    other = fit_cohorts(alive, BDW, how, tmp_path)
    assert (first.reused, again.reused, other.reused) == (False, True, False)
    xr.testing.assert_identical(first.posterior, again.posterior)


def assert_uniform(ranks: pd.DataFrame, level: float) -> None:
    for column in ranks.columns:
        assert kstest((ranks[column] + 0.5) / RANKS, "uniform").pvalue > level, column


def test_ranks_are_uniform_in_a_few_replications(bench):
    """`make sbc` does the same for many tables of several cohorts, under both laws."""
    effort = Effort(draws=500)
    found = pd.DataFrame([rank_cohorts(bench, BDW, effort, seed) for seed in range(20)])
    assert set(found) >= {"log-likelihood", "shape, 300 customers"}
    assert_uniform(found, 0.002)
    # The test can fail: intervals half as wide push the ranks to the ends.
    squeezed = (RANKS * (0.5 + 3 * (found / RANKS - 0.5))).clip(0, RANKS - 1)
    with pytest.raises(AssertionError):
        assert_uniform(squeezed, 0.002)
