"""The workbench's own forecast of a folder of tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from nrr.company import AS_OF
from nrr.folders import HORIZONS, QUANTITIES, quantile_table
from workbench.data.load import load_book
from workbench.features.hazard_data import DataSpecification, hazard_data
from workbench.features.revenue_data import revenue_data
from workbench.features.revenue_shocks import with_shocks
from workbench.forecast.growth import bridge, movements
from workbench.forecast.growth.forecast import forecast_book
from workbench.forecast.growth.setup import set_up_forecast
from workbench.forecast.posterior.survival import expected_shocks, read_draws
from workbench.inference.fit import fit_hazard
from workbench.inference.fit_revenue import fit_revenue
from workbench.inference.run import Sampling

_DRAWS, _SEED = 300, 1
GROUPS = ("industry", "segment")


def forecast(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the quantiles of each quantity, and each account's probability of leaving."""
    book = load_book(folder)
    asked = DataSpecification(
        as_of=f"{AS_OF:%Y-%m-%d}",
        horizon_months=max(HORIZONS),
        groups=GROUPS,
        seed=_SEED,
    )
    data = hazard_data(book, asked)
    how = Sampling(draws=_DRAWS, tune=_DRAWS, chains=2, seed=_SEED, target_accept=0.8)
    with threadpool_limits(1):
        leaving = fit_hazard(data.design, how).posterior
        last = movements.last_known_month(data.as_of)
        moved = movements.movements(movements.lines(data.subscriptions, last))
        shocks = expected_shocks(read_draws(leaving))
        money = with_shocks(revenue_data(data, moved), data.design, shocks)
        earning = fit_revenue(money, how).posterior
    inputs, holdings = set_up_forecast(data, money, (leaving, earning), max(HORIZONS), _SEED)
    growth = forecast_book(inputs, holdings)
    drawn = bridge.retention_draws(growth, "account-level")
    quantiles = quantile_table(
        {(name, months): drawn[name][:, months - 1] for name in QUANTITIES for months in HORIZONS}
    )
    accounts = growth.accounts[["account_id"]].assign(leaves=1 - growth.accounts["stays"])
    return quantiles, accounts
