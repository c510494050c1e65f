"""The book's revenue to come, and the planner that goes with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from great_tables import GT

from workbench.analysis.card import Card, Prose, gate_warnings, gates_text
from workbench.analysis.plans.plan import BookPlanner
from workbench.analysis.revenue.growth_tables import GrowthTables
from workbench.analysis.revenue.scenario import ScenarioComparison
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import run_settings
from workbench.forecast.growth.definitions import Pack
from workbench.forecast.growth.forecast import forecast_book
from workbench.forecast.leaving.explain import contribution_table
from workbench.forecast.simulation.scenario import Scenario, change_of
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.catalogue import Catalogue, read_catalogue
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.snapshot import planbook_of
from workbench.report.net_growth import figures, history_figures
from workbench.report.net_growth.account_tables import accounts_report
from workbench.report.net_growth.answer import growth_answer
from workbench.report.net_growth.past_text import last_year_nrr
from workbench.report.net_growth.settings import NetGrowthSettings
from workbench.report.net_growth.tables import retention_report
from workbench.report.net_growth.text import growth_text
from workbench.report.output.answer import Answer
from workbench.report.output.row_table import RowTable
from workbench.report.renewals.text import caution_text, prior_text
from workbench.report.style import Figure

SCENARIO = tuple(Scenario.__dataclass_fields__)


@dataclass(frozen=True, repr=False)
class GrowthForecast(GrowthTables):
    """The book's revenue, month by month, as a joint posterior whose parts add up in every draw.

    Its tables and parameters are those of `workbench.analysis.revenue.growth_tables.GrowthTables`.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> growth = wb.fit_revenue(data, draws=50, smoke=True).forecast(fit, months=6)
    >>> growth.nrr("account-level").dims, list(growth.bridge.columns[:4])
    (('draw', 'month'), ['level', 'month', 'horizon_months', 'opening'])
    """

    def scenario(self, run: ReportRun | None = None, **assumed: Any) -> ScenarioComparison:
        """Forecast the same book in a world that changes.

        Parameters
        ----------
        run : ReportRun, optional
            Whose parameters hold where none is named here.
        **assumed
            Fields of `workbench.forecast.simulation.scenario.Scenario`: ``shock_where``,
            ``shock_hazard_ratio``, ``shock_from_month``, ``shock_months``, ``price_rise``,
            ``price_hazard_ratio``, ``price_from_month`` and ``new_business``.

        Returns
        -------
        ScenarioComparison

        Raises
        ------
        ParameterError
            Naming what is unknown, out of its range or not in the book.
        """
        own = run.settings if run else None
        asked = run_settings(NetGrowthSettings, NetGrowthSettings, own, assumed, SCENARIO)
        scenario = Scenario(**asked.model_dump(include=set(SCENARIO)))
        other, months = self.growth, len(self.growth.months)
        if not scenario.is_usual:
            change = change_of(scenario, self.holdings.lines, self.data.hazard.accounts, months)
            stated = change, self.prob, self.spread
            other = forecast_book(self.inputs, self.holdings, *stated)
        return ScenarioComparison(scenario, self.growth, other, self.prob, self.data.currency)

    @cached_property
    def planbook(self) -> Planbook:
        """What account plans are evaluated on: the forecast without its models."""
        data, book = self.data.hazard, self.data.book
        future = data.future_design, data.future
        drivers = contribution_table(self.inputs.hazard, *future, [1], self.prob)
        opportunities = book.frame("opportunities") if "opportunities" in book.tables else None
        options = {
            "currency": self.data.currency,
            "drivers": drivers,
            "opportunities": opportunities,
        }
        return planbook_of(data, self.inputs, **options)

    def planner(self, catalogue: Catalogue | None = None) -> BookPlanner:
        """Return what evaluates account plans on this forecast.

        Parameters
        ----------
        catalogue : Catalogue, optional
            Of actions; left out, the one that comes with the workbench.
        """
        return BookPlanner(Planner(self.planbook, catalogue or read_catalogue(), {}), self.prob)

    def answer(self, definition: str = "account-level", months: int = 12) -> Answer:
        """Answer in a sentence and headline numbers: what revenue becomes, and what is kept.

        Parameters
        ----------
        definition : str
            Of retention; see `nrr`.
        months : int
            Until when; beyond the horizon, at the horizon.

        Returns
        -------
        Answer
        """
        reach = min(months, len(self.growth.months))
        own = self.retention[self.retention["definition"] == definition]
        snapshot = self.data.hazard.is_snapshot
        before = None if snapshot else last_year_nrr(self.past.by_segment, definition)
        asked = self.total(reach), own, reach, self.prob, self.data.currency, before
        return replace(growth_answer(*asked), caution=caution_text(self.data.hazard))

    @property
    def accounts_report(self) -> RowTable:
        """Every account for a page: its revenue today, at the horizon, and what may be lost.

        The bridge of the report `net_growth` spans a year, and its bars lead here.
        """
        reach = len(self.growth.months)
        return accounts_report(self.accounts, self.data.hazard.accounts, reach)

    def text(self, definition: str = "account-level") -> Prose:
        """Answer in a paragraph: what revenue becomes, and what is left of today's customers.

        Parameters
        ----------
        definition : str
            Of retention; see `nrr`.

        Returns
        -------
        Prose
        """
        own = self.retention[self.retention["definition"] == definition]
        naive, prob = self._plain_naive, self.prob
        summary = growth_text(self.bridge, self.total(12), own, naive, prob, self.data.currency)
        return Prose(prior_text(self.data.hazard.endings) + summary)

    def retention_report(self, months: int = 12) -> GT:
        """Return retention under every definition as a table for a page.

        Parameters
        ----------
        months : int
            After so many; beyond the horizon, at the horizon.
        """
        reach = min(months, len(self.growth.months))
        kept = self.retention
        told = kept if self.data.has_terms else kept[kept["definition"] != Pack.ELIGIBLE]
        return retention_report(told, reach, self.prob)

    def plot(self, months: int | None = None) -> Figure:
        """Draw the bridge from opening to closing.

        Parameters
        ----------
        months : int, optional
            Over so many; beyond the horizon, and left out, over all of them.

        Returns
        -------
        Figure
            A waterfall of annual recurring revenue, in the book's currency: means over the draws,
            with whiskers that hold `prob`.
        """
        reach = min(months or len(self.growth.months), len(self.growth.months))
        return figures.waterfall_figure(self.total(reach), reach, self.prob, self.data.currency)

    def plot_moves(self) -> Figure | None:
        """Draw what moved customers' revenue quarter by quarter, past and forecast in one.

        Returns
        -------
        Figure or None
            None where less than a quarter is on record, and of a snapshot.
        """
        if self.data.hazard.is_snapshot:
            return None
        return history_figures.decomposition_figure(self.past.cents, self.bridge)

    def plot_revenue(self) -> Figure:
        """Draw revenue: the past, the forecast with its interval, and the naive forecast.

        Returns
        -------
        Figure
            Annual recurring revenue, in the book's currency, by calendar month, of
            which at most 36 are past. A snapshot has one day of past and no naive forecast.
        """
        past = self.past.cents[-1:] if self.data.hazard.is_snapshot else self.past.cents
        drawn = self.bridge, self._plain_naive, past
        return figures.revenue_figure(*drawn, self.prob, self.data.currency)

    def plot_largest(self) -> Figure:
        """Draw how much of today's revenue hangs on a few accounts.

        Returns
        -------
        Figure
            The largest accounts, with what each is expected to be worth, and its interval.
        """
        return figures.concentration_figure(self.largest, self.prob, self.data.currency)

    def plot_retention(self, definition: str = "account-level") -> Figure:
        """Draw NRR and GRR since the as-of date under a definition; see `nrr`.

        Parameters
        ----------
        definition : str
            ``account-level``, ``line-level``, ``eligible-for-renewal`` or ``with-returning``.

        Returns
        -------
        Figure
            A panel each, in percent of the revenue on the as-of date, with intervals.

        Raises
        ------
        ParameterError
            When there is no such definition.
        """
        self.nrr(definition)  # refuses a definition that there is not
        return figures.retention_figure(self.retention, definition, self.prob)

    def card(self) -> Card:
        """Return what is shown."""
        nrr = self.retention.query("definition == 'account-level'").iloc[-1]
        end = f"NRR in {len(self.growth.months)} months, account-level"
        reach = f"{nrr['nrr_low']:.1%} to {nrr['nrr_high']:.1%}, {self.prob:.0%}"
        return Card(
            "Revenue to come",
            {
                "as of": self.data.as_of,
                end: f"{nrr['nrr']:.1%} ({reach})",
                "gates of the fits": gates_text(self.gates),
            },
            ("growth.plot()", "growth.bridge", "growth.retention", 'growth.nrr("account-level")',
             "growth.planner().compare(plan)"),
            gate_warnings(self.gates, mock=self.mock),
        )  # fmt: skip
