"""Who will still be a customer, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import xarray as xr

from workbench.analysis.card import Shown
from workbench.analysis.prepare import PreparedData
from workbench.core import names
from workbench.core.calendar import month_label
from workbench.core.errors import ParameterError, Problem
from workbench.forecast.backtest.forecast_record import (
    ForecastRecord,
    record_outlook,
    trailing_renewal_rate,
)
from workbench.forecast.leaving import due, renewals
from workbench.forecast.leaving.curves import curve_table
from workbench.forecast.leaving.uncertainty import uncertainty_table
from workbench.forecast.posterior.survival import Draws
from workbench.report.renewals import text as text


@dataclass(frozen=True, repr=False)
class OutlookTables(Shown):
    """Survival of every account as tables; texts and pictures stand on `RenewalOutlook`.

    Parameters
    ----------
    data : PreparedData
    outlook : Outlook
        Survival of every subscription in every draw, see `workbench.forecast.leaving.renewals`.
    draws : Draws
        Of the posterior, by which it was made.
    rows : DataFrame
        The months to come, one row per subscription and month.
    drivers : DataFrame
        driver, kind, hazard_ratio, low, high, clear: what goes with leaving, strongest first. It
        is association, not cause.
    gates : DataFrame
        Of the fit.
    prob : float
        Probability inside every interval.
    seed : int
        Of what is simulated.
    mock : bool
    """

    data: PreparedData
    outlook: renewals.Outlook
    draws: Draws
    rows: pd.DataFrame
    drivers: pd.DataFrame
    gates: pd.DataFrame
    prob: float
    seed: int
    mock: bool

    @property
    def months(self) -> list[str]:
        """Months to come, YYYY-MM."""
        return [month_label(int(month)) for month in self.outlook.months]

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """Probability that each account is still a customer after each month, with low and high.

        See `workbench.forecast.leaving.renewals.account_table`.
        """
        return renewals.account_table(self.outlook, self.data.hazard.accounts, self.prob)

    @cached_property
    def book(self) -> pd.DataFrame:
        """How many accounts and how much revenue are left after each month, with intervals."""
        return renewals.book_table(self.outlook, self.prob)

    @property
    def survival(self) -> xr.DataArray:
        """Probability of still being a customer: dimensions draw, account and month."""
        return xr.DataArray(
            self.outlook.account(),
            dims=(names.DRAW, "account", "month"),
            coords={"account": self.outlook.accounts, "month": self.months},
            name="survival",
        )

    @cached_property
    def curves(self) -> pd.DataFrame:
        """What numbers do to leaving along their values, where the data were prepared with curves.

        See `workbench.forecast.leaving.curves.curve_table`.
        """
        return curve_table(self.draws, self.data.hazard.coding, self.prob)

    @cached_property
    def uncertainty(self) -> pd.DataFrame:
        """How much of the interval comes from shocks to come, parameters and luck, by month.

        See `workbench.forecast.leaving.uncertainty.uncertainty_table`.
        """
        data = self.data.hazard
        designs = data.design, data.future_design
        known = renewals.known_ahead(data.future)
        return uncertainty_table(self.outlook, self.draws, designs, known)

    def due(self, months: int = 6) -> pd.DataFrame:
        """List the renewals that fall due, most revenue at risk first.

        Parameters
        ----------
        months : int
            How far ahead, from 1 to the outlook's own reach.

        Returns
        -------
        DataFrame
            subscription_id, account_id, name, product, due (YYYY-MM), arr, probability, low, high,
            at_risk; see `workbench.forecast.leaving.due.renewals_due`.

        Raises
        ------
        ParameterError
            When the outlook does not reach as far.
        """
        check_reach(months, len(self.outlook.months), "wb.prepare(..., horizon_months=...)")
        accounts = self.data.hazard.accounts
        return due.renewals_due(self.outlook, self.rows, accounts, months, self.prob)

    def most_at_risk(self, months: int = 6, count: int = 4) -> list[str]:
        """Name the accounts with most revenue at stake; where none is due, the first ones.

        Parameters
        ----------
        months : int
            How far ahead, from 1 to the outlook's own reach.
        count : int
            At most so many accounts, 1 or more.

        Returns
        -------
        list of str
            Account ids.
        """
        named = list(dict.fromkeys(self.due(months)["account_id"]))[:count]
        return named or list(self.outlook.accounts[:count])

    @property
    def record(self) -> ForecastRecord:
        """The forecast as it is kept until it can be scored."""
        data = self.data.hazard
        rate = trailing_renewal_rate(data.rows, data.window.last_month + 1)
        return record_outlook(self.outlook, self.rows, data.as_of, rate)


def check_reach(months: int, reach: int, hint: str) -> None:
    """Refuse months that a forecast does not reach.

    Parameters
    ----------
    months : int
        Months to come that are asked for.
    reach : int
        Most months that there are, at least 1.
    hint : str
        The call that would reach further, as code; the error says to see it.

    Raises
    ------
    ParameterError
        With the hint as what to do.
    """
    if not (isinstance(months, int) and 1 <= months <= reach):
        expected = f"a whole number from 1 to {reach}, for which the data were prepared"
        problem = Problem("out of reach", "months", expected, repr(months), f"See {hint}.")
        raise ParameterError("There is no forecast for so many months.", [problem])
