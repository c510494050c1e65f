"""A company of which only totals are told, customer by customer, so that the truth is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.aggregate_names import ADDED, CLOSING, LOST, REVENUE
from workbench.core.aggregates import Aggregates
from workbench.core.settings import SIMULATED, SourceSettings
from workbench.data.aggregates.table import load_aggregates


@dataclass(frozen=True)
class AggregateTruth:
    """What the invented company lives by.

    Parameters
    ----------
    hazard : float
        Yearly, of leaving at the age of two years.
    shape : float
        Above 1 the chance rises with age, below 1 it falls.
    years_before : int
        Years for which it has sold before the first row.
    wobble : float
        Standard deviation of the log of each quarter's additions.
    """

    hazard: float = 0.25
    shape: float = 0.8
    years_before: int = 10
    wobble: float = 0.08


def simulate_aggregates(
    customers: int, quarters: int, seed: int, truth: AggregateTruth | None = None
) -> Aggregates:
    """Return the totals of an invented company by quarter.

    Every customer comes on a day of its own, and leaves when its life ends.

    Parameters
    ----------
    customers : int
        Added in a usual quarter.
    quarters : int
        Rows, at least 3.
    seed : int
        Of all chance.
    truth : AggregateTruth, optional

    Returns
    -------
    Aggregates
    """
    truth = truth or AggregateTruth()
    rng = np.random.default_rng(seed)
    before = 4 * truth.years_before
    usual = np.exp(truth.wobble * rng.normal(size=before + quarters))
    came = np.repeat(np.arange(before + quarters), rng.poisson(customers * usual))
    on = came + rng.random(len(came))
    lived = rng.exponential(size=len(came)) * truth.shape / (2 * truth.hazard)
    years = 2 * lived ** (1 / truth.shape)
    left = np.floor(on + 4 * years)
    quarter = before + np.arange(quarters)
    added = (came == quarter[:, None]).sum(axis=1)
    lost = (left == quarter[:, None]).sum(axis=1)
    opening = int(((came < before) & (left >= before)).sum())
    revenue = 50 * np.exp((0.005 + 0.01 * rng.normal(size=quarters)).cumsum())
    table = pd.DataFrame(
        {
            ADDED: added.astype(float),
            LOST: lost.astype(float),
            CLOSING: opening + (added - lost).cumsum().astype(float),
            REVENUE: revenue.round(2),
        },
        pd.period_range("2018Q1", periods=quarters, freq="Q"),
    )
    return Aggregates(table, float(opening), "simulated", truth.years_before, 1)


def open_aggregates(
    settings: SourceSettings, years_before: int, customers_per_unit: int, revenue_months: int
) -> Aggregates:
    """Return the table a report asks for; see `workbench.data.aggregates.table.load_aggregates`.

    The simulated one has `simulated_accounts` customers added in a usual quarter, and a quarter for
    every three of `simulated_months`.

    Parameters
    ----------
    settings : SourceSettings
        Of the report.
    years_before, customers_per_unit, revenue_months : int
        See `workbench.data.aggregates.table.load_aggregates`.

    Returns
    -------
    Aggregates
    """
    if settings.source != SIMULATED:
        return load_aggregates(settings.source, years_before, customers_per_unit, revenue_months)
    quarters = settings.simulated_months // 3
    found = simulate_aggregates(settings.simulated_accounts, quarters, settings.data_seed)
    return replace(found, years_before=years_before, revenue_months=revenue_months)
