"""What is believed of revenue before the book is read: the priors of all parts, in one list.

Graphs, compiled passes, exact draws and the page take the distributions of these rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workbench.models.priors.new_business import NewBusinessPriors, new_business_priors
from workbench.models.priors.pipeline import PipelinePriors, pipeline_priors
from workbench.models.priors.predictors import PredictorPriors, predictor_priors
from workbench.models.priors.prior import Prior
from workbench.models.priors.sizes import SizePriors, size_priors


@dataclass(frozen=True)
class RevenuePriors:
    """Priors of all parts.

    Parameters
    ----------
    predictors : PredictorPriors
        Of what becomes of a contract.
    sizes : SizePriors
        Of how much it changes.
    new : NewBusinessPriors
    pipeline : PipelinePriors

    Examples
    --------
    >>> import workbench as wb
    >>> wb.RevenuePriors() == wb.RevenuePriors()
    True
    """

    predictors: PredictorPriors = field(default_factory=PredictorPriors)
    sizes: SizePriors = field(default_factory=SizePriors)
    new: NewBusinessPriors = field(default_factory=NewBusinessPriors)
    pipeline: PipelinePriors = field(default_factory=PipelinePriors)


def revenue_priors(numbers: RevenuePriors | None = None) -> tuple[Prior, ...]:
    """List the priors of renewals, amendments, further products, prices, new business, pipeline.

    Parameters
    ----------
    numbers : RevenuePriors, optional
        The default priors if left out.

    Returns
    -------
    tuple of Prior
        In the order in which a page lists them.
    """
    numbers = numbers or RevenuePriors()
    return (
        *predictor_priors(numbers.predictors),
        *size_priors(numbers.sizes),
        *new_business_priors(numbers.new),
        *pipeline_priors(numbers.pipeline),
    )
