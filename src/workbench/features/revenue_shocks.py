"""What shocks of leaving say of the quarters in which revenue changed and customers came."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.core.calendar import quarter_number
from workbench.features.design import Design
from workbench.features.revenue_data import RevenueData

_ROWS = ("renewal", "amendment", "cross_sale")


def with_shocks(money: RevenueData, design: Design, shocks: np.ndarray) -> RevenueData:
    """Let renewals, amendments, further products and arrivals go along with shocks of leaving.

    Parameters
    ----------
    money : RevenueData
    design : Design
        At-risk rows that it was made from.
    shocks : ndarray, shape (level + 1, quarter + 1)
        On the log-hazard, by `Coding.shaken_levels`, the last level that of all customers; the last
        quarter one that was not seen, 0. See
        `workbench.forecast.posterior.survival.expected_shocks`.

    Returns
    -------
    RevenueData
        As it was where leaving has no shocks: in a snapshot.
    """
    quarters = design.coding.quarters
    if not quarters:
        return money
    found = {}
    for name in _ROWS:
        cell = design.cell_idx[getattr(money, f"{name}s")["row"].to_numpy()]
        shock = shocks[design.cell_level[cell], design.cell_quarter_idx[cell]]
        rows = getattr(money, f"{name}_covariates")
        found[f"{name}_covariates"] = replace(rows, shock=shock[:, None])
    at = pd.Index(quarters).get_indexer(quarter_number(money.new.months))
    return replace(money, new=replace(money.new, shock=shocks[-1, at]), **found)
