"""Fit the model of reasons and say why customers leave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown, gate_warnings, gates_text
from workbench.analysis.leaving.renewals import RenewalFit
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import SAMPLING, run_settings
from workbench.core.gates import Gate, gate_table, of_models
from workbench.features.reason_data import ReasonData, announced_reasons, reason_data
from workbench.forecast.leaving import renewals
from workbench.forecast.reasons import check, departures, exits, simulated_exits, tables
from workbench.inference.fit import Fit
from workbench.inference.fit_reasons import fit_reasons as fit_model
from workbench.inference.fit_reasons import reasons_gate
from workbench.inference.from_settings import limits_of, sampling_of
from workbench.report.output.answer import Answer
from workbench.report.output.tables import report_table
from workbench.report.reasons import figures, text
from workbench.report.reasons.answer import reasons_answer
from workbench.report.reasons.settings import ReasonsSettings
from workbench.report.renewals.text import caution_text
from workbench.report.style import Figure

KNOBS = (*SAMPLING, "min_reason_endings", "min_predictive_prob")


@dataclass(frozen=True, repr=False)
class ReasonsFit(Shown):
    """Why customers leave, given that they do, beside the model of leaving.

    Parameters
    ----------
    leaving : RenewalFit
    given : ReasonData
        Endings on record, with their reasons.
    fit : Fit
    settings : ReasonsSettings

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(60, months=36), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> why = wb.fit_reasons(fit, draws=50, smoke=True, min_reason_endings=3)
    >>> {"reason", "month"} <= set(why.incidence.columns)
    True
    """

    leaving: RenewalFit
    given: ReasonData
    fit: Fit
    settings: ReasonsSettings

    @property
    def posterior(self) -> xr.DataTree:
        """The draws, for ArviZ: group ``posterior``, dimensions chain, draw and their labels."""
        return xr.DataTree.from_dict({"posterior": self.fit.posterior})

    @property
    def data_text(self) -> Prose:
        """On which endings it rests, and what was pooled or left out."""
        return Prose(text.data_text(self.given, self._announced.to_numpy()))

    @cached_property
    def _draws(self) -> exits.ReasonDraws:
        return exits.read_reason_draws(self.fit.posterior, len(self.leaving.draws))

    @cached_property
    def _replicated(self) -> np.ndarray:
        return check.replicate_reasons(self._draws, self.given, self.settings.seed)

    @cached_property
    def check(self) -> pd.DataFrame:
        """Reasons on record beside those that the model gives the same endings."""
        stated = self._draws, self.given, self._replicated, self.settings.interval_prob
        return check.reasons_check(*stated)

    @cached_property
    def judged(self) -> tuple[Gate, ...]:
        """The gates of leaving and of the reasons, each named after its model."""
        chance = check.predictive_prob(self._draws, self.given, self._replicated)
        own = (
            *self.fit.gates(limits_of(self.settings)),
            reasons_gate(chance, self.settings.min_predictive_prob),
        )
        return of_models({"leaving": self.leaving.judged, "reasons": own})

    @property
    def gates(self) -> pd.DataFrame:
        """Everything that was checked: gate, value, limit, passed, worst at."""
        return gate_table(self.judged)

    @cached_property
    def outlook(self) -> renewals.Outlook:
        """Who stays, over all the months that the data were prepared for."""
        data = self.leaving.data.hazard
        designs = data.design, data.future_design, data.future
        return renewals.look_ahead(self.leaving.draws, *designs, self.settings.seed)

    @cached_property
    def departures(self) -> departures.Departures:
        """Who leaves for what, in every draw."""
        frailty = self.leaving.draws.frailty
        return departures.departures(self.outlook, frailty, self._draws, self._exits)

    @cached_property
    def _announced(self) -> pd.Series:
        """Positions of the reasons that customers gave with their notice, by subscription."""
        contracts = self.leaving.data.book.frame("contracts")
        return announced_reasons(self.given, self.leaving.data.hazard.signed, contracts)

    @cached_property
    def _exits(self) -> exits.Exits:
        data = self.leaving.data.hazard
        return exits.exits_of(data.future_design, data.future, self._announced)

    @cached_property
    def _incidence_arguments(self) -> tuple[Any, ...]:
        stated = self.outlook, self._draws, self._exits, self.departures, self.settings.seed
        simulated = simulated_exits.simulate_exits(*stated)
        return self.outlook, self.departures, simulated, self.settings.interval_prob

    @cached_property
    def incidence(self) -> pd.DataFrame:
        """What leaves for each reason, month by month, with intervals; it sums to churn."""
        return tables.incidence_table(*self._incidence_arguments)

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """What a lever against each reason could save at most."""
        return tables.bound_table(*self._incidence_arguments)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Reasons by level of each group."""
        data = self.leaving.data.hazard
        stated = data.accounts, data.groups, self.settings.interval_prob
        return tables.group_table(self.outlook, self.departures, *stated)

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """Probability of leaving for each reason, by account."""
        names = self.leaving.data.hazard.accounts.set_index("account_id")["name"].dropna()
        stated = self.outlook, self.departures, names, self.settings.interval_prob
        return tables.account_table(*stated)

    def answer(self) -> Answer:
        """Answer in a sentence and headline numbers: why customers leave, and what it costs.

        Returns
        -------
        Answer
        """
        stated = self.settings.interval_prob, self.leaving.data.currency
        arguments = self.incidence, self.bounds, self.outlook.today()["arr"], *stated
        return replace(reasons_answer(*arguments), caution=caution_text(self.leaving.data.hazard))

    @property
    def text(self) -> Prose:
        """Why customers leave, what each reason costs and what could be saved, in a paragraph."""
        stated = self.settings.interval_prob, self.leaving.data.currency
        worth = self.outlook.today()["arr"]
        return Prose(text.reasons_text(self.incidence, self.bounds, worth, *stated))

    @property
    def bounds_text(self) -> Prose:
        """What the bounds assume."""
        return Prose(text.assumption_text())

    def accounts_report(self, most: int = 12) -> GT:
        """Return the accounts with most at stake and their likeliest reasons, for a page.

        Parameters
        ----------
        most : int
            At most so many.

        Returns
        -------
        GT
        """
        shown = tables.likeliest_reasons(self.accounts).head(most)
        currency = self.leaving.data.currency
        below = f"amounts in {currency} a year" if currency else None
        names: dict[str, Any] = {
            "name": "customer", "arr": "worth a year", "leaving": "leaves",
            "reason": "likeliest reason", "given": "for it, if it leaves",
        }  # fmt: skip
        table = report_table(shown, "Who would leave for what", below).cols_label(cases=names)
        return table.fmt_number("arr", decimals=0).fmt_percent(["leaving", "given"], decimals=0)

    def plot(self) -> Figure:
        """Draw what leaves for each reason.

        Returns
        -------
        Figure
        """
        arguments = self.settings.interval_prob, self.leaving.data.currency
        return figures.incidence_figure(self.incidence, *arguments)

    def plot_bounds(self) -> Figure:
        """Draw what a lever against each reason could save at most.

        Returns
        -------
        Figure
        """
        horizon, prob = self.leaving.data.asked.horizon_months, self.settings.interval_prob
        return figures.bound_figure(self.bounds, horizon, prob, self.leaving.data.currency)

    def plot_check(self) -> Figure:
        """Draw reasons on record beside those that the model gives.

        Returns
        -------
        Figure
        """
        return figures.reasons_check_figure(self.check, self.settings.interval_prob)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"as of": self.leaving.data.as_of, "gates": gates_text(self.gates)}
        calls = ("why.incidence", "why.bounds", "why.plot()", "why.accounts")
        warnings = gate_warnings(self.gates, mock=self.fit.mock)
        return Card("Reasons for leaving", facts, calls, warnings)


