"""The pipeline's compiled likelihood against its formula, and its graph against its density."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.optimize import approx_fprime
from scipy.special import expit, log_softmax

from workbench.core import revenue_names as names
from workbench.features.pipeline import NO_PIPELINE, Pipeline
from workbench.models.compiled.density import Density, graph_of
from workbench.models.priors.pipeline import PipelinePriors
from workbench.models.revenue.pipeline import name_pipeline, pipeline_model

PRIORS = PipelinePriors()


def pipeline(seed: int = 1, opportunities: int = 400) -> Pipeline:
    rng = np.random.default_rng(seed)
    moves = pd.DataFrame(
        {
            "kind_idx": rng.integers(0, 2, opportunities),
            "stage_idx": rng.integers(0, 3, opportunities),
            "age_idx": rng.integers(0, 5, opportunities),
            "to_idx": rng.integers(0, 5, opportunities),
        }
    )
    counted = moves.value_counts(sort=False).rename("opportunities").reset_index()
    return Pipeline(
        stages=("first", "second", "third"),
        kinds=("new_logo", "customer"),
        moves=counted,
        open=NO_PIPELINE.open,
        decided=NO_PIPELINE.decided,
        visits=NO_PIPELINE.visits,
        lag_count=NO_PIPELINE.lag_count,
    )


def test_value_is_the_multinomial_of_the_named_effects() -> None:
    seen = pipeline()
    model = pipeline_model(seen, PRIORS)
    latent = np.random.default_rng(2).normal(size=model.latent_shape)
    value, *_ = model.likelihood.kernel(latent, np.empty(0), np.ones(()), *model.data.values())
    drawn = xr.Dataset({"latent": (("chain", "draw", "latent_dim"), latent[None, None])})
    named = {k: v.values[0, 0] for k, v in name_pipeline(drawn, seen, PRIORS).items()}
    stage, kind, age = (named[name] for name in names.PIPELINE_EFFECTS.values())
    total = 0.0
    for row in seen.moves.itertuples():
        eta = np.zeros(5)
        eta[:3] = named[names.PIPELINE_MOVE][row.stage_idx]
        eta[row.stage_idx] = 0.0
        eta[3:] = named[names.PIPELINE_BASE] + stage[row.stage_idx] + kind[row.kind_idx]
        eta[3:] += age[row.age_idx]
        total += row.opportunities * log_softmax(eta)[row.to_idx]
    assert float(value) == pytest.approx(total)
    for effect in (stage, kind, age):
        assert effect.sum(axis=0) == pytest.approx(0, abs=1e-9)


def test_gradient_is_that_of_differences() -> None:
    density = Density(pipeline_model(pipeline(), PRIORS))
    at = np.random.default_rng(3).normal(size=sum(density.sizes))
    _, gradient = density.value_and_gradient(at)
    slope = approx_fprime(at, lambda vector: density.value_and_gradient(vector)[0], 1e-6)
    assert gradient == pytest.approx(slope, abs=2e-2, rel=1e-4)


def test_the_prior_says_what_it_means_in_shares() -> None:
    low, high = expit(PRIORS.move + np.array([-1.96, 1.96]) * PRIORS.move_sd)
    docstring = PipelinePriors.__doc__ or ""
    assert f"95 % between {100 * low:.1f} and {100 * high:.0f} %" in docstring
    assert (PRIORS.close, PRIORS.close_sd) == (PRIORS.move, PRIORS.move_sd)  # "likewise"


def test_chains_run_side_by_side() -> None:
    assert pipeline_model(pipeline(), PRIORS).likelihood.kernel.targetoptions["nogil"]


def test_graph_and_density_agree() -> None:
    model = pipeline_model(pipeline(), PRIORS)
    graph, density = graph_of(model), Density(model)
    latent = np.random.default_rng(4).normal(size=model.latent_shape)
    point = {"latent": latent, "scale_log__": np.empty(0)}
    expected = graph.compile_logp()({v.name: point[v.name] for v in graph.value_vars})
    assert density.value_and_gradient(latent)[0] == pytest.approx(float(expected))
