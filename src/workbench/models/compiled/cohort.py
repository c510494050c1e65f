"""The cohort models' log-likelihood and its exact gradient, as one small compiled kernel.

With the beta-discrete-Weibull survival function

    S(t) = B(alpha, beta + t**shape) / B(alpha, beta)

and n_t customers lost in period t of T, the cohort contributes the sum of n_t log(S(t-1) - S(t))
and (customers left) * log S(T): a multinomial log-likelihood without its constant (Fader & Hardie
2007, J. Interactive Marketing 21(1), Appendix B). A shape of 1 gives their shifted-beta-geometric.

In PyTensor's own operations the same sum took 10 to 30 s to compile, a hundred times longer than to
sample.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import disconnected_type
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import register_funcify_default_op_cache_key

from workbench.core.compiled import jit, kernel_version


@jit(error_model="numpy")
def digamma(x: float) -> float:
    """Return the derivative of log gamma at x > 0.

    Recurrence up to 10, then the asymptotic series (Abramowitz & Stegun 1964, 6.3.5 and 6.3.18).

    Parameters
    ----------
    x : float
        Above 0.
    """
    below = 0.0
    while x < 10:
        below += 1 / x
        x += 1
    r = 1 / (x * x)
    series = r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r / 132))))
    return math.log(x) - 0.5 / x - series - below


@jit(error_model="numpy")
def value_and_gradient(quantity, lost, left, observed):
    """Return the log-likelihood and its gradient.

    Parameters
    ----------
    quantity : ndarray, shape (3, cohort)
        Log-odds of leaving in the first period, log of alpha + beta, log shape.
    lost : ndarray, shape (cohort, period)
        Customers lost in periods 1, 2, ...
    left : ndarray, shape (cohort,)
        Customers there after the last observed period.
    observed : ndarray of int, shape (cohort,)
        Periods observed.

    Returns
    -------
    (float, ndarray)
        The value, and its gradient of shape (3, cohort).
    """
    total, gradient = 0.0, np.zeros_like(quantity)
    for j in range(len(left)):
        leaving = 1 / (1 + math.exp(-quantity[0, j]))
        likeness, shape = math.exp(quantity[1, j]), math.exp(quantity[2, j])
        alpha, beta = likeness * leaving, likeness * (1 - leaving)
        start = math.lgamma(likeness) - math.lgamma(beta)
        psi_sum, psi_beta = digamma(likeness), digamma(beta)
        by_alpha, by_beta, by_shape = 0.0, 0.0, 0.0
        # log S and its derivatives by alpha, beta and log shape, one period back.
        s0, a0, b0, c0 = 0.0, 0.0, 0.0, 0.0
        for t in range(1, observed[j] + 1):
            time = t**shape
            s1 = start + math.lgamma(beta + time) - math.lgamma(likeness + time)
            psi_left, psi_all = digamma(beta + time), digamma(likeness + time)
            a1 = psi_sum - psi_all
            b1 = psi_left - psi_all + psi_sum - psi_beta
            c1 = (psi_left - psi_all) * time * math.log(t) * shape
            n = lost[j, t - 1]
            if n > 0:
                odds = 1 / math.expm1(s0 - s1)
                total += n * (s0 + math.log(-math.expm1(s1 - s0)))
                by_alpha += n * ((1 + odds) * a0 - odds * a1)
                by_beta += n * ((1 + odds) * b0 - odds * b1)
                by_shape += n * ((1 + odds) * c0 - odds * c1)
            s0, a0, b0, c0 = s1, a1, b1, c1
        total += left[j] * s0
        by_alpha += left[j] * a0
        by_beta += left[j] * b0
        gradient[0, j] = alpha * (1 - leaving) * (by_alpha - by_beta)
        gradient[1, j] = alpha * by_alpha + beta * by_beta
        gradient[2, j] = by_shape + left[j] * c0
    return np.asarray(total), gradient


class CohortLogLikelihood(Op):
    """Log-likelihood of the retention counts, with its gradient as a second output."""

    __props__ = ()

    def make_node(self, *inputs):
        """Take quantity, lost, left, observed; return the log-likelihood and its gradient.

        Parameters
        ----------
        *inputs : Variable or array
            quantity, lost, left and observed, as `value_and_gradient` takes them.

        Returns
        -------
        Apply
            With the value and its gradient by quantity.
        """
        inputs = [pt.as_tensor_variable(value) for value in inputs]
        return Apply(self, inputs, [pt.dscalar(), pt.dmatrix()])

    def perform(self, node, inputs, output_storage):
        """Run the compiled kernel outside of a compiled graph.

        Parameters
        ----------
        node : Apply
            The operation in the graph; not looked at.
        inputs : list of ndarray
            As `value_and_gradient` takes them.
        output_storage : list of list
            One place for each output, to be filled.
        """
        for storage, value in zip(output_storage, value_and_gradient(*inputs), strict=True):
            storage[0] = np.asarray(value)

    def pullback(self, inputs, outputs, cotangents):
        """Return the gradient, which the forward pass has already computed.

        Parameters
        ----------
        inputs : list of Variable
            As `make_node` takes them.
        outputs : list of Variable
            The value, then the gradients.
        cotangents : list of Variable
            Derivatives of what comes after by each output.

        Returns
        -------
        list of Variable
            One for each input; the data have none.
        """
        return [pt.mul(cotangents[0], outputs[1]), *(disconnected_type() for _ in inputs[1:])]

    def connection_pattern(self, node):
        """Only the quantities carry a gradient.

        Parameters
        ----------
        node : Apply
            The operation in the graph; not looked at.

        Returns
        -------
        list of list of bool
            For each input, whether value and gradient go with it.
        """
        return [[True, True], [False, False], [False, False], [False, False]]


cohort_log_likelihood = CohortLogLikelihood()


@register_funcify_default_op_cache_key(CohortLogLikelihood)
def _funcify(op, node, **kwargs):
    @numba.njit
    def run(quantity, lost, left, observed):
        return value_and_gradient(quantity, lost, left, observed)

    return run, kernel_version(__name__)
