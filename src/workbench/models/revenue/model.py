"""The revenue model: outcomes and sizes of renewals, changes within terms, prices, new business.

Its parts share no parameter, so their posteriors are independent and each is a graph of its own:
a long trajectory through one need not drag the others along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pymc as pm
import xarray as xr

from workbench.core import revenue_names as names
from workbench.features.revenue_data import RevenueData
from workbench.models.compiled.density import KernelModel
from workbench.models.revenue.new_business import (
    NewBusinessPriors,
    add_new_business,
    name_new_business,
)
from workbench.models.revenue.pipeline import PipelinePriors, name_pipeline, pipeline_model
from workbench.models.revenue.predictors import PredictorPriors, name_rows, row_model, row_parts
from workbench.models.revenue.sizes import SizePriors, add_sizes, name_sizes

MONEY = "money"
PIPELINE = "pipeline"


@dataclass(frozen=True)
class RevenuePriors:
    """Priors of all parts."""

    predictors: PredictorPriors = field(default_factory=PredictorPriors)
    sizes: SizePriors = field(default_factory=SizePriors)
    new: NewBusinessPriors = field(default_factory=NewBusinessPriors)
    pipeline: PipelinePriors = field(default_factory=PipelinePriors)


def build_revenue(
    data: RevenueData, priors: RevenuePriors | None = None
) -> dict[str, KernelModel | pm.Model]:
    """Build the parts of the revenue model; nothing is sampled here.

    Parameters
    ----------
    data : RevenueData
    priors : RevenuePriors, optional

    Returns
    -------
    dict of KernelModel or pm.Model
        By part: renewal, amend, cross_sell; pipeline, where offers are on record; and, as a graph,
        money: sizes, prices, new business.
    """
    chosen = priors or RevenuePriors()
    models: dict[str, KernelModel | pm.Model] = {
        part.name: row_model(part, data.coding, chosen.predictors) for part in row_parts(data)
    }
    coords = {
        names.PROCESS: list(names.PROCESSES),
        names.SEGMENT: list(data.new.segments),
        names.MONTH_OF_YEAR: np.arange(1, 13),
    }
    with pm.Model(coords=coords) as money:
        add_sizes(data, chosen.sizes)
        add_new_business(data.new, chosen.new)
    if len(data.pipeline.moves):
        models[PIPELINE] = pipeline_model(data.pipeline, chosen.pipeline)
    return models | {MONEY: money}


def name_revenue(
    posteriors: Mapping[str, xr.Dataset], data: RevenueData, priors: RevenuePriors | None = None
) -> xr.Dataset:
    """Turn draws of each part into the variables of `core.revenue_names`."""
    chosen = priors or RevenuePriors()
    money = posteriors[MONEY]
    found: dict[str, xr.DataArray] = {}
    for part in row_parts(data):
        found |= name_rows(posteriors[part.name], part, data.coding, chosen.predictors)
    found |= name_sizes(money, data)
    found |= name_new_business(money)
    if PIPELINE in posteriors:
        found |= name_pipeline(posteriors[PIPELINE], data.pipeline, chosen.pipeline)
    return xr.Dataset(found).assign_coords(chain=money["chain"].values, draw=money["draw"].values)
