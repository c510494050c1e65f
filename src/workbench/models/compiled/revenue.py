"""The revenue models' compiled log-likelihoods as operations of a PyMC model."""

from __future__ import annotations

import zlib
from pathlib import Path

import numba
from pytensor.link.numba.dispatch.basic import register_funcify_default_op_cache_key

from workbench.models import arrival_kernels
from workbench.models.compiled import hazard_kernels as kernels
from workbench.models.compiled import pipeline_kernels, revenue_kernels
from workbench.models.compiled.hazard import HazardLogLikelihood

# Compiled code is cached under this number: it must change whenever a kernel does.
KERNEL_VERSION = zlib.crc32(
    Path(revenue_kernels.__file__).read_bytes()
    + Path(pipeline_kernels.__file__).read_bytes()
    + Path(arrival_kernels.__file__).read_bytes()
    + Path(kernels.__file__).read_bytes()
)
_PREDICTOR = (
    "centre", "effect_matrix", "scale_idx", "block_end",
    "attribute_value", "group_idx", "signal_value", "lead_months",
)  # fmt: skip


class OutcomeLogLikelihood(HazardLogLikelihood):
    """Log-likelihood of the outcomes of renewals, with its gradient as further outputs."""

    data = (*_PREDICTOR, "outcome")
    kernel = staticmethod(revenue_kernels.outcomes)


class RateLogLikelihood(HazardLogLikelihood):
    """Log-likelihood of hits by month, with its gradient as further outputs."""

    data = (*_PREDICTOR, "hit", "weight")
    kernel = staticmethod(revenue_kernels.rates)


class PipelineLogLikelihood(HazardLogLikelihood):
    """Log-likelihood of where offers went from month to month, with its gradient."""

    data = ("centre", "carries", "count")
    kernel = staticmethod(pipeline_kernels.moves)


class ArrivalLogLikelihood(HazardLogLikelihood):
    """Log-likelihood of how many customers come each month, with its gradient."""

    data = ("centre", "scale_idx", "prior_sd", "since", "month_idx", "count")
    kernel = staticmethod(arrival_kernels.counts)


outcome_log_likelihood = OutcomeLogLikelihood()
rate_log_likelihood = RateLogLikelihood()
arrival_log_likelihood = ArrivalLogLikelihood()
pipeline_log_likelihood = PipelineLogLikelihood()


@register_funcify_default_op_cache_key(OutcomeLogLikelihood)
@register_funcify_default_op_cache_key(RateLogLikelihood)
@register_funcify_default_op_cache_key(ArrivalLogLikelihood)
@register_funcify_default_op_cache_key(PipelineLogLikelihood)
def _funcify(op, node, **kwargs):
    kernel = op.kernel

    @numba.njit
    def run(*inputs):
        return kernel(*inputs)

    return run, KERNEL_VERSION
