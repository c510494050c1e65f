"""Why one subscription is more or less likely to leave than the book."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.analysis.card import Card, Shown
from workbench.analysis.prepare import PreparedData
from workbench.core.calendar import month_label
from workbench.forecast.leaving import explain
from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.posterior.survival import Draws
from workbench.report.renewals.explain_figures import contribution_figure
from workbench.report.style import Figure


@dataclass(frozen=True, repr=False)
class Explanation(Shown):
    """What each driver adds to each subscription's log-hazard, against the book's average.

    Parameters
    ----------
    contributions : DataFrame
        See `workbench.forecast.leaving.explain.contribution_table`.
    subscription, month : str
        The one with most at stake, and the month (YYYY-MM) that is drawn of it.
    name : str
        Of its account.
    prob : float
        Probability inside every interval.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> set(fit.outlook(12).explain().contributions["level"]) >= {"driver", "group", "total"}
    True
    """

    contributions: pd.DataFrame
    subscription: str
    month: str
    name: str
    prob: float

    def plot(self) -> Figure:
        """Draw what raises and what lowers the hazard of the subscription with most at stake.

        Returns
        -------
        Figure
            Groups, and the strongest drivers, added to the log-hazard, with intervals.
        """
        table = self.contributions
        own = table["subscription_id"].eq(self.subscription) & table["month"].eq(self.month)
        return contribution_figure(table[own], self.name, self.prob)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"most at stake": self.name, "subscription": self.subscription, "month": self.month}
        return Card("Why this one", facts, ("why.plot()", "why.contributions"))


def explain_outlook(
    data: PreparedData,
    outlook: Outlook,
    due: pd.DataFrame,
    draws: Draws,
    accounts: pd.DataFrame,
    prob: float,
) -> Explanation:
    """Explain each subscription in the first month to come, and the renewal with most at stake.

    Parameters
    ----------
    data : PreparedData
    outlook : Outlook
    due : DataFrame
        Renewals due, most at risk first.
    draws : Draws
        By which the outlook was made.
    accounts : DataFrame
        With account_id and name.
    prob : float
        Probability inside every interval, between 0 and 1.

    Returns
    -------
    Explanation
    """
    chosen, horizon = explain.most_at_stake(outlook, due)
    future, horizons = (data.hazard.future_design, data.hazard.future), sorted({1, horizon})
    table = explain.contribution_table(draws, *future, horizons, prob)
    account = table.loc[table["subscription_id"] == chosen, "account_id"].iloc[0]
    name = accounts.loc[accounts["account_id"] == account, "name"].iloc[0]
    return Explanation(table, chosen, month_label(int(outlook.months[horizon - 1])), name, prob)
