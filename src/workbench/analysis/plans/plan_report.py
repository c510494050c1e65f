"""An account plan as a report: where the accounts stand, what the plan changes, the document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
from great_tables import GT
from IPython.display import HTML

from workbench.analysis.card import Card, Shown
from workbench.plans.evaluate.compare import Comparison, compare
from workbench.plans.evaluate.outcome import Outcome
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.provenance import provenance
from workbench.plans.plan.document import Plan
from workbench.report.account_plan.answer import plan_answer
from workbench.report.output.answer import Answer
from workbench.report.output.tables import report_table
from workbench.report.plan import figures, markup, view
from workbench.report.plan.content import titled_provenance
from workbench.report.plan.document import plan_document, write_document
from workbench.report.style import Figure


@dataclass(frozen=True, repr=False)
class PlanReport(Shown):
    """A plan on its book, shown to those who did not write it.

    Parameters
    ----------
    planner : Planner
        Book, catalogue and measured effects.
    plan : Plan
    prob : float
        Probability inside every interval.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> growth = wb.fit_revenue(data, draws=50, smoke=True).forecast(fit, months=6)
    >>> account = growth.accounts["account_id"].iloc[0]
    >>> nothing = wb.Plan(version=1, name="Wait", accounts=(account,))
    >>> sorted(wb.PlanReport(growth.planner().planner, nothing, 0.9).sheets)
    ['comparison', 'effects', 'monthly']
    """

    planner: Planner
    plan: Plan
    prob: float

    @cached_property
    def before(self) -> Outcome:
        """Things as they stand."""
        return self.planner.baseline(self.plan)

    @cached_property
    def compared(self) -> Comparison:
        """The plan beside things as they stand, draw by draw."""
        after, months = self.planner.evaluate(self.plan), self.planner.book.months
        return compare(self.before, [after], months, self.prob)

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Where each lever's effect comes from: association, assumed or measured."""
        return provenance(self.planner, self.plan)

    @property
    def effects_report(self) -> GT:
        """The same as a table for a page."""
        shown = titled_provenance(self.effects, self.planner.catalogue)
        return report_table(shown, "Where the effects come from")

    @property
    def sheets(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        compared = self.compared
        tables = {"comparison": compared.summary, "monthly": compared.monthly}
        return tables | {"effects": self.effects}

    @property
    def standing(self) -> HTML:
        """Where the accounts stand, and what the plan is expected to change."""
        effect = view.effect_view(self.planner, self.plan, self.compared, self.prob)
        stands = view.standing_view(self.planner, self.before, self.prob).facts
        return HTML(stands + effect.numbers + effect.remarks)

    def answer(self) -> Answer:
        """Answer in a sentence and headline numbers what the plan is expected to change.

        Returns
        -------
        Answer
        """
        book = self.planner.book
        end = book.months[-1]
        return plan_answer(self.plan.name, self.compared, end, self.prob, book.currency)

    def plot(self) -> Figure:
        """Draw yearly revenue: as things stand against the plan.

        Returns
        -------
        Figure
            A fan for each of the two, in the book's currency, month by month.
        """
        opening, currency = self.before.opening / 100, self.planner.book.currency
        return figures.revenue_figure(self.compared.monthly, opening, self.prob, currency)

    def plot_renewal(self) -> Figure:
        """Draw the probability that the accounts are still customers: as things stand, and planned.

        Returns
        -------
        Figure
        """
        due = view.due_month(self.planner.book, self.before)
        return figures.renewal_figure(self.compared.monthly, due, self.prob)

    def document(self, run_dir: str = "") -> HTML:
        """Return the plan's document, to be shown.

        Parameters
        ----------
        run_dir : str
            Folder that receives it as ``plan.html``; empty writes nothing.

        Returns
        -------
        HTML
        """
        page = plan_document(self.planner, self.plan, self.prob)
        if run_dir:
            write_document(page, Path(run_dir) / "plan.html")
        return HTML(markup.document_html(page, run_dir and "plan.html"))

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"as of": self.planner.book.as_of, "accounts": ", ".join(self.plan.accounts)}
        calls = ("report.standing", "report.plot()", "report.effects", "report.document()")
        return Card(f"Plan: {self.plan.name}", facts, calls)
