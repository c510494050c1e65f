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
        """Take the parameters, then the data; return the log-likelihood and its gradients.

        Parameters
        ----------
        *inputs : Variable or array
            Parameters in the order of `parameters`, then the data in the order of `data`.

        Returns
        -------
        Apply
            With the value and its gradient by each parameter.
        """
        inputs = [pt.as_tensor_variable(value) for value in inputs]
        gradients = [value.type() for value in inputs[: len(self.parameters)]]
        return Apply(self, inputs, [pt.dscalar(), *gradients])

    def perform(self, node, inputs, output_storage):
        """Run the compiled pass outside of a compiled graph.

        Parameters
        ----------
        node : Apply
            The operation in the graph; not looked at.
        inputs : list of ndarray
            As `make_node` takes them.
        output_storage : list of list
            One place for each output, to be filled.
        """
        for storage, value in zip(output_storage, self.kernel(*inputs), strict=True):
            storage[0] = np.asarray(value)

    def pullback(self, inputs, outputs, cotangents):
        """Return the gradient, which the forward pass has already computed.

        Parameters
        ----------
        inputs : list of Variable
            As `make_node` takes them; not looked at.
        outputs : list of Variable
            The value, then the gradients.
        cotangents : list of Variable
            Derivatives of what comes after by each output; only the value's is used.

        Returns
        -------
        list of Variable
            One for each input; the data's are disconnected.
        """
        by_parameter = [pt.mul(cotangents[0], gradient) for gradient in outputs[1:]]
        return [*by_parameter, *(disconnected_type() for _ in self.data)]

    def connection_pattern(self, node):
        """Only the parameters carry a gradient.

        Parameters
        ----------
        node : Apply
            The operation in the graph, which has as many outputs as it gives.

        Returns
        -------
        list of list of bool
            For each input, whether each output goes with it.
        """
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
