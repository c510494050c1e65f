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
from workbench.forecast.coming import is_coming, signed_arrivals
from workbench.forecast.committed import book_lines
from workbench.forecast.growth import Holdings, Past
from workbench.forecast.levels import Levels, levels_of
from workbench.forecast.lines import Lines
from workbench.forecast.offers import fates, read_chances
from workbench.forecast.pipeline import Deals, open_deals, share_covered
from workbench.forecast.revenue_draws import read_revenue_draws
from workbench.forecast.scene import Scene
from workbench.forecast.survival import read_draws


@dataclass(frozen=True)
class OpenOffers:
    """Offers that are open on the as-of date, and what is known of how offers go.

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


def set_out(
    data: HazardData,
    money: RevenueData,
    posteriors: tuple[xr.Dataset, xr.Dataset],
    months: int,
    seed: int,
    breakdowns: tuple[str, ...] = (),
) -> tuple[Scene, Holdings]:
    """Bring both posteriors and today's book together.

    Parameters
    ----------
    data : HazardData
    money : RevenueData
    posteriors : (Dataset, Dataset)
        Of leaving and of revenue. Given the book they are independent, so their draws pair up.
    months : int
        Months to come.
    seed : int
    breakdowns : tuple of str
        For which parts of the book the forecast adds up: account columns, or product.

    Returns
    -------
    Scene, Holdings
    """
    leaving, earning = posteriors
    revenue = read_revenue_draws(earning, money, months=months)
    first = month_number(data.as_of)
    scene = Scene(read_draws(leaving), revenue, data.coding, first, months, seed)
    lines = book_lines(data)
    parts = levels_of(lines, data.accounts, breakdowns, revenue.new.source)
    offers = open_offers(money, money, earning)
    return scene, hold(data, scene, lines, parts, offers)


def hold(
    data: HazardData, scene: Scene, lines: Lines, parts: Levels, offers: OpenOffers | None
) -> Holdings:
    """Put together what the company holds: lines, open offers, and who has signed to come.

    Parameters
    ----------
    data : HazardData
    scene : Scene
    lines : Lines
        From `workbench.forecast.committed.book_lines`.
    parts : Levels
    offers : OpenOffers, optional
    """
    coming = lines.take(is_coming(lines))
    deals = deals_of(offers, scene, data.accounts, coming.accounts if len(coming) else ())
    if not len(coming):
        return Holdings(lines, Past(data.design), parts, deals)
    new = scene.revenue.new
    signed = signed_arrivals(lines, data.accounts, new.source, new.rate.shape[2])
    return Holdings(lines, Past(data.design), parts, deals, signed)


def open_offers(money: RevenueData, learnt: RevenueData, earning: xr.Dataset) -> OpenOffers | None:
    """Take the offers that are open, where a fit has learnt how offers go.

    Parameters
    ----------
    money : RevenueData
        Of the as-of date.
    learnt : RevenueData
        What the posterior was fitted to: the same, or that of an earlier day, whose stages and
        kinds then name the offers; one that it did not know counts as its first.
    earning : Dataset
        Posterior of revenue.
    """
    if PIPELINE_BASE not in earning:
        return None
    seen, known = money.pipeline, learnt.pipeline
    stage = pd.Index(known.stages).get_indexer(pd.Index(seen.open["stage"]))
    kind = pd.Index(known.kinds).get_indexer(pd.Index(seen.open["kind"]))
    coded = seen.open.assign(stage_idx=np.maximum(stage, 0), kind_idx=np.maximum(kind, 0))
    return OpenOffers(replace(seen, open=coded), money.new, earning)


def deals_of(
    offers: OpenOffers | None,
    scene: Scene,
    accounts: pd.DataFrame,
    signed: Collection[str] = (),
) -> Deals | None:
    """Take offers into the forecast where offers have brought customers before.

    Parameters
    ----------
    offers : OpenOffers, optional
    scene : Scene
    accounts : DataFrame
        See `workbench.forecast.pipeline.open_deals`.
    signed : collection of str
        Accounts that have signed to come: an offer that is still open to them is won already.
    """
    if offers is None:
        return None
    seen = offers.seen
    if len(signed):
        seen = replace(seen, open=seen.open[~seen.open["account_id"].isin(list(signed))])
    covered = share_covered(seen, offers.came.months, offers.came.count)
    if not seen.lag_count.sum() or not covered:
        return None
    won, _ = fates(read_chances(offers.earning, len(scene)), seen.open, scene.months, scene.seed)
    return open_deals(seen, won, scene.revenue.new, accounts, covered, scene.seed)
