"""The book's revenue to come, as tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import xarray as xr

from workbench.analysis.card import Shown
from workbench.analysis.prepare import PreparedData
from workbench.analysis.revenue.past import PastRevenue
from workbench.analysis.revenue.pipeline import PipelineOutlook
from workbench.core import names
from workbench.core.calendar import month_label, month_number
from workbench.core.errors import ParameterError, Problem, nearest
from workbench.features.pipeline import Pipeline
from workbench.forecast.backtest.forecast_record import ForecastRecord, record_growth
from workbench.forecast.growth import bridge
from workbench.forecast.growth.definitions import Pack
from workbench.forecast.growth.forecast import Growth, Holdings
from workbench.forecast.growth.levels import BOOK
from workbench.forecast.growth.naive import naive_forecast
from workbench.forecast.pipeline import tables
from workbench.forecast.simulation.inputs import ForecastInputs


@dataclass(frozen=True, repr=False)
class GrowthTables(Shown):
    """Revenue to come as tables; texts and pictures stand on `GrowthForecast`.

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

    def total(self, months: int | None = None) -> pd.DataFrame:
        """Return the bridge over the first months taken together, with intervals.

        Parameters
        ----------
        months : int, optional
            How many; beyond the horizon, and left out, all of them.
        """
        reach = len(self.growth.months)
        return bridge.total_bridge(self.growth, self.prob, min(months or reach, reach))

    @property
    def _plain_naive(self) -> pd.DataFrame:
        # One day tells no rates.
        return self.naive[:0] if self.data.hazard.is_snapshot else self.naive
