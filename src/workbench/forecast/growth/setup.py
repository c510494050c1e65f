"""Where a forecast sets out: what was learnt, what is held today, and where it counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.calendar import month_number
from workbench.core.revenue_names import PIPELINE_BASE
from workbench.features.hazard_data import HazardData
from workbench.features.new_business import NewBusiness
from workbench.features.pipeline import Pipeline
from workbench.features.revenue_data import RevenueData
from workbench.forecast.growth.committed import book_lines
from workbench.forecast.growth.holdings import Holdings, Past
from workbench.forecast.growth.levels import Levels, levels_of
from workbench.forecast.pipeline.new_logos import NewLogos, open_new_logos, share_covered
from workbench.forecast.pipeline.opportunities import read_pipeline_draws, simulate_opportunities
from workbench.forecast.posterior.revenue import read_revenue_draws
from workbench.forecast.posterior.survival import read_draws
from workbench.forecast.simulation.coming import is_coming, signed_arrivals
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import Lines


@dataclass(frozen=True)
class OpenOpportunities:
    """Opportunities that are open on the as-of date, and what is known of how opportunities go.

    Parameters
    ----------
    seen : Pipeline
    came : NewBusiness
        New customers on record.
    earning : Dataset
        Posterior of revenue, with the pipeline's part.
    """

    seen: Pipeline
    came: NewBusiness
    earning: xr.Dataset


def set_up_forecast(
    data: HazardData,
    money: RevenueData,
    posteriors: tuple[xr.Dataset, xr.Dataset],
    months: int,
    seed: int,
    breakdowns: tuple[str, ...] = (),
) -> tuple[ForecastInputs, Holdings]:
    """Bring both posteriors and today's book together.

    Parameters
    ----------
    data : HazardData
    money : RevenueData
    posteriors : (Dataset, Dataset)
        Of leaving and of revenue. Given the book, and what is expected of the shocks of leaving,
        they are independent, so their draws pair up.
    months : int
        Months to come.
    seed : int
        Fixes every random number.
    breakdowns : tuple of str
        For which parts of the book the forecast adds up: account columns, or product.

    Returns
    -------
    ForecastInputs, Holdings
    """
    leaving, earning = posteriors
    revenue = read_revenue_draws(earning, money, months=months)
    first = month_number(data.as_of)
    inputs = ForecastInputs(read_draws(leaving), revenue, data.coding, first, months, seed)
    lines = book_lines(data)
    parts = levels_of(lines, data.accounts, breakdowns, revenue.new.source)
    opportunities = open_opportunities(money, money, earning)
    return inputs, hold(data, inputs, lines, parts, opportunities)


def hold(
    data: HazardData,
    inputs: ForecastInputs,
    lines: Lines,
    parts: Levels,
    opportunities: OpenOpportunities | None,
) -> Holdings:
    """Put together what the company holds: lines, open opportunities, and who has signed to come.

    Parameters
    ----------
    data : HazardData
    inputs : ForecastInputs
    lines : Lines
        From `workbench.forecast.growth.committed.book_lines`.
    parts : Levels
    opportunities : OpenOpportunities, optional

    Returns
    -------
    Holdings
        With signed arrivals only where somebody has signed and is no customer yet.
    """
    coming = lines.take(is_coming(lines))
    new_logos = new_logos_in_forecast(
        opportunities, inputs, data.accounts, coming.accounts if len(coming) else ()
    )
    if not len(coming):
        return Holdings(lines, Past(data.design), parts, new_logos)
    new = inputs.revenue.new
    signed = signed_arrivals(lines, data.accounts, new.source, new.rate.shape[2])
    return Holdings(lines, Past(data.design), parts, new_logos, signed)


def open_opportunities(
    money: RevenueData, learnt: RevenueData, earning: xr.Dataset
) -> OpenOpportunities | None:
    """Take the opportunities that are open, where a fit has learnt how opportunities go.

    Parameters
    ----------
    money : RevenueData
        Of the as-of date.
    learnt : RevenueData
        What the posterior was fitted to: the same, or that of an earlier day, whose stages and
        kinds then name the opportunities; one that it did not know counts as its first.
    earning : Dataset
        Posterior of revenue.

    Returns
    -------
    OpenOpportunities or None
        None where the posterior has no part for opportunities.
    """
    if PIPELINE_BASE not in earning:
        return None
    seen, known = money.pipeline, learnt.pipeline
    stage = pd.Index(known.stages).get_indexer(pd.Index(seen.open["stage"]))
    kind = pd.Index(known.kinds).get_indexer(pd.Index(seen.open["kind"]))
    coded = seen.open.assign(stage_idx=np.maximum(stage, 0), kind_idx=np.maximum(kind, 0))
    return OpenOpportunities(replace(seen, open=coded), money.new, earning)


def new_logos_in_forecast(
    opportunities: OpenOpportunities | None,
    inputs: ForecastInputs,
    accounts: pd.DataFrame,
    signed: Collection[str] = (),
) -> NewLogos | None:
    """Take opportunities into the forecast where opportunities have brought customers before.

    Parameters
    ----------
    opportunities : OpenOpportunities, optional
    inputs : ForecastInputs
    accounts : DataFrame
        See `workbench.forecast.pipeline.new_logos.open_new_logos`.
    signed : collection of str
        Accounts that have signed to come: an opportunity that is still open to them is won already.

    Returns
    -------
    NewLogos or None
        None without opportunities, where none on record has ever been won, or where none of the new
        customers on record came by one.
    """
    if opportunities is None:
        return None
    seen = opportunities.seen
    if len(signed):
        seen = replace(seen, open=seen.open[~seen.open["account_id"].isin(list(signed))])
    covered = share_covered(seen, opportunities.came.months, opportunities.came.count)
    if not seen.lag_count.sum() or not covered:
        return None
    won, _ = simulate_opportunities(
        read_pipeline_draws(opportunities.earning, len(inputs)),
        seen.open,
        inputs.months,
        inputs.seed,
    )
    return open_new_logos(seen, won, inputs.revenue.new, accounts, covered, inputs.seed)
