"""The book's past revenue to the cent: movements, and retention under every definition."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown
from workbench.analysis.prepare import PreparedData
from workbench.core.calendar import month_number
from workbench.forecast.growth import bridge, definitions, movements, overlaps
from workbench.forecast.growth.past_retention import cohort_retention, segment_retention
from workbench.forecast.growth.triangle import cohort_accounts, retention_triangle
from workbench.report.net_growth import history_figures, past_text
from workbench.report.net_growth.account_tables import cohorts_report
from workbench.report.net_growth.past_retention_figure import past_retention_figure
from workbench.report.net_growth.tables import rules_report
from workbench.report.output.row_table import RowTable
from workbench.report.style import Figure

_MONTHS = 36


@dataclass(frozen=True, repr=False)
class PastRevenue(Shown):
    """Every change of a contract as one movement: opening plus movements is closing.

    Parameters
    ----------
    data : PreparedData

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> past = wb.past_revenue(data)
    >>> bool((past.bridge["opening"].iloc[1:].values == past.bridge["closing"].iloc[:-1]).all())
    True
    """

    data: PreparedData

    @property
    def first_month(self) -> int:
        """Month number of the first month to come."""
        return month_number(self.data.hazard.as_of)

    @property
    def compared_months(self) -> int:
        """Months until today over which definitions are compared, at most 12."""
        return self.first_month - 1 - max(self.first_month - 13, self._known[0])

    @property
    def _known(self) -> tuple[int, int]:
        return self.data.hazard.window.first_month, self.first_month - 1

    @cached_property
    def lines(self) -> pd.DataFrame:
        """What each account pays for each product, and since when."""
        last = movements.last_known_month(self.data.hazard.as_of)
        return movements.lines(self.data.hazard.subscriptions, last)

    @cached_property
    def moved(self) -> pd.DataFrame:
        """Movements, in cents."""
        return movements.movements(self.lines)

    @cached_property
    def cents(self) -> pd.DataFrame:
        """The bridge of each of the last months, at most 36, in cents."""
        last = movements.last_known_month(self.data.hazard.as_of)
        return movements.bridge(self.moved, max(self._known[0], last - _MONTHS + 1), last)

    @property
    def bridge(self) -> pd.DataFrame:
        """Opening, movements and closing of each of the last months, in the book's currency."""
        return bridge.history_table(self.cents, self.data.hazard.as_of)

    @cached_property
    def ends(self) -> pd.DataFrame:
        """What each line was worth at both ends of the last year, as far as it is known."""
        before = self.first_month - 1 - self.compared_months
        chains = self.data.hazard.subscriptions
        return definitions.positions(self.lines, chains, before, self.first_month - 1)

    @cached_property
    def rules(self) -> pd.DataFrame:
        """What each rule of a definition of retention changes, in money."""
        rules = definitions.reconciliation(self.ends)
        rules[["opening", "net", "gross"]] /= 100
        return rules

    @cached_property
    def triangle(self) -> pd.DataFrame:
        """What was left of each cohort, year by year."""
        return retention_triangle(self.lines, *self._known)

    @cached_property
    def by_segment(self) -> pd.DataFrame:
        """Retention of past years by segment."""
        hazard = self.data.hazard
        return segment_retention(self.lines, hazard.subscriptions, hazard.accounts, *self._known)

    @cached_property
    def by_cohort(self) -> pd.DataFrame:
        """Retention of past years by the year in which customers came."""
        return cohort_retention(self.lines, self.data.hazard.subscriptions, *self._known)

    @property
    def text(self) -> Prose:
        """How the past adds up, what was left out, and which contracts overlap."""
        snapshot, currency = self.data.hazard.is_snapshot, self.data.currency
        summary = past_text.reconciliation_text(self.cents, currency, snapshot=snapshot)
        contracts, first = self.data.book.frame("contracts"), self.first_month
        months = first - 1 - self.compared_months, first - 1
        doubled = overlaps.overlaps(contracts, self.ends, *months)
        own = f"{summary}{self.data.warnings}", past_text.overlap_text(doubled, currency)
        return Prose("\n\n".join(part for part in own if part))

    def retention_text(self, definition: str = "account-level") -> Prose:
        """Say what was kept in the past; empty for a snapshot, which has none.

        Parameters
        ----------
        definition : str
            ``account-level``, ``line-level``, ``eligible-for-renewal`` or ``with-returning``.

        Returns
        -------
        Prose
        """
        if self.data.hazard.is_snapshot:
            return Prose()
        return Prose(past_text.past_retention_text(self.by_segment, definition))

    def rules_report(self) -> GT | None:
        """Return what each rule changes as a table for a page; None for a snapshot.

        Returns
        -------
        GT or None
        """
        if self.data.hazard.is_snapshot:
            return None
        rules = self.rules
        if not self.data.has_terms:
            rules = rules[: rules["rule"].tolist().index(definitions.Pack.LINE_LEVEL) + 1]
        return rules_report(rules, self.compared_months)

    @cached_property
    def cohort_accounts(self) -> pd.DataFrame | None:
        """Who stands behind the triangle; None of a snapshot."""
        snapshot = self.data.hazard.is_snapshot
        return None if snapshot else cohort_accounts(self.lines, *self._known)

    def cohorts_report(self) -> RowTable | None:
        """Return who stands behind the triangle for a page; None of a snapshot."""
        members = self.cohort_accounts
        return None if members is None else cohorts_report(members, self.data.hazard.accounts)

    def plot(self) -> Figure | None:
        """Draw what was left of each cohort, year by year; None for a snapshot.

        Returns
        -------
        Figure or None
        """
        return (
            None if self.data.hazard.is_snapshot else history_figures.triangle_figure(self.triangle)
        )

    def plot_retention(self, definition: str = "account-level") -> Figure | None:
        """Draw retention of the past by segment and cohort; None where there is no past to draw.

        Parameters
        ----------
        definition : str
            As for `retention_text`.

        Returns
        -------
        Figure or None
        """
        if self.data.hazard.is_snapshot:
            return None
        return past_retention_figure(self.by_segment, self.by_cohort, definition)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"as of": self.data.as_of, "months": len(self.cents)}
        return Card("Past revenue", facts, ("past.bridge", "past.rules", "past.plot()"))


def past_revenue(data: PreparedData) -> PastRevenue:
    """Return the past revenue of a book, movement by movement.

    Parameters
    ----------
    data : PreparedData

    Returns
    -------
    PastRevenue

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> wb.past_revenue(data).rules.columns[:4].tolist()
    ['rule', 'opening', 'net', 'gross']
    """
    return PastRevenue(data)
