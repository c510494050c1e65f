"""A compiled log-likelihood as an operation that a PyMC model can hold and differentiate.

A likelihood says what it reads and which kernel computes it; everything that PyTensor wants to know
of it stands here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import disconnected_type
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import register_funcify_default_op_cache_key

from workbench.core.compiled import kernel_version

PARAMETERS = ("latent", "scale", "fade")


class CompiledLogLikelihood(Op):
    """A log-likelihood, with its gradient by each parameter as further outputs.

    A subclass names its `parameters`, its `data` and its `kernel`: a compiled function of both, in
    that order, that returns the log-likelihood and a gradient for each parameter.
    """

    __props__ = ()
    parameters: tuple[str, ...] = PARAMETERS
    data: tuple[str, ...]
    kernel: Callable[..., Any]

    def make_node(self, *inputs):
        """Take the parameters, then the data; return the log-likelihood and its gradients."""
        inputs = [pt.as_tensor_variable(value) for value in inputs]
        gradients = [value.type() for value in inputs[: len(self.parameters)]]
        return Apply(self, inputs, [pt.dscalar(), *gradients])

    def perform(self, node, inputs, output_storage):
        """Run the compiled pass outside of a compiled graph."""
        for storage, value in zip(output_storage, self.kernel(*inputs), strict=True):
            storage[0] = np.asarray(value)

    def pullback(self, inputs, outputs, cotangents):
        """Return the gradient, which the forward pass has already computed."""
        by_parameter = [pt.mul(cotangents[0], gradient) for gradient in outputs[1:]]
        return [*by_parameter, *(disconnected_type() for _ in self.data)]

    def connection_pattern(self, node):
        """Only the parameters carry a gradient."""
        outputs = len(node.outputs)
        by_parameter = [[True] * outputs for _ in self.parameters]
        return by_parameter + [[False] * outputs for _ in self.data]


@register_funcify_default_op_cache_key(CompiledLogLikelihood)
def _funcify(op, node, **kwargs):
    kernel = op.kernel

    @numba.njit
    def run(*inputs):
        return kernel(*inputs)

    return run, kernel_version(type(op).__module__)
