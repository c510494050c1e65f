"""What net revenue retention would have been forecast on past days, beside who was to stay.

To each day both models are fitted: that of leaving by its approximation, as the look back at who
stays has it, and that of revenue by a few draws of its own.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.analysis.leaving.hindsight import found_again, quick_sampling
from workbench.analysis.leaving.past_days import MONTHS, as_of_days, quick_leaving
from workbench.analysis.leaving.renewals import RenewalFit
from workbench.core.calendar import month_number
from workbench.core.errors import ParameterError, Problem
from workbench.features.hazard_data import HazardData
from workbench.features.revenue_data import revenue_data
from workbench.features.revenue_shocks import with_shocks
from workbench.forecast.backtest.hindsight import Hindsight, retention_row
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.forecast.growth.bridge import retention_draws
from workbench.forecast.growth.committed import book_lines
from workbench.forecast.growth.definitions import Pack
from workbench.forecast.growth.forecast import forecast_book
from workbench.forecast.growth.levels import levels_of
from workbench.forecast.growth.movements import last_known_month, lines, movements
from workbench.forecast.growth.setup import hold
from workbench.forecast.posterior.revenue import read_revenue_draws
from workbench.forecast.posterior.survival import Draws, expected_shocks
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.inference.fit_revenue import quick_revenue
from workbench.inference.run import Sampling
from workbench.inference.store import fit_key

# Months in which nothing happened tell little each: of these many, some stand for the others.
_QUIET_ROWS, _QUIET_PER_HIT = 2000, 10
# Draws of revenue are dearer than those of leaving, and these are many for a quarter ahead.
_DRAWS, _TUNE = 100, 80


def look_back_at_revenue(fit: RenewalFit | None) -> Hindsight:
    """Forecast net revenue retention from past days, and set it against what happened.

    Parameters
    ----------
    fit : RenewalFit or None
        Of today, with which revenue was fitted. Its settings say how many days; its store keeps the
        result.

    Returns
    -------
    Hindsight
        Who stays, as `RenewalFit.hindsight` has it, and one row more for each day; as that one
        where it judges nothing.

    Raises
    ------
    ParameterError
        Without a fit.
    """
    if fit is None:
        hint = "Fit revenue with the model of leaving: wb.fit_revenue(data, leaving=fit)."
        problem = Problem("nothing to look back with", "leaving", "a RenewalFit", "None", hint)
        raise ParameterError("Past forecasts take both models.", [problem])
    stays = fit.hindsight
    if stays.table.empty:
        return stays
    how = quick_sampling(fit.settings.seed)
    parts = [fit.data.book.fingerprint, fit.data.asked, fit.data.as_of, stays.table, how]

    def look() -> Hindsight:
        rows = _past_rows(fit, sorted(stays.table["origin"].unique()), how)
        table = pd.concat([stays.table, *rows]).sort_values("origin", kind="stable")
        return replace(stays, table=table.reset_index(drop=True))

    return found_again(fit.store, fit_key(parts, __name__), stays.prob, look)


def _past_rows(fit: RenewalFit, days: list[str], how: Sampling) -> list[pd.DataFrame]:
    hazard, store, rows = fit.data.hazard, fit.store, []
    known = KnownContracts(hazard.subscriptions, hazard.as_of)
    for then in as_of_days(fit.data, days):
        nrr = _net_retention(then, quick_leaving(then, how, store), how)
        rows.append(retention_row(nrr, then.as_of, MONTHS, known, fit.settings.interval_prob))
    return rows


def _net_retention(data: HazardData, leaving: Draws, how: Sampling) -> np.ndarray:
    """Return net revenue retention after `MONTHS` months by account, in every draw."""
    moved = movements(lines(data.subscriptions, last_known_month(data.as_of)))
    money = revenue_data(data, moved, quiet_rows=_QUIET_ROWS, quiet_per_hit=_QUIET_PER_HIT)
    money = with_shocks(money, data.design, expected_shocks(leaving))
    # Who comes has no part in retention.
    money = replace(money, new=replace(money.new, customers=money.new.customers.iloc[:0]))
    earning = quick_revenue(money, replace(how, chains=1, draws=_DRAWS, tune=_TUNE))
    revenue = read_revenue_draws(earning, money, MONTHS)
    paired = leaving.take(slice(None, None, len(leaving) // _DRAWS))
    first = month_number(data.as_of)
    inputs = ForecastInputs(paired, revenue, data.coding, first, MONTHS, how.seed)
    held = book_lines(data)
    levels = levels_of(held, data.accounts, (), revenue.new.source)
    ahead = forecast_book(inputs, hold(data, inputs, held, levels, None))
    return retention_draws(ahead, Pack.ACCOUNT_LEVEL)["nrr"][:, MONTHS - 1]
