"""The density that is sampled is the PyMC graph's: value, gradient, transforms, order."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor
import pytest
from books import Shape, as_draws, design_of, lay_out, live_through

from workbench.core import names
from workbench.features.design import Coding
from workbench.features.encode import EncodedColumn, Encoder
from workbench.features.revenue_data import Covariates
from workbench.inference.quadratic import QuadraticLogLikelihood
from workbench.models.compiled.density import Density, KernelModel, graph_of
from workbench.models.compiled.hazard import HazardLogLikelihood
from workbench.models.compiled.revenue import outcome_log_likelihood, rate_log_likelihood
from workbench.models.hazard.effects import SCALES, effect_map
from workbench.models.hazard.model import hazard_model
from workbench.models.priors.hazard import HazardPriors
from workbench.models.priors.predictors import PredictorPriors
from workbench.models.revenue.predictors import row_model
from workbench.models.revenue.row_parts import RowPart


def leaving(shape: Shape, *, frailty: bool) -> KernelModel:
    rng = np.random.default_rng(4)
    design = design_of(lay_out(shape, rng))
    layout = effect_map(design, HazardPriors())
    latent = rng.normal(size=(1, len(layout.effect_matrix)))
    scale = np.full((1, len(layout.scales) + 1), 0.3)
    lived = live_through(design, as_draws(layout, latent, scale, np.array([0.8])), rng)
    return hazard_model(lived, frailty=frailty)


def earning(processes: tuple[str, ...]) -> KernelModel:
    rng = np.random.default_rng(4)
    column = EncodedColumn("a", "a", "number", 0.0)
    coding = Coding(Encoder((column,)), Encoder((column,)), ("region",), (("n", "s"),), (), 24)
    rows = Covariates(
        rng.normal(size=(50, 1)), rng.integers(0, 3, (50, 1)), rng.normal(size=(50, 1)),
        rng.integers(0, 13, 50), rng.choice([0, 2, 3], 50), rng.normal(size=50),
        rng.normal(size=(50, 1)),
    )  # fmt: skip
    if len(processes) > 1:
        seen, op = {"outcome": rng.integers(0, 3, 50)}, outcome_log_likelihood
    else:
        seen, op = {"hit": rng.integers(0, 2, 50) * 1.0, "weight": np.ones(50)}, rate_log_likelihood
    return row_model(RowPart("part", processes, rows, seen, op), coding, PredictorPriors())


MODELS = {
    "rows": lambda: leaving(Shape(40), frailty=True),
    "rows without frailty": lambda: leaving(Shape(40), frailty=False),
    "ways": lambda: leaving(Shape(40, signals=0), frailty=True),
    "outcomes": lambda: earning(("contract", "expand")),
    "rates": lambda: earning(("amend",)),
}


@pytest.fixture(scope="module", params=MODELS)
def model(request) -> KernelModel:
    return MODELS[request.param]()


@pytest.fixture(scope="module")
def graph(model) -> pm.Model:
    return graph_of(model)


def points(density: Density, count: int = 4) -> list[np.ndarray]:
    rng, middle = np.random.default_rng(7), density.middle()
    return [middle + rng.normal(size=len(middle)) for _ in range(count)]


def as_point(graph: pm.Model, density: Density, vector: np.ndarray) -> dict[str, np.ndarray]:
    pieces = np.split(vector, np.cumsum(density.sizes)[:-1])
    shapes = density.model.shapes.values()
    return {
        value.name: piece.reshape(shape)
        for value, piece, shape in zip(graph.value_vars, pieces, shapes, strict=True)
    }


def test_value_and_gradient_are_the_graphs(model, graph) -> None:
    density = Density(model)
    with pytensor.config.change_flags(mode="FAST_COMPILE"):
        value, slopes = graph.compile_logp(), graph.compile_dlogp()
    for vector in points(density):
        ours, gradient = density.value_and_gradient(vector)
        point = as_point(graph, density, vector)
        assert ours == pytest.approx(float(value(point)), rel=1e-10)
        np.testing.assert_allclose(gradient, slopes(point), rtol=1e-9, atol=1e-9)


def test_variables_are_the_graphs(model, graph) -> None:
    density = Density(model)
    assert [variable.name for variable in graph.free_RVs] == list(model.shapes)
    with pytensor.config.change_flags(mode="FAST_COMPILE"):
        back = graph.compile_fn(graph.unobserved_value_vars, on_unused_input="ignore")
    for vector in points(density):
        theirs = dict(
            zip(
                (variable.name for variable in graph.unobserved_value_vars),
                back(as_point(graph, density, vector)),
                strict=True,
            )
        )
        for name, ours in density.constrained(vector).items():
            assert ours.shape == model.shapes[name]
            np.testing.assert_allclose(ours, theirs[name], rtol=1e-12)


def test_a_density_without_its_change_of_variables_is_found_out(model, graph) -> None:
    density = Density(model)
    with pytensor.config.change_flags(mode="FAST_COMPILE"):
        value = graph.compile_logp(jacobian=False)
    vector = points(density, 1)[0]
    ours, _ = density.value_and_gradient(vector)
    assert abs(ours - float(value(as_point(graph, density, vector)))) > 0.1


def test_far_out_it_is_still_a_number() -> None:
    density = Density(MODELS["rows"]())
    fade, persistence = -2, -1
    for place, far, slope in (
        (fade, -40.0, 6.0), (fade, 40.0, -1.5), (persistence, -40.0, 4.0), (persistence, 40.0, -2.0)
    ):  # fmt: skip
        vector = density.middle()
        vector[place] = far
        value, gradient = density.value_and_gradient(vector)
        assert np.isfinite(value) and np.isfinite(gradient).all()
        assert gradient[place] == pytest.approx(slope, rel=1e-6)


def test_the_middle_is_that_of_the_priors() -> None:
    density = Density(MODELS["rows"]())
    middle = density.constrained(density.middle())
    assert not middle["latent"].any()
    usual = density.model.scale_prior.scale * np.sqrt(2 / np.pi)
    usual[[SCALES.index(name) for name in (names.SHOCK_SD, names.GROUP_SHOCK_SD)]] = 0.3 * 2 / np.pi
    np.testing.assert_allclose(middle["scale"], usual)
    assert middle[names.FADE] == pytest.approx(0.8)


@pytest.mark.parametrize("kind", [HazardLogLikelihood, QuadraticLogLikelihood])
def test_chains_run_side_by_side(kind) -> None:
    """A kernel that held the interpreter's lock would let one chain run at a time."""
    assert kind.kernel.targetoptions["nogil"]
    for name in ("rows", "ways", "outcomes", "rates"):
        assert MODELS[name]().likelihood.kernel.targetoptions["nogil"]
