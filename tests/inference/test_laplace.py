"""The Laplace approximation agrees with NUTS, and says when it must not be trusted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from books import Shape, as_draws, design_of, lay_out, live_through

from workbench.core.errors import GateError
from workbench.core.gates import require
from workbench.core.names import EXIT_KINDS
from workbench.inference.fit import NUTS_ROWS, fit_hazard, resolve_method
from workbench.inference.gates import weights_gate
from workbench.inference.laplace import exact_likelihood, reweigh, stand_in
from workbench.inference.quadratic import Quadratic, expand
from workbench.inference.run import Sampling
from workbench.models.compiled.density import Density
from workbench.models.hazard.effects import effect_map
from workbench.models.hazard.model import hazard_model
from workbench.models.priors.hazard import HazardPriors

DRAWS = 4000


def draws_of(sd: float, seed: int) -> tuple[xr.Dataset, np.ndarray]:
    """Draws of a normal of that sd, in 5 dimensions, and their log-ratio to a standard normal."""
    x = sd * np.random.default_rng(seed).normal(size=(2, DRAWS, 5))
    log_ratio = (0.5 * np.square(x / sd) - 0.5 * np.square(x)).sum(-1)
    return xr.Dataset({"x": (("chain", "draw", "place"), x)}), log_ratio


def test_weights_make_a_wide_normal_a_standard_one() -> None:
    resampled, pareto_k, ess = reweigh(*draws_of(1.3, 1), seed=1)
    assert pareto_k < 0.7
    assert 0.3 * 2 * DRAWS < ess < 2 * DRAWS
    assert resampled["x"].std() == pytest.approx(1.0, abs=0.02)
    assert resampled.sizes["draw"] == DRAWS


def test_equal_weights_keep_every_draw() -> None:
    posterior, _ = draws_of(1.0, 2)
    resampled, _, ess = reweigh(posterior, np.random.default_rng(1).normal(0, 1e-9, (2, DRAWS)), 1)
    assert ess == pytest.approx(2 * DRAWS)
    xr.testing.assert_equal(resampled["x"].drop_vars("draw"), posterior["x"])


def test_an_approximation_that_is_too_narrow_is_refused() -> None:
    _, pareto_k, _ = reweigh(*draws_of(0.4, 3), seed=1)
    assert pareto_k > 0.7
    with pytest.raises(GateError, match="Pareto k-hat"):
        require([weights_gate(pareto_k)])


def test_no_number_is_refused() -> None:
    assert not weights_gate(float("nan")).passed


@pytest.fixture(scope="module")
def lived():
    rng = np.random.default_rng(5)
    design = design_of(lay_out(Shape(1000, months=12, levels=4), rng), curves=True)
    layout = effect_map(design, HazardPriors())
    latent = rng.normal(size=(1, len(layout.scale_idx)))
    scale = np.full((1, len(layout.scales) + 1), 0.3)
    truth = as_draws(layout, latent, scale, np.array([0.85]))
    exits = np.where([kind.startswith("early") for kind in EXIT_KINDS], -4.5, -1.7)
    exits[0] = -3.0
    signal = np.zeros((1, design.signal_value.shape[1]))
    signal[:, :3] = 0.8, -0.6, 0.3  # the third is the first number's smoothest curve
    truth = replace(truth, exit=exits[None], signal=signal)
    return live_through(design, truth, rng)


@pytest.fixture(scope="module")
def both(lived):
    # Weighted draws are worth fewer, and cost less.
    how = Sampling(draws=4000, tune=400, chains=2, seed=1)
    return [
        fit_hazard(lived, how, method="laplace"),
        fit_hazard(lived, replace(how, draws=2500, target_accept=0.8), method="nuts"),
    ]


def test_means_and_spreads_are_those_of_nuts(both) -> None:
    """Of every effect, spread and variance that the model has."""
    ours, theirs = (fit.posterior for fit in both)
    over = ("chain", "draw")
    spread = theirs.std(over)
    away, wider = abs(ours.mean(over) - theirs.mean(over)) / spread, ours.std(over) / spread
    assert set(away) >= {"exit_log_hazard", "tenure_effect", "frailty_variance", "group_sd"}
    # Of some 3,000 effective draws the greatest of a hundred errors of a spread is near 0.1.
    for name in away:
        assert float(away[name].max()) < 0.15, name
        assert float(abs(wider[name] - 1).max()) < 0.2, name


def test_the_fit_carries_its_k_hat_through_the_gates(both) -> None:
    approximated, sampled = both
    assert approximated.method == "laplace" and sampled.method == "nuts"
    assert approximated.pareto_k < 0.7
    assert sampled.pareto_k is None and sampled.weight_ess is None


def test_auto_takes_nuts_on_a_small_book(lived) -> None:
    assert len(lived.cell_idx) <= NUTS_ROWS
    assert resolve_method("auto", lived, Sampling()) == "nuts"
    assert resolve_method("laplace", lived, Sampling()) == "laplace"
    assert resolve_method("laplace", lived, Sampling(mock=True)) == "nuts"


def test_levels_stepped_at_once_bend_as_one_by_one(lived) -> None:
    """Curvature by shocks of levels, which takes as many steps as quarters, is exact."""
    priors = HazardPriors()
    layout = effect_map(lived, priors)
    point = np.append(0.2 * np.random.default_rng(1).normal(size=len(layout.scale_idx)), [0.5, 0.8])
    exact = exact_likelihood(lived, priors, frailty=True)
    free, level = np.ones(len(point), bool), np.append(layout.level_idx, [-1, -1])
    together = expand(exact, point, free, level).curvature
    one_by_one = expand(exact, point, free).curvature
    assert (level >= 0).sum() == 16  # four levels, four quarters
    np.testing.assert_allclose(together, one_by_one, atol=1e-4 * np.abs(one_by_one).max())
    # A negative control: parameters that meet in rows must not be stepped at once.
    wrong = level.copy()
    wrong[:4] = np.arange(4)
    assert not np.allclose(expand(exact, point, free, wrong).curvature, one_by_one, atol=0.01)


def test_the_quadratic_has_the_gradient_that_it_says(lived) -> None:
    """By latents, scales, fade and persistence, with shocks that last."""
    layout = effect_map(lived, HazardPriors())
    rng = np.random.default_rng(2)
    size = len(layout.scale_idx) + 2
    root = rng.normal(size=(size, size)) / size
    close = Quadratic(rng.normal(size=size), 1.0, rng.normal(size=size), root @ root.T)
    density = Density(stand_in(hazard_model(lived), close, layout))
    vector = density.middle() + 0.1 * rng.normal(size=len(density.middle()))
    gradient = density.value_and_gradient(vector)[1]
    for j in range(len(vector)):
        step = np.zeros(len(vector))
        step[j] = 1e-5
        ahead, behind = (density.value_and_gradient(vector + by)[0] for by in (step, -step))
        assert (ahead - behind) / 2e-5 == pytest.approx(gradient[j], abs=1e-5, rel=1e-5)
