"""Sampling ends at whole blocks, once the gates hold with a margin; the draws stay the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import nutpie
import pymc as pm
import pytest
import xarray as xr

from workbench.inference.blocks import BLOCK, Chains
from workbench.inference.gates import MARGIN, Thresholds, enough, sampling_gates
from workbench.inference.run import Sampling, sample, sample_parts

HOW = Sampling(draws=1500, tune=200, seed=4)
LIMITS = Thresholds()


def straight(seed: int = 0) -> pm.Model:
    """Return a model whose first draws are good enough."""
    with pm.Model() as model:
        pm.Normal("level", 0.0, 1.0, shape=3)
        pm.Normal("seen", 0.0, 1.0, observed=float(seed))
    return model


@pytest.fixture(scope="module")
def fixed() -> xr.Dataset:
    return sample(straight(), HOW).posterior


def test_chains_that_rested_give_what_they_give_in_one_go() -> None:
    compiled = nutpie.compile_pymc_model(straight())
    settings = {"chains": 2, "cores": 2, "seed": 4, "progress_bar": False}
    whole = nutpie.sample(compiled, draws=1000, tune=150, **settings)["posterior"]["level"].values
    chains = Chains(compiled, 1000, 150, **settings)
    for draws in (100, 101, 700, 1000):
        posterior, stats = chains.reach(draws)
        assert stats.sizes["draw"] == draws
        np.testing.assert_array_equal(posterior["level"].values, whole[:, :draws])
    chains.stop()


def test_without_gates_exactly_the_draws_asked_for_are_kept(fixed) -> None:
    assert dict(fixed.sizes)["draw"] == HOW.draws


def test_sampling_ends_once_there_is_enough_and_keeps_the_same_draws(fixed) -> None:
    found = sample(straight(), replace(HOW, until=LIMITS)).posterior
    assert found.sizes["draw"] == 500
    xr.testing.assert_equal(found, fixed.isel(draw=slice(500)))


def test_gates_out_of_reach_end_at_the_ceiling(fixed) -> None:
    far = replace(HOW, until=Thresholds(min_ess=1e6))
    xr.testing.assert_equal(sample(straight(), far).posterior, fixed)


def test_more_is_drawn_in_whole_blocks_and_no_more_than_the_gates_need(fixed) -> None:
    ess = {
        draws: min(
            gate.value
            for gate in sampling_gates(fixed.isel(draw=slice(draws)), 0, np.ones(2), LIMITS)
            if gate.name.endswith("ESS")
        )
        for draws in (500, 500 + BLOCK)
    }
    assert ess[500] < ess[500 + BLOCK]
    between = Thresholds(max_rhat=1.1, min_ess=sum(ess.values()) / 2 / MARGIN)
    found = sample(straight(), replace(HOW, until=between))
    assert found.posterior.sizes["draw"] == 500 + BLOCK


def test_what_is_judged_is_what_the_gates_will_see() -> None:
    def stuck(drawn: xr.Dataset) -> xr.Dataset:
        return drawn.assign(slow=drawn["level"].isel(level_dim_0=0).cumsum("draw"))

    found = sample(straight(), replace(HOW, until=LIMITS), judged=stuck)
    assert found.posterior.sizes["draw"] == HOW.draws


def test_parts_of_one_posterior_have_one_length() -> None:
    seen = []

    def judged(drawn: dict[str, xr.Dataset]) -> xr.Dataset:
        seen.append({name: part.sizes["draw"] for name, part in drawn.items()})
        slow = drawn["b"]["level"] + 9.0 * (len(seen) < 3) * drawn["b"]["chain"]
        return xr.Dataset({"a": drawn["a"]["level"], "b": slow})

    models = {"a": straight(), "b": straight(1)}
    found = sample_parts(models, replace(HOW, until=LIMITS), judged)
    assert seen == [{"a": draws, "b": draws} for draws in (500, 750, 1000)]
    assert [part.posterior.sizes["draw"] for part in found.values()] == [1000, 1000]


def test_few_draws_are_a_ceiling_below_the_first_look() -> None:
    found = sample(straight(), replace(HOW, draws=60, until=LIMITS))
    assert found.posterior.sizes["draw"] == 60


def test_enough_asks_for_a_margin() -> None:
    level = np.random.default_rng(3).normal(size=(2, 230, 1))
    level[1] += 0.1
    just = xr.Dataset({"level": (("chain", "draw", "region"), level)}, {"region": ["x"]})
    lax = Thresholds(max_rhat=1.05, min_ess=1.0)
    found = sampling_gates(just, 0, np.ones(2), lax)
    ess = min(gate.value for gate in found if gate.name.endswith("ESS"))
    close, clear = replace(lax, min_ess=ess / 1.1), replace(lax, min_ess=ess / 1.3)
    assert all(gate.passed for gate in sampling_gates(just, 0, np.ones(2), close))
    assert not enough(just, close) and enough(just, clear)
    assert not enough(just, replace(clear, max_rhat=1 + (found[0].value - 1) * 1.1))


def test_a_model_without_a_density_stops_with_an_error() -> None:
    with pm.Model() as model:
        pm.Normal("level", 0.0, 1.0)
        pm.Potential("nowhere", pm.math.constant(-np.inf))
    with pytest.raises(RuntimeError):
        sample(model, replace(HOW, until=LIMITS))
