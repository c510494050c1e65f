"""What goes with growth and with contraction: ratios of odds and rates, as for the hazard."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core import names
from workbench.core import revenue_names as revenue
from workbench.core.processes import PROCESS_TEXTS, REVENUE_PROCESSES
from workbench.features.design import Coding
from workbench.forecast.leaving.drivers import driver_table

_PARTS = {
    revenue.SIGNAL: names.SIGNAL,
    revenue.ATTRIBUTE: names.STATIC,
    revenue.GROUP: names.GROUP,
}


def revenue_drivers(
    posterior: xr.Dataset, prob: float, coding: Coding | None = None
) -> pd.DataFrame:
    """Return what goes with each process of revenue.

    Parameters
    ----------
    posterior : Dataset
        From `workbench.models.revenue.model.name_revenue`.
    prob : float
        Probability inside each interval.
    coding : Coding, optional
        Tells curves, which only leaving has. Left out, there are none.

    Returns
    -------
    DataFrame
        process, effect (what the ratio multiplies), driver, kind, ratio, low, high, clear;
        strongest first within a process. Association, not cause.
    """
    tables = []
    for process in REVENUE_PROCESSES:
        own = xr.Dataset(
            {known: posterior[revenue.part(process, part)] for part, known in _PARTS.items()}
        )
        table = driver_table(own, prob, coding).rename(columns={"hazard_ratio": "ratio"})
        table.insert(0, "process", process)
        table.insert(1, "effect", PROCESS_TEXTS[process].ratio)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def outcome_table(renewals: pd.DataFrame) -> pd.DataFrame:
    """Count what became of the renewals that were survived.

    Parameters
    ----------
    renewals : DataFrame
        Of `workbench.features.revenue_data.RevenueData`.

    Returns
    -------
    DataFrame
        outcome (flat; flat, another price; contraction; expansion), renewals, share, change (mean
        relative change of revenue).
    """
    outcome = renewals["outcome"].astype("str")
    outcome = outcome.mask(renewals["priced"].astype(bool), "flat, another price")
    change = np.expm1(renewals["log_ratio"]).groupby(outcome)
    counts = change.size()
    table = pd.DataFrame(
        {
            "outcome": counts.index,
            "renewals": counts.to_numpy(),
            "share": (counts / counts.sum()).to_numpy(),
            "change": change.mean().to_numpy(),
        }
    )
    return table.sort_values("renewals", ascending=False, ignore_index=True)
