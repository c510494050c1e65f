"""The revenue models' compiled log-likelihoods as operations of a PyMC model."""

from __future__ import annotations

from workbench.models.compiled import arrival_kernels, pipeline_kernels, revenue_kernels
from workbench.models.compiled.log_likelihood import CompiledLogLikelihood

_PREDICTOR = (
    "centre", "effect_matrix", "scale_idx", "block_end",
    "attribute_value", "group_idx", "signal_value", "lead_months",
)  # fmt: skip


class OutcomeLogLikelihood(CompiledLogLikelihood):
    """Log-likelihood of the outcomes of renewals, with its gradient as further outputs."""

    data = (*_PREDICTOR, "outcome")
    kernel = staticmethod(revenue_kernels.outcomes)


class RateLogLikelihood(CompiledLogLikelihood):
    """Log-likelihood of hits by month, with its gradient as further outputs."""

    data = (*_PREDICTOR, "hit", "weight")
    kernel = staticmethod(revenue_kernels.rates)


class PipelineLogLikelihood(CompiledLogLikelihood):
    """Log-likelihood of where opportunities went from month to month, with its gradient."""

    data = ("centre", "carries", "count")
    kernel = staticmethod(pipeline_kernels.moves)


class ArrivalLogLikelihood(CompiledLogLikelihood):
    """Log-likelihood of how many customers come each month, with its gradient."""

    data = ("centre", "scale_idx", "prior_sd", "since", "shock", "month_idx", "count")
    kernel = staticmethod(arrival_kernels.counts)


outcome_log_likelihood = OutcomeLogLikelihood()
rate_log_likelihood = RateLogLikelihood()
arrival_log_likelihood = ArrivalLogLikelihood()
pipeline_log_likelihood = PipelineLogLikelihood()
