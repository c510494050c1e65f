"""Account plans: read, evaluate, compare; what was fitted is no longer needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from workbench.analysis.card import Card, Shown
from workbench.plans.evaluate.compare import Comparison, compare
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.provenance import provenance
from workbench.plans.levers.effects import Estimate
from workbench.plans.plan import file
from workbench.plans.plan.catalogue import Catalogue, read_catalogue
from workbench.plans.plan.document import Plan
from workbench.plans.plan.measured import read_measured
from workbench.report.plan import figures
from workbench.report.style import Figure


@dataclass(frozen=True, repr=False)
class AccountPlan(Shown):
    """A plan and the measured effects that it names.

    Parameters
    ----------
    document : Plan
        See `workbench.plans.plan.document.Plan`.
    measured : mapping
        Estimates by file, as the plan names it, and effect.

    Examples
    --------
    >>> import tempfile
    >>> import workbench as wb
    >>> with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
    ...     _ = file.write("{version: 1, name: Wait, accounts: [A000001]}")
    ...     file.flush()
    ...     plan = wb.read_plan(file.name)
    >>> plan.document.name
    'Wait'
    """

    document: Plan
    measured: Mapping[str, Mapping[str, Estimate]]

    def card(self) -> Card:
        """Return what is shown."""
        plan = self.document
        return Card(
            f"Plan: {plan.name}",
            {
                "accounts": ", ".join(plan.accounts),
                "actions": ", ".join(action.kind for action in plan.actions) or "none",
                "levers of its own": len(plan.levers),
            },
            ("growth.planner().compare(plan)", "plan.document"),
        )


@dataclass(frozen=True, repr=False)
class PlanComparison(Shown):
    """A plan beside things as they stand, for the same accounts and draws.

    Parameters
    ----------
    plan : Plan
    compared : Comparison
        See `workbench.plans.evaluate.compare.Comparison`.
    effects : DataFrame
        Where each lever's effect comes from: association, assumed or measured.
    opening : float
        Yearly revenue on the as-of date.
    as_of, currency : str
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
    >>> growth.planner().compare(nothing).summary["plan"].tolist()
    ['as things stand', 'Wait']
    """

    plan: Plan
    compared: Comparison
    effects: pd.DataFrame
    opening: float
    as_of: str
    currency: str
    prob: float

    @property
    def summary(self) -> pd.DataFrame:
        """One row each: renews, stays, arr, nrr, gain, with intervals, and what it takes."""
        return self.compared.summary

    @property
    def monthly(self) -> pd.DataFrame:
        """The same month by month."""
        return self.compared.monthly

    @property
    def bridge(self) -> pd.DataFrame:
        """Opening, movements and closing of each."""
        return self.compared.bridge

    def plot(self) -> Figure:
        """Draw yearly revenue: as things stand against the plan.

        Returns
        -------
        Figure
            Yearly revenue of the plan's accounts, in the book's currency, month by month from the
            as-of date: a fan for each of the two, which holds `prob`.
        """
        return figures.revenue_figure(self.monthly, self.opening, self.prob, self.currency)

    def card(self) -> Card:
        """Return what is shown."""
        plan = self.summary.iloc[-1]
        gain = f"{plan['gain']:,.0f} ({plan['gain_low']:,.0f} to {plan['gain_high']:,.0f}"
        warnings = tuple(text for text in self.effects["warning"] if text)
        return Card(
            f"Plan “{self.plan.name}” beside things as they stand",
            {
                "as of": self.as_of,
                "renews": f"{self.summary['renews'].iloc[0]:.0%} → {plan['renews']:.0%}",
                "gain at the horizon": f"{self.currency} {gain}, {self.prob:.0%})".strip(),
                "better": f"in {plan['better']:.0%} of the draws",
                "hours": f"{plan['hours']:g}",
            },
            ("compared.plot()", "compared.summary", "compared.effects", "compared.bridge"),
            tuple(dict.fromkeys(warnings)),
        )


@dataclass(frozen=True, repr=False)
class BookPlanner(Shown):
    """What evaluates plans on a forecast.

    Parameters
    ----------
    planner : Planner
        See `workbench.plans.evaluate.planner.Planner`.
    prob : float
        Probability inside every interval.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> planner = wb.fit_revenue(data, draws=50, smoke=True).forecast(fit, months=6).planner()
    >>> "business_review" in planner.planner.catalogue.entries
    True
    """

    planner: Planner
    prob: float

    def compare(self, plan: AccountPlan | Plan) -> PlanComparison:
        """Set a plan beside things as they stand, draw by draw.

        Parameters
        ----------
        plan : AccountPlan or Plan

        Returns
        -------
        PlanComparison
            Of the plan's accounts, over all months of the forecast.

        Raises
        ------
        ParameterError
            When the plan names what the book does not have, or no account is left.
        """
        document = plan.document if isinstance(plan, AccountPlan) else plan
        measured = plan.measured if isinstance(plan, AccountPlan) else {}
        planner = replace(self.planner, measured=measured)
        book = planner.book
        before, after = planner.baseline(document), planner.evaluate(document)
        return PlanComparison(
            plan=document,
            compared=compare(before, [after], book.months, self.prob),
            effects=provenance(planner, document),
            opening=before.opening / 100,
            as_of=book.as_of,
            currency=book.currency,
            prob=self.prob,
        )

    def card(self) -> Card:
        """Return what is shown."""
        book = self.planner.book
        return Card(
            "Planner",
            {
                "as of": book.as_of,
                "accounts": f"{len(book.accounts):,}",
                "months to come": len(book.months),
                "actions known": len(self.planner.catalogue.entries),
            },
            ('planner.compare(wb.read_plan("plan.yaml"))',),
        )


def read_plan(path: str | Path, catalogue: Catalogue | None = None) -> AccountPlan:
    """Read a plan and the measured effects that it names.

    Parameters
    ----------
    path : str or Path
        YAML or JSON; see docs/plans.md.
    catalogue : Catalogue, optional
        Of actions; left out, the one that comes with the workbench.

    Returns
    -------
    AccountPlan

    Raises
    ------
    DataError
        When it is not a valid plan; all faults together, each with its line.
    ParameterError
        When there is no such file.

    Examples
    --------
    >>> import tempfile
    >>> import workbench as wb
    >>> with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
    ...     _ = file.write("{version: 1, name: Wait, accounts: [A000001]}")
    ...     file.flush()
    ...     plan = wb.read_plan(file.name)
    >>> plan.document.accounts
    ('A000001',)
    """
    known = catalogue or read_catalogue()
    document = file.read_plan(path, known)
    return AccountPlan(document, read_measured(document, known, Path(path).parent))
