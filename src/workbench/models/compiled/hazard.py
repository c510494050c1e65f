"""The compiled log-likelihoods as operations that a PyMC model can hold and differentiate."""

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
from workbench.models.compiled import hazard_kernels as kernels

# Parameters come first: the outputs after the first are their gradients.
PARAMETERS = ("latent", "scale", "fade")
_LAYOUT = ("centre", "effect_matrix", "scale_idx", "n_spreads", "block_end")
_CELLS = ("cell_exit_idx", "cell_tenure", "cell_quarter_idx")
ROW_DATA = (
    *_LAYOUT,
    *_CELLS,
    "cell_idx",
    "attribute_value",
    "group_idx",
    "signal_value",
    "lead_months",
    "row_end",
    "entry_end",
    "event",
)
PATH_DATA = (
    *_LAYOUT,
    *_CELLS,
    "attribute_value",
    "group_idx",
    "node_parent",
    "node_cell",
    "end_node",
    "last_node",
    "entry_node",
    "event",
)


class HazardLogLikelihood(Op):
    """Log-likelihood of the at-risk rows, with its gradient as further outputs."""

    __props__ = ()
    data = ROW_DATA
    kernel: Callable[..., Any] = staticmethod(kernels.by_rows)

    def make_node(self, *inputs):
        """Take PARAMETERS, then the data; return the log-likelihood and a gradient for each.

        Parameters
        ----------
        *inputs : Variable or array
            Parameters, then the data in the order of `data`.

        Returns
        -------
        Apply
            With the value and its gradient by each parameter.
        """
        inputs = [pt.as_tensor_variable(value) for value in inputs]
        gradients = [value.type() for value in inputs[: len(PARAMETERS)]]
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
        return [[True] * outputs for _ in PARAMETERS] + [[False] * outputs for _ in self.data]


class PathLogLikelihood(HazardLogLikelihood):
    """The same for a design without signals, over the tree of ways instead of the rows."""

    data = PATH_DATA
    kernel = staticmethod(kernels.by_paths)


hazard_log_likelihood = HazardLogLikelihood()
path_log_likelihood = PathLogLikelihood()


@register_funcify_default_op_cache_key(PathLogLikelihood)
@register_funcify_default_op_cache_key(HazardLogLikelihood)
def _funcify(op, node, **kwargs):
    kernel = op.kernel

    @numba.njit
    def run(*inputs):
        return kernel(*inputs)

    return run, kernel_version(type(op).__module__)
