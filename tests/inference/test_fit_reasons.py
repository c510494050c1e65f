"""The model of reasons: structure, recovery, calibration, and controls that must fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from ranks import Effort, uniformity
from reason_ranks import (
    REASONS,
    ReasonBench,
    draw_reasons_truth,
    give_reasons,
    lay_out_endings,
    prepare_reasons,
    quantities,
    rank_reasons,
    refit_reasons,
    resized,
)
from scipy.special import softmax

from workbench.core import reason_names as names
from workbench.data.load import book_from_frames
from workbench.data.simulate import simulate
from workbench.data.simulator.true_process import TrueProcess
from workbench.features.hazard_data import DataSpecification, hazard_data
from workbench.features.reason_data import ReasonData, reason_data
from workbench.forecast.reasons.check import predictive_prob, reasons_check, replicate_reasons
from workbench.forecast.reasons.exits import read_reason_draws
from workbench.inference.fit_reasons import fit_reasons, reasons_gate
from workbench.inference.run import Sampling
from workbench.inference.store import fit_key
from workbench.models.reasons import build_reasons

HOW = Effort(draws=300, tune=200, chains=1)


@pytest.fixture(scope="module")
def bench() -> ReasonBench:
    return prepare_reasons(80, seed=1)


def test_endings_that_share_a_cell_weigh_as_if_apart() -> None:
    apart = lay_out_endings(60, seed=4)
    keys = np.column_stack([apart.kind_idx, apart.level_idx])
    cells, which = np.unique(keys, axis=0, return_inverse=True)
    count = np.zeros((len(cells), len(REASONS)), dtype="int64")
    np.add.at(count, which.ravel(), apart.count)
    joined = replace(apart, kind_idx=cells[:, 0], level_idx=cells[:, 1:], count=count)
    points = [build_reasons(data) for data in (apart, joined)]
    start = points[0].initial_point()
    moved = start | {"latent": np.random.default_rng(0).normal(size=start["latent"].shape)}
    change = [
        float(model.compile_logp()(moved)) - float(model.compile_logp()(start)) for model in points
    ]
    assert change[0] == pytest.approx(change[1])


def test_effects_sum_to_zero_over_reasons_and_over_levels(bench) -> None:
    truth = draw_reasons_truth(bench, np.random.default_rng(0))
    assert np.abs(truth[names.BASE].sum(names.REASON)).max() < 1e-12
    assert np.abs(truth[names.EFFECT].sum(names.REASON)).max() < 1e-12
    exits = [level for level in bench.data.levels if level.startswith(names.EXIT)]
    assert np.abs(truth[names.EFFECT].sel({names.LEVEL: exits}).sum(names.LEVEL)).max() < 1e-12


def test_the_prior_s_shares_are_even_and_wide(bench) -> None:
    with build_reasons(bench.data):
        drawn = pm.draw(pm.modelcontext(None)["reasons given"], draws=500, random_seed=1)
    share = drawn.mean(axis=(0, 1))
    np.testing.assert_allclose(share, 0.25, atol=0.03)
    assert (drawn.mean(axis=1) > 0.6).any() and (drawn.mean(axis=1) < 0.02).any()


@pytest.mark.parametrize("seed", [1, 2])
def test_intervals_hold_the_truth_about_nine_times_in_ten(bench, seed) -> None:
    rng = np.random.default_rng(seed)
    large = resized(bench, 1500, seed)
    truth = draw_reasons_truth(large, rng)
    given = give_reasons(large.data, truth, rng)
    found = quantities(refit_reasons(bench, given, HOW, seed), given)
    known = quantities(truth, given)
    ends = {name: np.quantile(values, [0.05, 0.95]) for name, values in found.items()}
    inside = [low <= known[name][0] <= high for name, (low, high) in ends.items()]
    assert len(inside) > 20 and np.mean(inside) >= 0.75


def planted(data: ReasonData, rng: np.random.Generator) -> ReasonData:
    """Whoever leaves early leaves for service mostly; all others are alike."""
    share = np.tile([0.4, 0.3, 0.1, 0.2], (len(data.level_idx), 1))
    share[data.level_idx[:, 0] == names.SORTS.index(names.EARLY)] = [0.15, 0.15, 0.5, 0.2]
    return replace(data, count=rng.multinomial(1, share))


def clear(bench: ReasonBench, given: ReasonData) -> set[str]:
    """Return the effects whose 99 % interval excludes zero."""
    posterior = refit_reasons(bench, given, HOW, 1)
    found = {n: v for n, v in quantities(posterior, given).items() if n.startswith(("exit", "seg"))}
    ends = {name: np.quantile(values, [0.005, 0.995]) for name, values in found.items()}
    return {name for name, (low, high) in ends.items() if low > 0 or high < 0}


def test_an_effect_of_the_exit_is_found_and_shuffled_reasons_have_none(bench) -> None:
    rng = np.random.default_rng(7)
    given = planted(resized(bench, 400, 3).data, rng)
    assert "exit: early, service" in clear(bench, given)
    assert not any("segment" in name for name in clear(bench, given))
    assert not clear(bench, replace(given, count=rng.permutation(given.count)))


def test_ranks_of_the_truth_are_uniform(bench) -> None:
    ranks = pd.DataFrame([rank_reasons(bench, HOW, seed) for seed in range(20)])
    found = uniformity(ranks, bins=4)
    assert found["ks"].min() > 0.05 / len(found) / 5, found
    assert found["mean_rank"].between(0.22, 0.78).all(), found


def test_shuffled_reasons_are_found_out_by_their_ranks(bench) -> None:
    def rename(given: ReasonData, rng: np.random.Generator) -> ReasonData:
        return replace(given, count=np.roll(given.count, 1, axis=1))

    ranks = pd.DataFrame([rank_reasons(bench, HOW, seed, rename) for seed in range(10)])
    found = uniformity(ranks, bins=4)
    assert found["ks"].min() < 0.05 / len(found) / 5, found


def test_the_simulator_s_law_is_recovered(tmp_path) -> None:
    weights = {"price": 1.0, "product": 0.4, "service": -0.3, "competitor": 0.2,
               "budget": -0.2, "acquired": -0.6, "sponsor_left": -0.5}  # fmt: skip
    distribution = replace(
        TrueProcess(), reasons={name: {"base": weight} for name, weight in weights.items()}
    )
    company = simulate(accounts=500, months=36, seed=11, process=distribution, texts=False)
    tables = {name: company.tables[name] for name in ("accounts", "contracts")}
    book = book_from_frames(tables)
    data = hazard_data(book, DataSpecification(horizon_months=3, groups=("segment",)))
    given = reason_data(data, min_endings=1)
    how = Sampling(draws=300, tune=300, chains=2, seed=1)
    fit = fit_reasons(given, how, tmp_path)
    assert fit_reasons(given, how, tmp_path).reused
    share = softmax(fit.posterior[names.BASE].stack(sample=("chain", "draw")).values, axis=0)
    low, high = np.quantile(share, [0.01, 0.99], axis=1)
    true = softmax([weights[name] for name in given.reasons])
    assert ((low < true) & (true < high)).all()
    draws = read_reason_draws(fit.posterior, 300)
    drawn = replicate_reasons(draws, given, seed=1)
    assert reasons_gate(predictive_prob(draws, given, drawn), 0.01).passed
    check = reasons_check(draws, given, drawn, 0.9)
    assert check["observed"].sum() == given.count.sum() and check["inside"].mean() > 0.8


def test_a_dependence_on_the_term_s_length_fails_the_check(bench) -> None:
    """Reasons that turn with the term, which the model does not know."""
    data = resized(bench, 400, 5).data
    share = np.full((400, len(REASONS)), 0.1)
    share[np.arange(400), data.kind_idx % len(REASONS)] = 0.7
    given = replace(data, count=np.random.default_rng(1).multinomial(1, share))
    draws = read_reason_draws(refit_reasons(bench, given, HOW, 1), 300)
    prob = predictive_prob(draws, given, replicate_reasons(draws, given, seed=1))
    assert not reasons_gate(prob, 0.01).passed


def test_a_changed_reason_makes_a_stored_fit_stale(bench) -> None:
    count = bench.data.count.copy()
    count[0] = count[0][::-1]
    keys = {
        fit_key([data], "workbench.inference.fit_reasons")
        for data in (bench.data, replace(bench.data, count=count))
    }
    assert len(keys) == 2
