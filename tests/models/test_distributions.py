"""One distribution for page, graph and compiled pass: the three agree for every row of priors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pymc as pm
import pytensor
import pytest
from ranks import draw_spreads
from scipy.optimize import approx_fprime
from scipy.stats import beta, expon, halfnorm, kstest

from workbench.core import names
from workbench.models.priors.cohort import cohort_priors
from workbench.models.priors.distribution import Beta, HalfNormal, Normal, stacked
from workbench.models.priors.hazard import hazard_priors
from workbench.models.priors.kernels import add_priors, log_constant
from workbench.models.priors.prior import distribution_of
from workbench.models.priors.revenue import revenue_priors
from workbench.models.priors.spreads import Spreads

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
    kind, gradient = np.resize(distribution.kernel, len(vector)), np.empty(len(vector))
    value = add_priors(vector, kind, first, second, np.zeros(len(vector)), gradient)
    return value + log_constant(kind, first, second), gradient


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


SHARING = Spreads(np.array([0.5, 0.3, 0.3, 0.2]), np.array([0.0, 0.7, 1.2, 0.0]))


def test_spreads_that_share_have_the_root_and_the_shares_they_say() -> None:
    """Draws, means and the kernel's density against SciPy's laws of the root and of its shares."""
    drawn = draw_spreads(SHARING, np.random.default_rng(3), 20_000)
    root, share = np.hypot(drawn[:, 1], drawn[:, 2]), drawn[:, 1] ** 2
    assert kstest(root, expon(scale=0.3).cdf).pvalue > 0.01
    assert kstest(share / root**2, beta(0.7, 1.2).cdf).pvalue > 0.01
    np.testing.assert_allclose(drawn.mean(axis=0), SHARING.mean, rtol=0.03)
    alone = [halfnorm.logpdf(drawn[:, at], scale=SHARING.scale[at]) for at in (0, 3)]
    of_root, of_share = expon.logpdf(root, scale=0.3), beta.logpdf(share / root**2, 0.7, 1.2)
    stretched = np.log(2 * drawn[:, 1] * drawn[:, 2] / root**3) + np.log(drawn).sum(axis=1)
    expected = np.sum([*alone, of_root, of_share, stretched], axis=0)
    for at in range(5):
        found, _ = by_kernel(SHARING, np.log(drawn[at]))
        assert found == pytest.approx(expected[at], rel=1e-9)


def test_spreads_that_share_pull_as_the_half_normals_they_stand_for() -> None:
    halves = replace(SHARING, share=np.array([0.0, 0.5, 0.5, 0.0]))
    at = np.array([0.4, 0.1, 0.3, 0.05])
    _, gradient = by_kernel(halves, np.log(at))
    slope = (gradient - 1) / at  # without the change of variables
    np.testing.assert_allclose(slope, -at / halves.as_half_normals(at) ** 2)


def test_one_that_shares_with_none_is_exponential() -> None:
    alone = Spreads(np.array([0.3]), np.array([0.5]))
    found, _ = by_kernel(alone, np.log([0.2]))
    assert found == pytest.approx(expon.logpdf(0.2, scale=0.3) + np.log(0.2))


def test_spreads_far_out_have_a_finite_density() -> None:
    for far in (-600.0, 4.0):
        value, gradient = by_kernel(SHARING, np.full(4, far))
        assert np.isfinite(value) and np.isfinite(gradient).all()


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