def fit_reasons(
    leaving: RenewalFit,
    draws: int | None = None,
    *,
    run: ReportRun | None = None,
    store: Path | None = None,
    **settings: Any,
) -> ReasonsFit:
    """Fit the model of reasons for leaving, and judge the fit.

    Parameters
    ----------
    leaving : RenewalFit
        Of the data that have `end_reason`.
    draws : int, optional
        Most kept draws per chain, at least 50; 1,000 if left out.
    run : ReportRun, optional
        Of the report `reasons`: its parameters hold where none is named here.
    store : Path, optional
        Folder in which the fit is kept, and found again while nothing has changed.
    **settings
        Parameters of the report `reasons` by their names: ``min_reason_endings``,
        ``min_predictive_prob``, and those of the sampler and its gates.

    Returns
    -------
    ReasonsFit
        Also where gates failed: its card and `ReasonsFit.gates` say which.

    Raises
    ------
    DataError
        When too few endings have a reason.
    ParameterError
        Naming every unknown, mistyped and out-of-range parameter.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(60, months=36), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> wb.fit_reasons(fit, draws=50, smoke=True, min_reason_endings=3).fit.draws
    50
    """
    given, own = {"draws": draws, **settings}, run.settings if run else None
    asked = run_settings(ReasonsSettings, ReasonsSettings, own, given, KNOBS)
    data = reason_data(leaving.data.hazard, asked.min_reason_endings)
    fit = fit_model(data, sampling_of(asked), store or (run.fits if run else None))
    return ReasonsFit(leaving, data, fit, asked)
