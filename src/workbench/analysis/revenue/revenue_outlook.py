"""What renewals due will be worth, and the next contract of each account."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd
import xarray as xr
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown
from workbench.analysis.prepare import PreparedData
from workbench.core.processes import CONTRACT, EXPAND
from workbench.features.revenue_data import RevenueData
from workbench.forecast.growth.forecast import Holdings
from workbench.forecast.growth.renewal_calendar import calendar_total, renewal_calendar
from workbench.forecast.revenue.drivers import outcome_table, revenue_drivers
from workbench.forecast.revenue.next_contracts import NextContracts, next_contracts
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.planbook.snapshot import movable
from workbench.report.net_growth.past_text import renewals_text
from workbench.report.net_growth.text import calendar_text
from workbench.report.output.answer import Answer
from workbench.report.output.tables import report_table
from workbench.report.renewals.text import caution_text, prior_text
from workbench.report.revenue import figures, next_contract_figures, next_contract_text
from workbench.report.revenue.answer import revenue_answer
from workbench.report.style import Figure


@dataclass(frozen=True, repr=False)
class RevenueOutlook(Shown):
    """What goes with growth, what falls due in money, and what the next contracts are worth.

    Parameters
    ----------
    data : PreparedData
    money : RevenueData
        What the revenue model was fitted to.
    inputs : ForecastInputs
    holdings : Holdings
    earning : Dataset
        Posterior of revenue.
    prob : float
        Probability inside every interval.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> outlook = wb.fit_revenue(data, draws=50, smoke=True).outlook(fit)
    >>> len(outlook.due(6))
    6
    """

    data: PreparedData
    money: RevenueData
    inputs: ForecastInputs
    holdings: Holdings
    earning: xr.Dataset
    prob: float

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """What became of the renewals that were won: smaller, flat or larger, and by how much."""
        return outcome_table(self.money.renewals)

    @property
    def outcomes_text(self) -> Prose:
        """The same in sentences, and what was left out of the data."""
        summary = renewals_text(
            self.outcomes, snapshot=self.data.hazard.is_snapshot, terms=self.data.has_terms
        )
        return Prose(summary + self.data.warnings)

    @property
    def outcomes_report(self) -> GT | None:
        """The same as a table for a page; None where contracts have no terms."""
        if not self.data.has_terms:
            return None
        table = report_table(self.outcomes, "What became of the renewals that were won")
        return table.fmt_percent(["share", "change"], decimals=1).fmt_integer(["renewals"])

    @cached_property
    def drivers(self) -> pd.DataFrame:
        """What goes with growth and with contraction; association, not cause.

        Where contracts have no terms, only what changes meanwhile.
        """
        found = revenue_drivers(self.earning, self.prob, self.data.hazard.coding)
        at_end = found["process"].isin([CONTRACT, EXPAND])
        return found if self.data.has_terms else found[~at_end].reset_index(drop=True)

    def due(self, months: int = 6) -> pd.DataFrame:
        """Return what falls due each month, today and as it is expected to become.

        Parameters
        ----------
        months : int
            How far ahead, from 1 to the horizon.

        Returns
        -------
        DataFrame
            See `workbench.forecast.growth.renewal_calendar.renewal_calendar`.
        """
        return renewal_calendar(self.inputs, self.holdings, months, self.prob)

    @property
    def _won(self) -> pd.DataFrame:
        return self.outcomes[:0] if self.data.hazard.is_snapshot else self.outcomes

    def answer(self, months: int = 6) -> Answer:
        """Answer in a sentence and headline numbers: what the renewals due are worth afterwards.

        Parameters
        ----------
        months : int
            How far ahead, from 1 to the horizon.

        Returns
        -------
        Answer
        """
        together = calendar_total(self.inputs, self.holdings, months, self.prob)
        asked = self.due(months), together, self._won, self.prob, self.data.currency
        return replace(revenue_answer(*asked), caution=caution_text(self.data.hazard))

    def text(self, months: int = 6) -> Prose:
        """Answer in a paragraph.

        Parameters
        ----------
        months : int
            How far ahead, from 1 to the horizon.

        Returns
        -------
        Prose
        """
        summary = calendar_text(self.due(months), self._won, self.prob, self.data.currency)
        return Prose(prior_text(self.data.hazard.endings) + summary)

    @cached_property
    def offered(self) -> NextContracts:
        """The next contract of each account, its factors and its levers."""
        reach = movable(self.data.hazard.rows, read_catalogue().signals)
        return next_contracts(self.inputs, self.holdings, reach, self.prob)

    @cached_property
    def contracts(self) -> pd.DataFrame:
        """One row per account: what its next contract is worth, and why."""
        return next_contract_text.contract_table(self.offered, self.data.hazard.accounts)

    @property
    def contracts_text(self) -> Prose:
        """What the next contracts are worth together, and which account has most to lose."""
        arguments = self.contracts, self.prob, self.data.currency
        return Prose(next_contract_text.next_contract_text(*arguments))

    def plot(self, months: int = 6) -> Figure | None:
        """Draw what falls due each month, today and as it is expected to become.

        Parameters
        ----------
        months : int
            How far ahead, from 1 to the horizon.

        Returns
        -------
        Figure or None
            None where contracts have no terms.
        """
        if not self.data.has_terms:
            return None
        return figures.calendar_figure(self.due(months), self.data.currency)

    def plot_drivers(self) -> Figure:
        """Draw what goes with growth and with contraction.

        Returns
        -------
        Figure
            Ratios of odds and rates, with intervals.
        """
        return figures.revenue_driver_figure(self.drivers, self.prob)

    def plot_contracts(self) -> Figure | None:
        """Draw the next contracts with most revenue at stake.

        Returns
        -------
        Figure or None
            None where contracts have no terms.
        """
        arguments = self.contracts, self.prob, self.data.currency
        if not self.data.has_terms:
            return None
        return next_contract_figures.extension_figure(*arguments)

    def plot_why(self) -> Figure | None:
        """Draw why the contract with most at stake is worth what it is, and what would raise it.

        Returns
        -------
        Figure or None
            None where contracts have no terms.
        """
        if not self.data.has_terms:
            return None
        one = next_contract_text.most_at_stake(self.contracts)
        parts = self.offered.factors, self.offered.levers
        own = [part[part["account_id"] == one["account_id"]] for part in parts]
        factors, levers = own
        arguments = self.prob, self.data.currency
        return next_contract_figures.why_figure(one, factors, levers, *arguments)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"as of": self.data.as_of, "renewals won so far": len(self.money.renewals)}
        calls = ("outlook.due(6)", "outlook.contracts", "outlook.drivers", "outlook.plot()")
        return Card("Revenue given renewal", facts, calls)
