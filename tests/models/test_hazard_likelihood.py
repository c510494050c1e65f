"""The compiled likelihood equals the same sum in PyTensor's operations, and the integral itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
import xarray as xr
from books import PERSISTENCE, Shape, as_draws, design_of, lay_out, live_through
from pytensor.compile.mode import Mode
from reference import graph_log_likelihood, integrated_log_likelihood
from scipy.stats import beta

from workbench.core import names
from workbench.features.design import Design
from workbench.forecast.posterior.survival import row_hazard
from workbench.models.compiled.exit_kernels import log_survival
from workbench.models.compiled.hazard import ROW_DATA as DATA
from workbench.models.compiled.hazard_kernels import by_paths
from workbench.models.compiled.hazard_kernels import by_rows as value_and_gradient
from workbench.models.hazard.effects import BLOCKS, EffectMap, effect_map
from workbench.models.hazard.graph import hazard_graph
from workbench.models.hazard.model import build_hazard, model_data, name_effects
from workbench.models.priors.hazard import HazardPriors

SHAPES = {
    "full": Shape(60),
    "without signals": Shape(60, signals=0),
    "without attributes": Shape(60, attributes=0),
    "without groups": Shape(60, levels=1),
    "bare": Shape(60, signals=0, attributes=0, levels=1),
    "one month": Shape(40, months=2),
    "curves": Shape(60, curves=True),
}


@dataclass(frozen=True)
class Case:
    """A design with parameters at which to evaluate it."""

    design: Design
    layout: EffectMap
    latent: np.ndarray
    scale: np.ndarray
    fade: float

    def inputs(self) -> list[np.ndarray]:
        source = [self.layout if hasattr(self.layout, name) else self.design for name in DATA]
        data = [getattr(at, name) for at, name in zip(source, DATA, strict=True)]
        data = [value.astype("float64") if value.dtype == bool else value for value in data]
        return [self.latent, self.scale, np.asarray(self.fade), np.asarray(PERSISTENCE), *data]


def make_case(shape: Shape, frailty: bool, seed: int) -> Case:
    rng = np.random.default_rng(seed)
    laid_out = design_of(lay_out(shape, rng), curves=shape.curves)
    layout = effect_map(laid_out, HazardPriors())
    latent = rng.normal(size=len(layout.effect_matrix))
    scale = 0.1 + 0.4 * np.abs(rng.normal(size=len(layout.scales) + frailty))
    truth = as_draws(layout, latent[None], scale[None], np.array([0.8]))
    lived = live_through(laid_out, replace(truth, exit=truth.exit + 1.5), rng)
    return Case(lived, layout, latent, scale, 0.8)


@pytest.fixture(scope="module", params=SHAPES)
def shape(request) -> Shape:
    return SHAPES[request.param]


@pytest.fixture(scope="module")
def graphs() -> dict[bool, Callable]:
    """Value and gradients of the reference, with and without frailty, as plain Python."""
    types = [np.asarray(value) for value in make_case(SHAPES["full"], True, 0).inputs()]
    inputs = [pt.TensorType(value.dtype, [None] * value.ndim)() for value in types]
    functions = {}
    for frailty in (True, False):
        value = graph_log_likelihood(*inputs, frailty=frailty)[0]
        outputs = [value, *pt.grad(value, inputs[:4], disconnected_inputs="ignore")]
        mode = Mode(linker="py", optimizer=None)
        functions[frailty] = pytensor.function(inputs, outputs, mode=mode, on_unused_input="ignore")
    return functions


@pytest.mark.parametrize("frailty", [True, False])
def test_value_and_gradient_equal_those_of_the_graph(shape, frailty, graphs) -> None:
    inputs = make_case(shape, frailty, seed=3).inputs()
    for ours, theirs in zip(value_and_gradient(*inputs), graphs[frailty](*inputs), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


def test_the_cases_hold_events_late_entries_and_unseen_levels(graphs) -> None:
    case = make_case(SHAPES["full"], True, seed=3)
    assert 5 < case.design.event.sum() < 55
    assert (case.design.entry_end > case.design.row_start).any()
    none = len(case.design.coding.flat_levels)
    unseen = np.where(np.arange(60)[:, None] % 7 == 0, none, case.design.group_idx)
    inputs = replace(case, design=replace(case.design, group_idx=unseen)).inputs()
    known = value_and_gradient(*case.inputs())[0]
    assert value_and_gradient(*inputs)[0] != pytest.approx(known)
    np.testing.assert_allclose(value_and_gradient(*inputs)[0], graphs[True](*inputs)[0])


@pytest.mark.parametrize("shape", ["full", "curves"])
@pytest.mark.parametrize("frailty", [True, False])
def test_gradient_equals_finite_differences(shape, frailty) -> None:
    case = make_case(SHAPES[shape], frailty, seed=5)
    inputs = case.inputs()
    gradients = value_and_gradient(*inputs)[1:]
    for which, gradient in enumerate(gradients):
        values = np.atleast_1d(inputs[which])
        for position in range(len(values)):
            ahead, back = (_moved(inputs, which, position, by) for by in (1e-6, -1e-6))
            slope = (value_and_gradient(*ahead)[0] - value_and_gradient(*back)[0]) / 2e-6
            assert np.atleast_1d(gradient)[position] == pytest.approx(slope, rel=1e-4, abs=1e-4)


def _moved(inputs: list, which: int, position: int, by: float) -> list:
    values = np.atleast_1d(inputs[which]).astype(float).copy()
    values[position] += by
    shaped = values.reshape(np.shape(inputs[which]))
    return [*inputs[:which], shaped, *inputs[which + 1 :]]


def test_a_gradient_that_forgets_the_late_entry_is_found_out(graphs) -> None:
    case = make_case(SHAPES["full"], True, seed=3)
    wrong = replace(case, design=replace(case.design, entry_end=case.design.row_start))
    ours, theirs = value_and_gradient(*wrong.inputs())[1], graphs[True](*case.inputs())[1]
    assert np.abs(ours - theirs).max() > 0.1


@pytest.mark.parametrize("theta", [0.05, 0.5, 2.0])
def test_the_closed_form_is_the_integral_over_the_frailty(theta) -> None:
    case = make_case(Shape(25), True, seed=7)
    case = replace(case, scale=np.append(case.scale[:-1], theta))
    draws = as_draws(case.layout, case.latent[None], case.scale[None], np.array([case.fade]))
    hazard = row_hazard(draws, case.design)[0]
    integral = integrated_log_likelihood(hazard, case.design, theta)
    assert value_and_gradient(*case.inputs())[0] == pytest.approx(integral, rel=1e-6)


@pytest.mark.parametrize("hazard", [1e-6, 0.01, 1.0, 30.0])
def test_log_survival_is_smooth_where_the_frailty_vanishes(hazard) -> None:
    """Both sides of the switch to the series, and the limit, agree in value and slopes."""
    edge = 1e-5 / hazard
    below, above = log_survival(hazard, edge * (1 - 1e-6)), log_survival(hazard, edge * (1 + 1e-6))
    np.testing.assert_allclose(below[:2], above[:2], rtol=1e-9)
    np.testing.assert_allclose(below[2], above[2], rtol=2e-4)
    assert log_survival(hazard, 0.0) == pytest.approx((-hazard, -1.0, hazard**2 / 2))


def test_without_frailty_and_with_none_are_the_same(graphs) -> None:
    case = make_case(SHAPES["full"], False, seed=3)
    none = replace(case, scale=np.append(case.scale, 0.0))
    without, with_none = value_and_gradient(*case.inputs()), value_and_gradient(*none.inputs())
    assert with_none[0] == without[0]
    np.testing.assert_array_equal(with_none[1], without[1])
    np.testing.assert_array_equal(with_none[2][:-1], without[2])


@pytest.mark.parametrize("frailty", [True, False])
@pytest.mark.parametrize("shape", ["full", "without signals", "curves"])
def test_the_plain_model_has_the_same_density(shape, frailty) -> None:
    design = make_case(SHAPES[shape], frailty, seed=9).design
    densities = []
    for build in (build_hazard, hazard_graph):
        model = build(design, frailty=frailty)
        with pytensor.config.change_flags(mode="FAST_COMPILE"):
            density = model.compile_logp()
            slopes = model.compile_dlogp()
        point = {
            name: value + 0.1 * np.arange(value.size).reshape(value.shape)
            for name, value in model.initial_point(random_seed=1).items()
        }
        densities.append((density(point), slopes(point)))
    np.testing.assert_allclose(densities[0][0], densities[1][0])
    np.testing.assert_allclose(densities[0][1], densities[1][1], rtol=1e-8, atol=1e-8)


def test_the_plain_model_names_its_effects_as_the_posterior_does() -> None:
    design = make_case(SHAPES["full"], True, seed=9).design
    model = hazard_graph(design)
    wanted = ("latent", "scale", names.PERSISTENCE, *BLOCKS)
    drawn = pm.draw([model[name] for name in wanted], random_seed=1)
    named = name_effects(
        xr.Dataset(
            {
                "latent": (("chain", "draw", "latent_dim"), drawn[0][None, None]),
                "scale": (("chain", "draw", "scale_name"), drawn[1][None, None]),
                names.PERSISTENCE: (("chain", "draw"), drawn[2][None, None]),
            },
            {"chain": [0], "draw": [0], "scale_name": list(model.coords["scale_name"])},
        ),
        design,
    )
    for block, values in zip(BLOCKS, drawn[3:], strict=True):
        np.testing.assert_allclose(named[block].values[0, 0], values)
        assert model.named_vars_to_dims[block] == named[block].dims[2:]


def test_two_subscriptions_by_hand() -> None:
    """One leaves at its first renewal, one stays: log(1 - exp(-h)) and minus the hazard."""
    case = make_case(Shape(60, signals=0, attributes=0, levels=1), False, seed=3)
    latent = np.zeros_like(case.latent)
    draws = as_draws(case.layout, latent[None], case.scale[None], np.array([1.0]))
    hazard = row_hazard(draws, case.design)[0]
    assert np.unique(hazard.round(12)).size == 3
    expected = 0.0
    for i, (end, entry) in enumerate(zip(case.design.row_end, case.design.entry_end, strict=True)):
        expected -= hazard[entry : end - case.design.event[i]].sum()
        if case.design.event[i]:
            expected += np.log1p(-np.exp(-hazard[end - 1]))
    inputs = replace(case, latent=latent).inputs()
    assert value_and_gradient(*inputs)[0] == pytest.approx(expected)


def test_priors_say_what_their_docstring_says() -> None:
    priors = HazardPriors()
    leave = -np.expm1(-np.exp([priors.renewal_log_hazard, priors.early_log_hazard]))
    assert leave == pytest.approx([0.18, 0.004], abs=0.003)
    spread = priors.renewal_log_hazard + np.array([-1.96, 1.96]) * priors.exit_sd
    assert -np.expm1(-np.exp(spread)) == pytest.approx([0.03, 0.76], abs=0.015)
    early = priors.early_log_hazard + np.array([-1.96, 1.96]) * priors.early_sd
    assert -np.expm1(-np.exp(early)) == pytest.approx([0.0002, 0.07], abs=0.005)
    fade = beta(*priors.fade)
    assert fade.mean() == pytest.approx(0.8)
    assert fade.ppf([0.025, 0.975]) == pytest.approx([0.5, 0.98], abs=0.03)


@pytest.mark.parametrize("frailty", [True, False])
@pytest.mark.parametrize("shape", ["without signals", "bare"])
def test_sums_over_shared_ways_equal_those_over_rows(shape, frailty) -> None:
    case = make_case(SHAPES[shape], frailty, seed=5)
    data = model_data(case.design) | {"effect_matrix": case.layout.effect_matrix}
    shared = by_paths(*case.inputs()[:4], *data.values())
    for ours, theirs in zip(shared[:3], value_and_gradient(*case.inputs())[:3], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
