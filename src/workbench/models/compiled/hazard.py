"""The hazard model's compiled log-likelihoods as operations of a PyMC model."""

from __future__ import annotations

from workbench.models.compiled import hazard_kernels as kernels
from workbench.models.compiled.log_likelihood import CompiledLogLikelihood

_LAYOUT = ("centre", "effect_matrix", "scale_idx", "n_spreads", "block_end")
_CELLS = ("cell_exit_idx", "cell_tenure", "cell_quarter_idx", "cell_level_quarter")
PARAMETERS = ("latent", "scale", "fade", "persistence")
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


class HazardLogLikelihood(CompiledLogLikelihood):
    """Log-likelihood of the at-risk rows, with its gradient as further outputs."""

    parameters = PARAMETERS
    data = ROW_DATA
    kernel = staticmethod(kernels.by_rows)


class PathLogLikelihood(CompiledLogLikelihood):
    """The same for a design without signals, over the tree of ways instead of the rows."""

    parameters = PARAMETERS
    data = PATH_DATA
    kernel = staticmethod(kernels.by_paths)


hazard_log_likelihood = HazardLogLikelihood()
path_log_likelihood = PathLogLikelihood()
