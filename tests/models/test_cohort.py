"""The cohort models' graph: its likelihood, gradient, priors and names, without sampling."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from scipy.special import digamma as scipy_digamma

from workbench.core.cohort_names import BDW, DISTRIBUTIONS, SBG
from workbench.forecast.cohort import CohortDraws, log_survival
from workbench.models.cohort import build_cohorts, count_lost, name_cohorts
from workbench.models.compiled.cohort import digamma, value_and_gradient
from workbench.models.priors.cohort import CohortPriors

TABLE = np.array([[1000.0, 869, 743, 653], [400.0, 300, 300, np.nan]])


def labelled(alive: np.ndarray) -> xr.DataArray:
    coords = {"cohort": [f"c{j}" for j in range(len(alive))], "period": range(alive.shape[1])}
    return xr.DataArray(alive, dims=("cohort", "period"), coords=coords)


def quantities(draws: CohortDraws) -> np.ndarray:
    return np.stack(
        [
            np.log(draws.alpha / draws.beta)[0],
            np.log(draws.alpha + draws.beta)[0],
            np.log(draws.shape)[0],
        ]
    )


def plain_log_likelihood(draws: CohortDraws, alive: np.ndarray) -> float:
    """The definition, from the numpy curve of the forecast floor."""
    survival = np.exp(log_survival(draws, np.arange(alive.shape[1])))[0]
    total = 0.0
    for row, curve in zip(alive, survival, strict=True):
        kept = row[np.isfinite(row)]
        total += np.sum(-np.diff(kept) * np.log(-np.diff(curve[: len(kept)])))
        total += kept[-1] * np.log(curve[len(kept) - 1])
    return total


def two_cohorts(shape: float = 1.4) -> CohortDraws:
    return CohortDraws(np.array([[0.7, 2.0]]), np.array([[3.8, 9.0]]), np.array([[shape, 0.6]]))


def data_of(alive: np.ndarray):
    counts = count_lost(alive)
    return counts.lost, counts.left, counts.observed


@pytest.mark.parametrize("x", [1e-3, 0.3, 1.0, 9.99, 10.0, 1234.5])
def test_digamma_is_scipys(x):
    assert digamma(x) == pytest.approx(scipy_digamma(x), rel=1e-12)


def test_kernel_is_the_definition():
    draws = two_cohorts()
    value, _ = value_and_gradient(quantities(draws), *data_of(TABLE))
    assert value == pytest.approx(plain_log_likelihood(draws, TABLE), rel=1e-12)


def test_kernel_gradient_is_that_of_finite_differences():
    where, step = quantities(two_cohorts()), 1e-5
    _, gradient = value_and_gradient(where, *data_of(TABLE))
    for position in np.ndindex(where.shape):
        up, down = where.copy(), where.copy()
        up[position] += step
        down[position] -= step
        rise = value_and_gradient(up, *data_of(TABLE))[0]
        rise -= value_and_gradient(down, *data_of(TABLE))[0]
        assert gradient[position] == pytest.approx(rise / (2 * step), rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_graph_and_named_draws_speak_of_one_curve(distribution):
    """The graph's likelihood at a point is the numpy one at what `name_cohorts` makes of it."""
    alive = labelled(TABLE)
    model = build_cohorts(alive, distribution)
    point = model.initial_point()
    rng = np.random.default_rng(1)
    point = {name: rng.normal(size=np.shape(value)) * 0.5 for name, value in point.items()}
    [likelihood] = model.replace_rvs_by_values(model.potentials)
    graph = model.compile_fn(likelihood, inputs=model.value_vars)(point)
    dims = {"centre": ["quantity"], "log_spread": ["quantity"], "latent": ["quantity", "cohort"]}
    posterior = xr.Dataset(
        {
            name: (["chain", "draw", *dims[name]], value[None, None])
            for name, value in point.items()
        },
        {"chain": [0], "draw": [0]},
    )
    named = name_cohorts(posterior, alive, distribution)
    draws = CohortDraws(*(named[name].values[0] for name in ("alpha", "beta", "shape")))
    assert graph == pytest.approx(plain_log_likelihood(draws, TABLE), rel=1e-10)
    assert (draws.shape == 1).all() == (distribution == SBG)


def test_one_cohort_has_nothing_to_share():
    model = build_cohorts(labelled(TABLE[:1]), BDW)
    assert {variable.name for variable in model.free_RVs} == {"centre"}


def test_priors_say_what_their_docstring_says():
    """First-period leaving of 3 to 65 in a hundred, half of the cohorts around 20."""
    priors = CohortPriors()
    mean, sd = priors.first_leaving_log_odds
    low, middle, high = 1 / (1 + np.exp(-(mean + sd * np.array([-1.96, 0.0, 1.96]))))
    assert (round(low, 2), round(middle, 2), round(high, 2)) == (0.03, 0.2, 0.64)
    drawn = pm.draw(build_cohorts(labelled(TABLE), BDW, priors).free_RVs, 2000, random_seed=1)
    assert np.std(drawn[0]) == pytest.approx(1.0, abs=0.05)
