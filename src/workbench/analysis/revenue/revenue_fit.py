"""Fit the revenue model and judge the fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown, gate_warnings, gates_text
from workbench.analysis.leaving.renewals import RenewalFit
from workbench.analysis.prepare import PreparedData
from workbench.analysis.revenue.growth import GrowthForecast
from workbench.analysis.revenue.hindsight import look_back_at_revenue
from workbench.analysis.revenue.past import PastRevenue, past_revenue
from workbench.analysis.revenue.revenue_outlook import RevenueOutlook
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import SAMPLING, run_settings, settings_from
from workbench.core.errors import ParameterError, Problem
from workbench.core.gates import Gate, gate_table, of_models
from workbench.core.settings import MoneySettings
from workbench.features.pipeline import pipeline_data
from workbench.features.revenue_data import RevenueData, revenue_data
from workbench.features.revenue_shocks import with_shocks
from workbench.forecast.backtest.hindsight import Hindsight
from workbench.forecast.growth.cluster import spread_over
from workbench.forecast.growth.forecast import forecast_book
from workbench.forecast.growth.setup import set_up_forecast
from workbench.forecast.posterior.revenue import read_revenue_draws
from workbench.forecast.posterior.survival import expected_shocks
from workbench.forecast.revenue.money_check import money_check
from workbench.inference import fit_revenue as inference
from workbench.inference.fit import Fit
from workbench.inference.from_settings import limits_of, sampling_of
from workbench.inference.prior import prior_table
from workbench.models.priors.revenue import RevenuePriors, revenue_priors
from workbench.report.net_growth.settings import NetGrowthSettings
from workbench.report.output.tables import report_table

KNOBS = (*SAMPLING, "max_money_factor")
_CHECKED_DRAWS = 300  # as the report `net_growth` takes


@dataclass(frozen=True, repr=False)
class RevenueFit(Shown):
    """A fitted revenue model.

    Parameters
    ----------
    data : PreparedData
    money : RevenueData
        What it was fitted to.
    past : PastRevenue
    fit : Fit
    settings : MoneySettings
    leaving : RenewalFit, optional
        Whose shocks it goes along with.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> fit = wb.fit_revenue(data, draws=50, smoke=True)  # mock draws, for speed
    >>> "contract base" in fit.posterior["posterior"]
    True
    """

    data: PreparedData
    money: RevenueData
    past: PastRevenue
    fit: Fit
    settings: MoneySettings
    leaving: RenewalFit | None = None

    @cached_property
    def money_check(self) -> pd.DataFrame:
        """Money that changes moved in the past, beside what the model gives them."""
        months = self.data.asked.horizon_months
        drawn = read_revenue_draws(self.fit.posterior, self.money, months, most=_CHECKED_DRAWS)
        return money_check(drawn, self.money, self.settings.seed)

    @cached_property
    def judged(self) -> tuple[Gate, ...]:
        """Gates of the sampler, and of the money that changes move."""
        found = self.money_check.loc[self.money_check["factor"].idxmax()]
        limit = self.settings.max_money_factor
        of_money = inference.money_gate(found["factor"], limit, found["changes"])
        return (*self.fit.gates(limits_of(self.settings)), of_money)

    @property
    def gates(self) -> pd.DataFrame:
        """Everything that was checked: gate, value, limit, passed, worst at."""
        return gate_table(self.judged)

    def judged_with(self, fit: RenewalFit) -> tuple[Gate, ...]:
        """Return the gates of a renewal model and of this one, each named after its model.

        Parameters
        ----------
        fit : RenewalFit
        """
        return of_models({"leaving": fit.judged, "revenue": self.judged})

    def facts_with(self, fit: RenewalFit) -> dict[str, Any]:
        """Return how both fits came about, for the manifest.

        Parameters
        ----------
        fit : RenewalFit
        """
        draws = {"hazard": fit.fit.draws, "revenue": self.fit.draws}
        return {"hazard": fit.fit.key, "revenue": self.fit.key, "draws": draws}

    @property
    def priors_report(self) -> GT:
        """What was believed before the book was read, as a table for a page."""
        title = "What was believed before the book was read"
        return report_table(self.priors[["parameter", "meaning"]], title)

    @property
    def priors(self) -> pd.DataFrame:
        """What was believed before the book was read, each with meaning, reason and source."""
        return prior_table(revenue_priors())

    @property
    def posterior(self) -> xr.DataTree:
        """The draws, for ArviZ: group ``posterior``, dimensions chain, draw and their labels."""
        return xr.DataTree.from_dict({"posterior": self.fit.posterior})

    @cached_property
    def hindsight(self) -> Hindsight:
        """What both models would have forecast on past days, against what happened."""
        return look_back_at_revenue(self.leaving)

    @property
    def hindsight_text(self) -> Prose:
        """Of the last forecasts that these models would have made, how many held."""
        return Prose("" if self.fit.mock else self.hindsight.text)

    def outlook(self, fit: RenewalFit) -> RevenueOutlook:
        """Look at what renewals due will be worth, and at the next contract of each account.

        Parameters
        ----------
        fit : RenewalFit
            Of the same data.

        Returns
        -------
        RevenueOutlook

        Raises
        ------
        ParameterError
            When the fit is of other data.
        """
        _refuse_other_data(self.data, fit.data)
        posteriors, months = (fit.fit.posterior, self.fit.posterior), self.data.asked.horizon_months
        hazard, seed, prob = self.data.hazard, self.settings.seed, self.settings.interval_prob
        inputs, holdings = set_up_forecast(hazard, self.money, posteriors, months, seed)
        return RevenueOutlook(self.data, self.money, inputs, holdings, posteriors[1], prob)

    def forecast(
        self,
        fit: RenewalFit,
        months: int = 12,
        breakdowns: Sequence[str] = (),
        scheduler: str = "",
    ) -> GrowthForecast:
        """Forecast the book's revenue, movement by movement.

        Parameters
        ----------
        fit : RenewalFit
            Of the same data.
        months : int
            Months to come, 1 to 36.
        breakdowns : sequence of str
            Account columns, or ``product``, for whose parts the forecast adds up too.
        scheduler : str
            Address of a Dask scheduler; empty computes here.

        Returns
        -------
        GrowthForecast
            With the gates of both fits; mock where either fit is.

        Raises
        ------
        ParameterError
            When the fit is of other data, or a parameter is out of its range.
        """
        parts = breakdowns if isinstance(breakdowns, str) else list(breakdowns)
        stated = {"horizon_months": months, "breakdowns": parts}
        asked = settings_from(NetGrowthSettings, stated)
        _refuse_other_data(self.data, fit.data)
        seed, prob = self.settings.seed, self.settings.interval_prob
        posteriors = fit.fit.posterior, self.fit.posterior
        known = self.data.hazard, self.money
        spread = spread_over(scheduler)
        inputs, holdings = set_up_forecast(
            *known, posteriors, months, seed, tuple(asked.breakdowns)
        )
        return GrowthForecast(
            data=self.data,
            growth=forecast_book(inputs, holdings, prob=prob, spread=spread),
            inputs=inputs,
            holdings=holdings,
            past=self.past,
            pipeline_data=self.money.pipeline,
            earning=self.fit.posterior,
            spread=spread,
            gates=gate_table(self.judged_with(fit)),
            prob=prob,
            mock=fit.fit.mock or self.fit.mock,
        )

    def card(self) -> Card:
        """Return what is shown."""
        sizes = self.fit.posterior.sizes
        return Card(
            "Fitted revenue model",
            {
                "as of": self.data.as_of,
                "draws": f"{sizes['draw']:,} in each of {sizes['chain']} chains",
                "gates": gates_text(self.gates),
            },
            ("money.forecast(fit, months=12)", "money.gates", "money.posterior"),
            gate_warnings(self.gates, mock=self.fit.mock),
        )


def fit_revenue(
    data: PreparedData,
    draws: int | None = None,
    *,
    run: ReportRun | None = None,
    priors: RevenuePriors | None = None,
    store: Path | None = None,
    leaving: RenewalFit | None = None,
    **settings: Any,
) -> RevenueFit:
    """Fit the revenue model, with a progress bar, and judge the fit.

    Parameters
    ----------
    data : PreparedData
    draws : int, optional
        Most kept draws per chain, at least 50; 1,000 if left out. Sampling ends once R-hat and
        effective sample sizes hold with a margin.
    run : ReportRun, optional
        Whose parameters hold where none is named here, and whose folder keeps the fit.
    priors : RevenuePriors, optional
    store : Path, optional
        Folder in which the fit is kept, and found again while nothing has changed.
    leaving : RenewalFit, optional
        Of the same data: its shocks then move renewals, amendments and arrivals too, as far as the
        book says so. Left out, those have no shocks.
    **settings
        Parameters of the report `net_growth` by their names: ``tune``, ``chains``, ``seed``,
        ``target_accept``, ``smoke`` (mock draws), ``max_rhat``, ``min_ess``, ``max_divergences``,
        ``max_money_factor`` and ``interval_prob``.

    Returns
    -------
    RevenueFit
        Also where gates failed: its card and `RevenueFit.gates` say which.

    Raises
    ------
    ParameterError
        Naming every unknown, mistyped and out-of-range parameter.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> wb.fit_revenue(data, draws=50, smoke=True).fit.draws  # mock draws, for speed
    50
    """
    given, own = {"draws": draws, **settings}, run.settings if run else None
    asked = run_settings(MoneySettings, MoneySettings, own, given, KNOBS)
    kept = store or (run.fits if run else None)
    hazard = data.hazard
    past = past_revenue(data)
    pipeline = pipeline_data(data.book, hazard.as_of, hazard.window.first_month)
    money = revenue_data(hazard, past.moved, pipeline=pipeline)
    if leaving is not None:
        _refuse_other_data(data, leaving.data)
        money = with_shocks(money, hazard.design, expected_shocks(leaving.draws))
    fit = inference.fit_revenue(money, sampling_of(asked), kept, priors)
    return RevenueFit(data, money, past, fit, asked, leaving)


def _refuse_other_data(own: PreparedData, other: PreparedData) -> None:
    if (own.book.fingerprint, own.asked) != (other.book.fingerprint, other.asked):
        hint = "Fit both to what one call of wb.prepare returned."
        expected, found = (f"data as of {data.as_of}: {data.asked}" for data in (own, other))
        problem = Problem("fitted to other data", "fit", expected, found, hint)
        raise ParameterError("The two fits do not go together.", [problem])
