"""The revenue model: outcomes and sizes of renewals, changes within terms, prices, new business.

Its parts share no parameter, so their posteriors are independent and each is a model of its own:
a long trajectory through one need not drag the others along, and what can be drawn exactly is.
"""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr

from workbench.core import names as shared
from workbench.features.revenue_data import RevenueData
from workbench.models.compiled.density import KernelModel
from workbench.models.priors.revenue import RevenuePriors
from workbench.models.revenue.money import MoneyModel
from workbench.models.revenue.named_rows import name_rows
from workbench.models.revenue.new_business import (
    arrival_model,
    name_arrivals,
    name_first_revenue,
)
from workbench.models.revenue.pipeline import name_pipeline, pipeline_model
from workbench.models.revenue.predictors import row_model
from workbench.models.revenue.row_parts import row_parts
from workbench.models.revenue.sizes import name_sizes

ARRIVALS = "arrivals"
MONEY = "money"
PIPELINE = "pipeline"


def build_revenue(
    data: RevenueData, priors: RevenuePriors | None = None
) -> dict[str, KernelModel | MoneyModel]:
    """Build the parts of the revenue model; nothing is sampled here.

    Parameters
    ----------
    data : RevenueData
    priors : RevenuePriors, optional

    Returns
    -------
    dict of KernelModel or MoneyModel
        By part: renewal, amend, cross_sell, arrivals; pipeline, where offers are on record; and,
        to be drawn exactly, money: sizes, prices, first revenue.
    """
    chosen = priors or RevenuePriors()
    models: dict[str, KernelModel | MoneyModel] = {
        part.name: row_model(part, data.coding, chosen.predictors) for part in row_parts(data)
    }
    models[ARRIVALS] = arrival_model(data.new, chosen.new)
    if len(data.pipeline.moves):
        models[PIPELINE] = pipeline_model(data.pipeline, chosen.pipeline)
    return models | {MONEY: MoneyModel(data, chosen.sizes, chosen.new)}


def name_revenue(
    posteriors: Mapping[str, xr.Dataset], data: RevenueData, priors: RevenuePriors | None = None
) -> xr.Dataset:
    """Turn draws of each part into the variables of `core.revenue_names`.

    Parameters
    ----------
    posteriors : mapping of str to Dataset
        Draws by the name of the part; the pipeline's may be absent.
    data : RevenueData
        What happened to the revenue of a book.
    priors : RevenuePriors, optional
        The default priors if left out.

    Returns
    -------
    Dataset
        One variable for each name, with chain and draw.
    """
    chosen = priors or RevenuePriors()
    money = posteriors[MONEY]
    found: dict[str, xr.DataArray] = {}
    for part in row_parts(data):
        found |= name_rows(posteriors[part.name], part, data.coding, chosen.predictors)
    found |= name_arrivals(posteriors[ARRIVALS], data.new, chosen.new)
    drawn = name_sizes(money, data) | name_first_revenue(money)
    found |= {name: values.assign_attrs({shared.INDEPENDENT: 1}) for name, values in drawn.items()}
    if PIPELINE in posteriors:
        found |= name_pipeline(posteriors[PIPELINE], data.pipeline, chosen.pipeline)
    return xr.Dataset(found).assign_coords(chain=money["chain"].values, draw=money["draw"].values)
