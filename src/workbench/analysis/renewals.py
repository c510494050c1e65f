"""Fit the renewal model and judge the fit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from workbench.analysis.card import Card, Shown, gate_warnings, gates_text
from workbench.analysis.outlook import RenewalOutlook, check_reach
from workbench.analysis.prepare import PreparedData
from workbench.analysis.settings import SAMPLING, settings_from
from workbench.forecast.leaving import check, drivers, renewals, survival_check
from workbench.forecast.posterior.survival import read_draws
from workbench.inference import gates
from workbench.inference.fit import Fit, fit_hazard
from workbench.inference.from_settings import limits_of, sampling_of
from workbench.models.priors.hazard import HazardPriors
from workbench.report.renewals.settings import RenewalsSettings

KNOBS = (*SAMPLING, "method", "min_endings", "min_calibrated", "min_curve_prob")


@dataclass(frozen=True, repr=False)
class RenewalFit(Shown):
    """A fitted renewal model.

    Parameters
    ----------
    data : PreparedData
    fit : Fit
        What forecasts read, see `workbench.inference.fit.Fit`.
    gates : DataFrame
        Everything that was checked: gate, value, limit, passed, worst at.
    settings : RenewalsSettings
        With which it was fitted and judged.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> list(fit.posterior.children), list(fit.gates.columns)
    (['posterior'], ['gate', 'value', 'limit', 'passed', 'worst at'])
    """

    data: PreparedData
    fit: Fit
    gates: pd.DataFrame
    settings: RenewalsSettings

    @property
    def posterior(self) -> xr.DataTree:
        """The draws, for ArviZ: group ``posterior``, dimensions chain, draw and their labels."""
        return xr.DataTree.from_dict({"posterior": self.fit.posterior})

    def outlook(self, months: int | None = None) -> RenewalOutlook:
        """Forecast who stays.

        Parameters
        ----------
        months : int, optional
            Months to come, at most those that the data were prepared for; left out, all of them.

        Returns
        -------
        RenewalOutlook
            Also where gates failed: its card and `RenewalOutlook.gates` say which.

        Raises
        ------
        ParameterError
            When the data were prepared for fewer months.
        """
        data, posterior = self.data.hazard, self.fit.posterior
        reach, settings = self.data.asked.horizon_months, self.settings
        wanted = reach if months is None else months
        check_reach(wanted, reach, f"wb.prepare(..., horizon_months={wanted})")
        designs = data.design, data.future_design
        whole = renewals.look_ahead(read_draws(posterior), *designs, data.future, settings.seed)
        return RenewalOutlook(
            data=self.data,
            outlook=whole.until(wanted),
            rows=data.future[data.future["horizon"] <= wanted],
            drivers=drivers.driver_table(posterior, settings.interval_prob),
            gates=self.gates,
            prob=settings.interval_prob,
            mock=self.fit.mock,
        )

    def card(self) -> Card:
        """Return what is shown."""
        sizes = self.fit.posterior.sizes
        return Card(
            "Fitted renewal model",
            {
                "as of": self.data.as_of,
                "draws": f"{sizes['draw']:,} in each of {sizes['chain']} chains",
                "method": self.fit.method,
                "gates": gates_text(self.gates),
            },
            ("fit.outlook(months=24)", "fit.gates", "fit.posterior"),
            gate_warnings(self.gates, mock=self.fit.mock),
        )


def fit_renewals(
    data: PreparedData,
    draws: int = 1000,
    *,
    priors: HazardPriors | None = None,
    store: Path | None = None,
    **settings: Any,
) -> RenewalFit:
    """Fit the renewal model, with a progress bar, and judge the fit.

    Parameters
    ----------
    data : PreparedData
    draws : int
        Most kept draws per chain, at least 50: sampling ends once R-hat and effective sample sizes
        hold with a margin.
    priors : HazardPriors, optional
    store : Path, optional
        Folder in which the fit is kept, and found again while nothing has changed.
    **settings
        Parameters of the report `renewals` by their names: ``tune``, ``chains``, ``seed``,
        ``target_accept``, ``method`` ("auto", "nuts", "laplace"), ``smoke`` (mock draws); limits of
        the gates, as ``max_rhat``, ``min_ess``, ``max_divergences``, ``min_endings``,
        ``min_calibrated`` and ``min_curve_prob``; ``interval_prob``, the probability inside every
        interval.

    Returns
    -------
    RenewalFit
        Also where gates failed: its card and `RenewalFit.gates` say which.

    Raises
    ------
    ParameterError
        Naming every unknown, mistyped and out-of-range parameter.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> fit.fit.draws
    50
    """
    asked = settings_from(RenewalsSettings, {"draws": draws, **settings}, KNOBS)
    design = data.hazard.design
    fit = fit_hazard(design, sampling_of(asked), store, priors, method=asked.method)
    return RenewalFit(data, fit, judge_renewals(data, fit, asked), asked)


def judge_renewals(data: PreparedData, fit: Fit, settings: RenewalsSettings) -> pd.DataFrame:
    """Hold a fit against every gate of the report `renewals`.

    Parameters
    ----------
    data : PreparedData
    fit : Fit
    settings : RenewalsSettings

    Returns
    -------
    DataFrame
        See `workbench.inference.gates.gate_table`.
    """
    design, rows, prob = data.hazard.design, data.hazard.rows, settings.interval_prob
    chance = check.month_probability(read_draws(fit.posterior).take(slice(0, None, 2)), design)
    left_out = check.leave_one_out(chance, design, rows)
    described = check.endings_check(chance, left_out, rows, prob)
    lived = survival_check.survival_check(chance, design, prob, settings.seed)
    inside = int(described["inside"].sum())
    return gates.gate_table(
        (
            *fit.gates(limits_of(settings)),
            gates.endings_gate(data.hazard.endings, settings.min_endings),
            gates.calibration_gate(inside, 10, settings.min_calibrated),
            gates.survival_gate(lived.probability, settings.min_curve_prob, lived.worst),
            gates.loo_gate(left_out.pareto_k),
        )
    )
