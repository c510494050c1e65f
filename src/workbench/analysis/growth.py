"""The book's revenue to come, and the planner that goes with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd
import xarray as xr
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown, gate_warnings, gates_text
from workbench.analysis.past import PastRevenue
from workbench.analysis.pipeline import PipelineOutlook
from workbench.analysis.plan import BookPlanner
from workbench.analysis.prepare import PreparedData
from workbench.analysis.run import ReportRun
from workbench.analysis.scenario import ScenarioComparison
from workbench.analysis.settings import run_settings
from workbench.core import names
from workbench.core.calendar import month_label, month_number
from workbench.core.errors import ParameterError, Problem, nearest
from workbench.features.pipeline import Pipeline
from workbench.forecast.backtest.forecast_record import ForecastRecord, record_growth
from workbench.forecast.growth import bridge
from workbench.forecast.growth.definitions import Pack
from workbench.forecast.growth.forecast import Growth, Holdings, forecast_book
from workbench.forecast.growth.levels import BOOK
from workbench.forecast.growth.naive import naive_forecast
from workbench.forecast.leaving.explain import contribution_table
from workbench.forecast.pipeline import tables
from workbench.forecast.simulation.inputs import ForecastInputs
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
class GrowthForecast(Shown):
    """The book's revenue, month by month, as a joint posterior whose parts add up in every draw.

    Parameters
    ----------
    data : PreparedData
    growth : Growth
        Every movement in every draw, see `workbench.forecast.growth.forecast.Growth`.
    inputs : ForecastInputs
    holdings : Holdings
    past : PastRevenue
    pipeline_data : Pipeline
        Opportunities that are open on the as-of date.
    earning : Dataset
        Posterior of revenue.
    spread : callable, optional
        What spreads the work over a cluster.
    gates : DataFrame
        Of both fits.
    prob : float
        Probability inside every interval.
    mock : bool

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> growth = wb.fit_revenue(data, draws=50, smoke=True).forecast(fit, months=6)
    >>> growth.nrr("account-level").dims, list(growth.bridge.columns[:4])
    (('draw', 'month'), ['level', 'month', 'horizon_months', 'opening'])
    """

    data: PreparedData
    growth: Growth
    inputs: ForecastInputs
    holdings: Holdings
    past: PastRevenue
    pipeline_data: Pipeline
    earning: xr.Dataset
    spread: Callable[..., list[Any]] | None
    gates: pd.DataFrame
    prob: float
    mock: bool

    @cached_property
    def bridge(self) -> pd.DataFrame:
        """Opening, movements and closing of each month, with intervals.

        See `workbench.forecast.growth.bridge.bridge_table`.
        """
        return bridge.bridge_table(self.growth, self.prob)

    @cached_property
    def retention(self) -> pd.DataFrame:
        """NRR, GRR and logo retention since the as-of date, by definition, with intervals."""
        return bridge.retention_table(self.growth, self.prob)

    @property
    def accounts(self) -> pd.DataFrame:
        """What each account is worth today and is expected to be worth at the horizon."""
        return self.growth.accounts

    @cached_property
    def naive(self) -> pd.DataFrame:
        """The forecast that carries past rates on, with which the model's is compared."""
        first, since = month_number(self.data.hazard.as_of), self.data.hazard.window.first_month
        return naive_forecast(self.past.moved, first, len(self.growth.months), since)

    @cached_property
    def largest(self) -> pd.DataFrame:
        """The largest accounts, and how much of the revenue hangs on them."""
        stated = self.inputs, self.holdings, self.data.hazard.accounts, self.prob
        return bridge.concentration(self.growth, *stated)

    @cached_property
    def pipeline(self) -> PipelineOutlook:
        """Open opportunities in the forecast, and who comes beside them."""
        stages = tables.stage_outlook(self.pipeline_data, self.earning, self.inputs)
        coming = tables.new_customer_table(self.holdings.new_logos, self.inputs, self.prob)
        return PipelineOutlook(stages, coming, self.data.currency)

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

    @property
    def record(self) -> ForecastRecord:
        """The forecast as it is kept until it can be scored."""
        data = self.data.hazard
        return record_growth(self.growth, data.future, data.as_of, self.naive)

    @property
    def sheets(self) -> dict[str, pd.DataFrame]:
        """Every table of the forecast and of the past that it continues, by name."""
        past = self.past
        found = {
            "bridge": self.bridge,
            "retention": self.retention,
            "reconciliation": past.rules,
            "naive": self.naive,
            "largest_accounts": self.largest,
            "accounts": self.accounts,
            "history": past.bridge,
            "committed": self.data.committed,
            "past_retention_by_segment": past.by_segment,
            "past_retention_by_cohort": past.by_cohort,
        }
        for part in self.holdings.levels.groupings[1:]:
            found[f"bridge_by_{part}"] = self.by(part)
            found[f"retention_by_{part}"] = bridge.retention_table(self.growth, self.prob, part)
        return found

    def nrr(self, definition: str = "account-level") -> xr.DataArray:
        """Return net revenue retention since the as-of date in every draw.

        Parameters
        ----------
        definition : str
            ``account-level``, ``line-level``, ``eligible-for-renewal`` or ``with-returning``.

        Returns
        -------
        DataArray
            Dimensions draw and month; ``(growth.nrr() > 1).mean("draw")`` is the probability that
            today's customers grow.

        Raises
        ------
        ParameterError
            When there is no such definition.
        """
        known = [pack.value for pack in Pack]
        if definition not in known:
            hint = nearest(str(definition), known)
            problem = Problem("unknown", "definition", ", ".join(known), repr(definition), hint)
            raise ParameterError("There is no such definition of retention.", [problem])
        return xr.DataArray(
            bridge.retention_draws(self.growth, definition)["nrr"],
            dims=(names.DRAW, "month"),
            coords={"month": [month_label(int(month)) for month in self.growth.months]},
            name="nrr",
            attrs={"definition": definition},
        )

    def by(self, breakdown: str) -> pd.DataFrame:
        """Return the bridge of each part of the book, for a breakdown that was asked for.

        Parameters
        ----------
        breakdown : str
            One of the `breakdowns` that the forecast was made with: an account column, or
            ``product``.

        Raises
        ------
        ParameterError
            When the forecast was not made with this breakdown.
        """
        known = [one for one in self.holdings.levels.groupings if one != BOOK]
        if breakdown not in known:
            hint = f'Ask for it: money.forecast(fit, breakdowns=["{breakdown}"]).'
            found = ", ".join(known) or "none"
            problem = Problem("not forecast apart", breakdown, found=found, hint=hint)
            raise ParameterError("There is no such breakdown.", [problem])
        return bridge.bridge_table(self.growth, self.prob, breakdown)

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
        """Every account for a page: its revenue today, at the horizon, and what may be lost."""
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

    def total(self, months: int | None = None) -> pd.DataFrame:
        """Return the bridge over the first months taken together, with intervals.

        Parameters
        ----------
        months : int, optional
            How many; beyond the horizon, and left out, all of them.
        """
        reach = len(self.growth.months)
        return bridge.total_bridge(self.growth, self.prob, min(months or reach, reach))

    def retention_report(self, months: int = 12) -> GT:
        """Return retention under every definition as a table for a page.

        Parameters
        ----------
        months : int
            After so many; beyond the horizon, at the horizon.
        """
        reach = min(months, len(self.growth.months))
        return retention_report(self.retention, reach, self.prob)

    @property
    def _plain_naive(self) -> pd.DataFrame:
        # One day tells no rates.
        return self.naive[:0] if self.data.hazard.is_snapshot else self.naive

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
            Annual recurring revenue, in the book's currency, by months from the as-of date, of
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
