"""Fit the renewal model and judge the fit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from workbench.analysis.card import Card, Prose, Shown, gate_warnings, gates_text
from workbench.analysis.leaving.check import ModelCheck
from workbench.analysis.leaving.hindsight import look_back
from workbench.analysis.leaving.outlook import RenewalOutlook
from workbench.analysis.leaving.outlook_tables import check_reach
from workbench.analysis.prepare import PreparedData
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import SAMPLING, run_settings
from workbench.core.gates import Gate, gate_table
from workbench.core.settings import ForecastSettings, HindsightSettings, JudgedSettings
from workbench.forecast.backtest.hindsight import Hindsight
from workbench.forecast.leaving import drivers, renewals
from workbench.forecast.posterior.survival import Draws, read_draws
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
    settings : ForecastSettings
        With which it was fitted and is judged.
    store : Path, optional
        Folder of stored fits.

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
    settings: ForecastSettings
    store: Path | None = None

    @cached_property
    def draws(self) -> Draws:
        """Draws as arrays, at most 1,000, by which forecasts are made."""
        return read_draws(self.fit.posterior)

    @cached_property
    def check(self) -> ModelCheck:
        """Whether the model describes the past, by every second of the draws."""
        kept = self.draws.take(slice(0, None, 2))
        return ModelCheck(self.data, kept, self.settings.interval_prob, self.settings.seed)

    @cached_property
    def hindsight(self) -> Hindsight:
        """What this model would have forecast on past days, against what happened.

        Takes some seconds the first time; nothing of mock draws.
        """
        asked = self.settings
        wanted = asked.hindsight_origins if isinstance(asked, HindsightSettings) else 0
        return look_back(self.data, self.draws, asked, 0 if self.fit.mock else wanted, self.store)

    @property
    def hindsight_text(self) -> Prose:
        """Of the last forecasts that this model would have made, how many held."""
        return Prose("" if self.fit.mock else self.hindsight.text)

    @cached_property
    def sampled(self) -> tuple[Gate, ...]:
        """Gates of the sampler, and that endings are on record."""
        of_sampler = self.fit.gates(limits_of(self.settings))
        enough = gates.endings_gate(self.data.hazard.endings, self.settings.min_endings)
        return (*of_sampler, enough)

    @cached_property
    def judged(self) -> tuple[Gate, ...]:
        """Every gate of the report that the settings are of."""
        if not isinstance(self.settings, JudgedSettings):
            return self.sampled
        return (*self.sampled, *described(self.check, self.settings))

    @property
    def gates(self) -> pd.DataFrame:
        """Everything that was checked: gate, value, limit, passed, worst at."""
        return gate_table(self.judged)

    @property
    def loo(self) -> dict[str, float]:
        """Expected log predictive density of subscriptions that were left out: elpd, se, max_k."""
        found = self.check.left_out
        return {"elpd": found.elpd, "se": found.elpd_se, "max_k": found.pareto_k.max()}

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
        whole = renewals.look_ahead(self.draws, *designs, data.future, settings.seed)
        return RenewalOutlook(
            data=self.data,
            outlook=whole.until(wanted),
            draws=self.draws,
            rows=data.future[data.future["horizon"] <= wanted],
            drivers=drivers.driver_table(posterior, settings.interval_prob, data.coding),
            gates=self.gates,
            prob=settings.interval_prob,
            seed=settings.seed,
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
    draws: int | None = None,
    *,
    run: ReportRun | None = None,
    priors: HazardPriors | None = None,
    store: Path | None = None,
    **settings: Any,
) -> RenewalFit:
    """Fit the renewal model, with a progress bar, and judge the fit.

    Parameters
    ----------
    data : PreparedData
    draws : int, optional
        Most kept draws per chain, at least 50; 1,000 if left out. Sampling ends once R-hat and
        effective sample sizes hold with a margin.
    run : ReportRun, optional
        Whose parameters hold where none is named here, and whose folder keeps the fit.
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
    given, own = {"draws": draws, **settings}, run.settings if run else None
    asked = run_settings(ForecastSettings, RenewalsSettings, own, given, KNOBS)
    kept = store or (run.fits if run else None)
    fit = fit_hazard(data.hazard.design, sampling_of(asked), kept, priors, method=asked.method)
    return RenewalFit(data, fit, asked, kept)


def described(check: ModelCheck, settings: JudgedSettings) -> tuple[Gate, ...]:
    """Judge whether the model describes the past.

    Parameters
    ----------
    check : ModelCheck
    settings : JudgedSettings
        With the limits.

    Returns
    -------
    tuple of Gate
        Of calibration by risk, the survival curves, and subscriptions left out.
    """
    inside, lived = int(check.calibration["inside"].sum()), check.survival
    return (
        gates.calibration_gate(inside, 10, settings.min_calibrated),
        gates.survival_gate(lived.probability, settings.min_curve_prob, lived.worst),
        gates.loo_gate(check.left_out.pareto_k),
    )
