"""The book's revenue to come, and the planner that goes with it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import xarray as xr

from workbench.analysis.card import Card, Shown, gate_warnings, gates_text
from workbench.analysis.plan import BookPlanner
from workbench.analysis.prepare import PreparedData
from workbench.core import names
from workbench.core.calendar import month_label, month_number
from workbench.core.errors import ParameterError, Problem, nearest
from workbench.forecast.growth import bridge, movements
from workbench.forecast.growth.definitions import Pack
from workbench.forecast.growth.forecast import Growth, Holdings
from workbench.forecast.growth.levels import BOOK
from workbench.forecast.growth.naive import naive_forecast
from workbench.forecast.leaving.explain import contribution_table
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.catalogue import Catalogue, read_catalogue
from workbench.plans.planbook.snapshot import planbook_of
from workbench.report.net_growth import figures
from workbench.report.style import Figure

_PAST_MONTHS = 36


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
    moved : DataFrame
        Movements of the past, in cents.
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
    moved: pd.DataFrame
    gates: pd.DataFrame
    prob: float
    mock: bool

    @property
    def bridge(self) -> pd.DataFrame:
        """Opening, movements and closing of each month, with intervals.

        See `workbench.forecast.growth.bridge.bridge_table`.
        """
        return bridge.bridge_table(self.growth, self.prob)

    @property
    def retention(self) -> pd.DataFrame:
        """NRR, GRR and logo retention since the as-of date, by definition, with intervals."""
        return bridge.retention_table(self.growth, self.prob)

    @property
    def accounts(self) -> pd.DataFrame:
        """What each account is worth today and is expected to be worth at the horizon."""
        return self.growth.accounts

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

    def planner(self, catalogue: Catalogue | None = None) -> BookPlanner:
        """Return what evaluates account plans on this forecast.

        Parameters
        ----------
        catalogue : Catalogue, optional
            Of actions; left out, the one that comes with the workbench.
        """
        data, book = self.data.hazard, self.data.book
        future = data.future_design, data.future
        drivers = contribution_table(self.inputs.hazard, *future, [1], self.prob)
        offers = book.frame("opportunities") if "opportunities" in book.tables else None
        currency = self.data.currency
        planbook = planbook_of(
            data, self.inputs, currency=currency, drivers=drivers, opportunities=offers
        )
        return BookPlanner(Planner(planbook, catalogue or read_catalogue(), {}), self.prob)

    def plot(self) -> Figure:
        """Draw the bridge from opening to closing over the whole horizon.

        Returns
        -------
        Figure
            A waterfall of annual recurring revenue, in the book's currency: means over the draws,
            with whiskers that hold `prob`.
        """
        months = len(self.growth.months)
        total = bridge.total_bridge(self.growth, self.prob, months)
        return figures.waterfall_figure(total, months, self.prob, self.data.currency)

    def plot_revenue(self) -> Figure:
        """Draw revenue: the past, the forecast with its interval, and the naive forecast.

        Returns
        -------
        Figure
            Annual recurring revenue, in the book's currency, by months from the as-of date, of
            which at most 36 are past. A snapshot has one day of past and no naive forecast.
        """
        data, months = self.data.hazard, len(self.growth.months)
        first, last = month_number(data.as_of), movements.last_known_month(data.as_of)
        start = max(data.window.first_month, last - _PAST_MONTHS + 1)
        past = movements.bridge(self.moved, start, last)
        naive = naive_forecast(self.moved, first, months, data.window.first_month)
        if data.is_snapshot:  # one day tells neither a past nor rates
            naive, past = naive[:0], past[-1:]
        return figures.revenue_figure(self.bridge, naive, past, self.prob, self.data.currency)

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
