"""One distribution for page, graph and compiled pass: the three agree for every row of priors."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor
import pytest
from scipy.optimize import approx_fprime

from workbench.core import names
from workbench.models.priors.cohort import cohort_priors
from workbench.models.priors.distribution import Beta, HalfNormal, Normal, stacked
from workbench.models.priors.hazard import hazard_priors
from workbench.models.priors.kernels import add_priors, log_constant
from workbench.models.priors.prior import distribution_of
from workbench.models.priors.revenue import revenue_priors

ROWS = (*hazard_priors(), *revenue_priors(), *cohort_priors())
DISTINCT = {row.distribution.text: row.distribution for row in ROWS}
AT = np.array([0.02, 0.3, 0.5, 0.9])


@pytest.mark.parametrize("distribution", DISTINCT.values(), ids=list(DISTINCT))
def test_the_graphs_density_is_scipys(distribution) -> None:
    values = distribution.in_scipy.ppf(AT)
    with pm.Model():
        variable = distribution.variable("x")
    density = pm.logp(variable, values).eval(mode="FAST_COMPILE")
    np.testing.assert_allclose(density, distribution.in_scipy.logpdf(values), rtol=1e-9)
    assert distribution.in_scipy.mean() == pytest.approx(distribution.mean)
    assert distribution.text.startswith(distribution.title)


TAKEN = Normal | HalfNormal | Beta  # by the compiled pass
KERNEL = {text: one for text, one in DISTINCT.items() if isinstance(one, TAKEN)}


@pytest.mark.parametrize("distribution", KERNEL.values(), ids=list(KERNEL))
def test_the_kernels_density_and_gradient_are_the_graphs(distribution) -> None:
    vector = np.asarray(distribution.unbounded(distribution.in_scipy.ppf(AT)))
    np.testing.assert_allclose(distribution.bounded(vector), distribution.in_scipy.ppf(AT))
    with pm.Model() as graph:
        distribution.variable("x", shape=len(AT))
    (value_var,) = graph.value_vars
    with pytensor.config.change_flags(mode="FAST_COMPILE"):
        theirs, slopes = graph.compile_logp(), graph.compile_dlogp()
    value, gradient = by_kernel(distribution, vector)
    assert value == pytest.approx(float(theirs({value_var.name: vector})), rel=1e-9)
    np.testing.assert_allclose(gradient, slopes({value_var.name: vector}), rtol=1e-9, atol=1e-9)


def by_kernel(distribution, vector: np.ndarray) -> tuple[float, np.ndarray]:
    first, second = np.ones((2, len(vector)))
    for row, parameter in zip((first, second), distribution.parameters, strict=False):
        row[:] = parameter
    kind, gradient = np.full(len(vector), distribution.kernel), np.empty(len(vector))
    value = add_priors(vector, kind, first, second, np.zeros(len(vector)), gradient)
    return value + log_constant(distribution.kernel, first, second), gradient


def test_a_kernel_with_another_parameter_is_noticed() -> None:
    vector = np.array([-1.0, 0.4])
    ours, _ = by_kernel(HalfNormal(0.5), vector)
    other, _ = by_kernel(HalfNormal(0.51), vector)
    assert abs(ours - other) > 0.01


@pytest.mark.parametrize("distribution", [HalfNormal(0.4), Beta(6.0, 1.5)])
def test_slopes_where_nothing_is_transformed(distribution) -> None:
    """What the Laplace approximation climbs: the density by the parameter itself."""
    low, high = 0.3, 0.7
    density, slope = distribution.log_density(high)
    expected = distribution.in_scipy.logpdf(high) - distribution.in_scipy.logpdf(low)
    assert density - distribution.log_density(low)[0] == pytest.approx(expected)
    assert slope == pytest.approx(
        approx_fprime(high, distribution.in_scipy.logpdf, 1e-7).item(), rel=1e-5
    )


def test_a_variable_without_exactly_one_row_is_refused() -> None:
    rows = hazard_priors()
    exits = distribution_of(Normal, rows, [f"{names.EXIT}[{one}]" for one in names.EXIT_KINDS])
    assert len(exits.centre) == len(names.EXIT_KINDS)
    with pytest.raises(KeyError, match=r"0 priors of nothing; known: .*fade_per_month"):
        distribution_of(Normal, rows, "nothing")
    with pytest.raises(KeyError, match="2 priors of fade_per_month"):
        distribution_of(Beta, [*rows, *rows[-1:]], names.FADE)
    with pytest.raises(TypeError, match=r"fade_per_month is beta\(6, 1.5\), where half-normal"):
        distribution_of(HalfNormal, rows, names.FADE)


def test_none_stack_to_nothing() -> None:
    assert stacked(HalfNormal, []).scale.shape == (0,)
