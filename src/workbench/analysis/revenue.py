"""Fit the revenue model and judge the fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from workbench.analysis.card import Card, Shown, gate_warnings, gates_text
from workbench.analysis.growth import GrowthForecast
from workbench.analysis.prepare import PreparedData
from workbench.analysis.renewals import RenewalFit
from workbench.analysis.settings import SAMPLING, settings_from
from workbench.core.errors import ParameterError, Problem
from workbench.core.settings import MoneySettings
from workbench.features.pipeline import pipeline_data
from workbench.features.revenue_data import RevenueData, revenue_data
from workbench.forecast.growth import movements
from workbench.forecast.growth.forecast import forecast_book
from workbench.forecast.growth.setup import set_up_forecast
from workbench.forecast.posterior.revenue import read_revenue_draws
from workbench.forecast.revenue.money_check import money_check
from workbench.inference import fit_revenue as inference
from workbench.inference import gates
from workbench.inference.fit import Fit
from workbench.inference.from_settings import limits_of, sampling_of
from workbench.models.revenue.model import RevenuePriors
from workbench.report.net_growth.settings import NetGrowthSettings

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
    moved : DataFrame
        Movements of the past, in cents.
    fit : Fit
    gates : DataFrame
        Everything that was checked: gate, value, limit, passed, worst at.
    settings : MoneySettings

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
    moved: pd.DataFrame
    fit: Fit
    gates: pd.DataFrame
    settings: MoneySettings

    @property
    def posterior(self) -> xr.DataTree:
        """The draws, for ArviZ: group ``posterior``, dimensions chain, draw and their labels."""
        return xr.DataTree.from_dict({"posterior": self.fit.posterior})

    def forecast(
        self, fit: RenewalFit, months: int = 12, breakdowns: Sequence[str] = ()
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
        inputs, holdings = set_up_forecast(
            *known, posteriors, months, seed, tuple(asked.breakdowns)
        )
        told = (("leaving", fit.gates), ("revenue", self.gates))
        tables = [table.assign(gate=f"{name}: " + table["gate"]) for name, table in told]
        return GrowthForecast(
            data=self.data,
            growth=forecast_book(inputs, holdings, prob=prob),
            inputs=inputs,
            holdings=holdings,
            moved=self.moved,
            gates=pd.concat(tables, ignore_index=True),
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
    draws: int = 1000,
    *,
    priors: RevenuePriors | None = None,
    store: Path | None = None,
    **settings: Any,
) -> RevenueFit:
    """Fit the revenue model, with a progress bar, and judge the fit.

    Parameters
    ----------
    data : PreparedData
    draws : int
        Most kept draws per chain, at least 50: sampling ends once R-hat and effective sample sizes
        hold with a margin.
    priors : RevenuePriors, optional
    store : Path, optional
        Folder in which the fit is kept, and found again while nothing has changed.
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
    asked = settings_from(MoneySettings, {"draws": draws, **settings}, KNOBS)
    hazard = data.hazard
    last = movements.last_known_month(hazard.as_of)
    moved = movements.movements(movements.lines(hazard.subscriptions, last))
    offers = pipeline_data(data.book, hazard.as_of, hazard.window.first_month)
    money = revenue_data(hazard, moved, pipeline=offers)
    fit = inference.fit_revenue(money, sampling_of(asked), store, priors)
    return RevenueFit(data, money, moved, fit, _judged(data, money, fit, asked), asked)


def _refuse_other_data(own: PreparedData, other: PreparedData) -> None:
    if (own.book.fingerprint, own.asked) != (other.book.fingerprint, other.asked):
        hint = "Fit both to what one call of wb.prepare returned."
        expected, found = (f"data as of {data.as_of}: {data.asked}" for data in (own, other))
        problem = Problem("fitted to other data", "fit", expected, found, hint)
        raise ParameterError("The two fits do not go together.", [problem])


def _judged(
    data: PreparedData, money: RevenueData, fit: Fit, settings: MoneySettings
) -> pd.DataFrame:
    months = data.asked.horizon_months
    drawn = read_revenue_draws(fit.posterior, money, months, most=_CHECKED_DRAWS)
    described = money_check(drawn, money, settings.seed)
    worst = described.loc[described["factor"].idxmax()]
    limit = settings.max_money_factor
    of_money = inference.money_gate(worst["factor"], limit, worst["changes"])
    return gates.gate_table((*fit.gates(limits_of(settings)), of_money))
