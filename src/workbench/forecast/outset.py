"""Where a forecast sets out: what was learnt, what is held today, and where it counts."""

from __future__ import annotations

import xarray as xr

from workbench.core.calendar import month_number
from workbench.core.revenue_names import PIPELINE_BASE
from workbench.features.hazard_data import HazardData
from workbench.features.revenue_data import RevenueData
from workbench.forecast.growth import Holdings, Past
from workbench.forecast.levels import levels_of
from workbench.forecast.lines import lines_of
from workbench.forecast.pipeline import Deals, fates, open_deals, read_chances, share_covered
from workbench.forecast.revenue_draws import read_revenue_draws
from workbench.forecast.scene import Scene
from workbench.forecast.survival import read_draws


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
    lines = lines_of(data.future, data.future_design)
    parts = levels_of(lines, data.accounts, breakdowns, revenue.new.source)
    deals = _deals(data, money, earning, scene)
    return scene, Holdings(lines, Past(data.design), parts, deals)


def _deals(data: HazardData, money: RevenueData, earning: xr.Dataset, scene: Scene) -> Deals | None:
    """Take the pipeline into the forecast where its offers have brought customers before."""
    seen = money.pipeline
    covered = share_covered(seen, money.new.months, money.new.count)
    if PIPELINE_BASE not in earning or not seen.lag_count.sum() or not covered:
        return None
    won, _ = fates(read_chances(earning, len(scene)), seen.open, scene.months, scene.seed)
    return open_deals(seen, won, scene.revenue.new, data.accounts, covered, scene.seed)
