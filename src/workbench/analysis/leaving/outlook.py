"""Who stays, what falls due and what goes with leaving."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workbench.analysis.card import Card, Prose, gate_warnings, gates_text
from workbench.analysis.leaving.explanation import Explanation, explain_outlook
from workbench.analysis.leaving.outlook_tables import OutlookTables
from workbench.analysis.plans.levers import flat_sliders
from workbench.forecast.leaving import renewals
from workbench.forecast.leaving.curves import curves_text
from workbench.forecast.leaving.drivers import drivers_text
from workbench.forecast.leaving.due import loss_when_due
from workbench.forecast.leaving.uncertainty import uncertainty_text
from workbench.report.output.answer import Answer
from workbench.report.output.row_table import RowTable
from workbench.report.output.tables import with_account_facts
from workbench.report.plan.sliders import Sliders
from workbench.report.renewals import calendar_figures, figures
from workbench.report.renewals import text as text
from workbench.report.renewals.answer import renewals_answer
from workbench.report.renewals.driver_curves import bends_figure
from workbench.report.renewals.tables import accounts_report, due_report
from workbench.report.style import Figure


@dataclass(frozen=True, repr=False)
class RenewalOutlook(OutlookTables):
    """Who will still be a customer.

    Its tables and parameters are those of
    `workbench.analysis.leaving.outlook_tables.OutlookTables`.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> outlook = fit.outlook(months=12)
    >>> outlook.survival.dims, outlook.survival.sizes["month"]
    (('draw', 'account', 'month'), 12)
    >>> list(outlook.due(6).columns[:4])
    ['subscription_id', 'account_id', 'name', 'product']
    """

    def answer(self, months: int = 6) -> Answer:
        """Answer in a sentence and headline numbers: who stays, what falls due, what is at risk.

        Parameters
        ----------
        months : int
            How far ahead renewals are counted, from 1 to the outlook's own reach.

        Returns
        -------
        Answer
        """
        due = self.due(months)
        lost = loss_when_due(self.outlook, due, self.prob)
        asked = self.book, self.outlook.today(), due, lost, self.prob, self.data.currency
        return replace(renewals_answer(*asked), caution=text.caution_text(self.data.hazard))

    def text(self, months: int = 6) -> Prose:
        """Answer in a paragraph: who stays, what falls due, what is at risk.

        Parameters
        ----------
        months : int
            How far ahead renewals are counted, from 1 to the outlook's own reach.

        Returns
        -------
        Prose
            Shows itself as Markdown.
        """
        asked = self.book, self.outlook.today(), self.due(months), self.prob, self.data.currency
        summary = text.renewal_text(*asked, terms=self.data.has_terms)
        why = uncertainty_text(self.uncertainty)
        return Prose(
            text.prior_text(self.data.hazard.endings) + summary + (f"\n\n{why}" if why else "")
        )

    @property
    def due_text(self) -> Prose:
        """What renewals due mean; where contracts have no terms, that there are none."""
        return Prose(text.due_text(terms=self.data.has_terms))

    def due_report(self, months: int = 6) -> RowTable | None:
        """Return the renewals that fall due for a page, most at stake first; None without terms.

        Parameters
        ----------
        months : int
            How far ahead, from 1 to the outlook's own reach.
        """
        due, accounts = self.due(months), self.data.hazard.accounts
        return due_report(due, accounts, self.data.currency) if self.data.has_terms else None

    @property
    def accounts_report(self) -> RowTable:
        """Every account for a page: what it is worth, how likely it stays, and its curve."""
        asked = self.accounts, self.outlook.book, self.data.hazard.accounts, self.data.currency
        return accounts_report(*asked)

    @property
    def drivers_text(self) -> Prose:
        """What goes with leaving, in sentences; where effects may bend, which do."""
        found = drivers_text(self.drivers, self.prob), curves_text(self.curves)
        return Prose("\n\n".join(filter(None, found)))

    def explain(self, months: int = 6) -> Explanation:
        """Tell for each subscription what raises and what lowers its hazard.

        Parameters
        ----------
        months : int
            How far ahead the renewal is looked for that is explained in its own month too.

        Returns
        -------
        Explanation
            Of the first month to come, and of the renewal with most at stake.
        """
        stated = self.draws, self.accounts, self.prob
        return explain_outlook(self.data, self.outlook, self.due(months), *stated)

    def sliders(self, accounts: list[str]) -> Sliders:
        """Return the strongest levers of some accounts, computed before, to drag.

        Parameters
        ----------
        accounts : list of str
            Account ids of the book.
        """
        return flat_sliders(self.data, self.draws, accounts, self.seed, self.prob)

    def plot(self) -> Figure:
        """Draw how many accounts and how much revenue are left.

        Returns
        -------
        Figure
            A panel each, by months after the as-of date, with intervals; revenue is annual, in the
            book's currency.
        """
        currency, today = self.data.currency, self.outlook.today()
        return figures.book_figure(self.book, today, self.prob, currency)

    def plot_due(self, months: int = 6) -> Figure | None:
        """Draw the revenue that falls due each month, and what of it is at risk.

        Parameters
        ----------
        months : int
            How far ahead, from 1 to the outlook's own reach.

        Returns
        -------
        Figure or None
            A bar per month of annual recurring revenue, in the book's currency, the expected loss
            within it and the number of renewals above; None where contracts have no terms.

        Raises
        ------
        ParameterError
            When the outlook does not reach as far.
        """
        due = self.due(months)
        if not self.data.has_terms:
            return None
        return calendar_figures.calendar_figure(due, self.months[:months], self.data.currency)

    def plot_owners(self, months: int = 6) -> Figure | None:
        """Draw when and with whom renewals fall due, in shades of their expected loss.

        Parameters
        ----------
        months : int
            How far ahead, from 1 to the outlook's own reach.

        Returns
        -------
        Figure or None
            Owners by months, in the book's currency; None without terms or owners.
        """
        due = with_account_facts(self.due(months), self.data.hazard.accounts)
        coming = self.months[:months]
        return (
            calendar_figures.owner_calendar_figure(due, coming, self.data.currency)
            if len(due)
            else None
        )

    def plot_risk(self, months: int = 6) -> Figure | None:
        """Draw each renewal that falls due by its probability and its worth.

        Parameters
        ----------
        months : int
            How far ahead, from 1 to the outlook's own reach.

        Returns
        -------
        Figure or None
            Names come up when a point is pointed at on a page; None without terms.
        """
        due = self.due(months)
        return calendar_figures.risk_figure(due, self.data.currency) if len(due) else None

    def plot_groups(self, grouping: str = "segment") -> Figure | None:
        """Draw the share of customers left by segment, or by another grouping.

        Parameters
        ----------
        grouping : str
            A column of the accounts.

        Returns
        -------
        Figure or None
            None where the accounts do not have it.
        """
        accounts = self.data.hazard.accounts
        if grouping not in accounts or accounts[grouping].dropna().empty:
            return None
        groups = renewals.group_table(self.outlook, accounts, grouping, self.prob)
        return figures.segment_figure(groups, self.prob)

    def plot_accounts(self, accounts: list[str]) -> Figure:
        """Draw how likely some accounts are still customers, month by month.

        Parameters
        ----------
        accounts : list of str
            Account ids, a panel each.

        Returns
        -------
        Figure
        """
        shown = self.accounts[self.accounts["account_id"].isin(accounts)]
        return figures.curve_figure(shown, self.prob)

    def plot_drivers(self) -> Figure:
        """Draw what goes with leaving.

        Returns
        -------
        Figure
            Hazard ratios of the strongest drivers, at most 14, on a log axis with intervals: right
            of ×1 goes with leaving faster. It is association, not cause.
        """
        return figures.driver_figure(self.drivers, self.prob)

    def plot_curves(self) -> Figure | None:
        """Draw the effects that are no lines.

        Returns
        -------
        Figure or None
            A panel each for the three clearest: the hazard against that of the mean value, with
            its band; None where none bends, or none was asked to (see `workbench.prepare`).
        """
        return bends_figure(self.curves, self.prob)

    def card(self) -> Card:
        """Return what is shown."""
        today, left = self.outlook.today(), self.book.iloc[-1]
        return Card(
            "Who stays",
            {
                "as of": self.data.as_of,
                "accounts today": f"{today['accounts']:,.0f}",
                f"of them left in {len(self.outlook.months)} months": f"{left['accounts']:,.0f} "
                f"({left['accounts_low']:,.0f} to {left['accounts_high']:,.0f}, {self.prob:.0%})",
                "gates of the fit": gates_text(self.gates),
            },
            ("outlook.plot()", "outlook.due(6)", "outlook.accounts", "outlook.drivers",
             "outlook.survival"),
            gate_warnings(self.gates, mock=self.mock),
        )  # fmt: skip
