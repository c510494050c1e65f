"""Whether a renewal fit can be believed: priors, sampling, the past, and what leans on priors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown, gate_warnings, gates_text
from workbench.analysis.leaving.check import ModelCheck
from workbench.analysis.leaving.renewals import RenewalFit
from workbench.core.gates import Gate, gate_table
from workbench.forecast.leaving import check, renewals
from workbench.forecast.posterior import quantities
from workbench.forecast.posterior.survival import read_draws, thinned
from workbench.inference import diagnostics, prior, sensitivity
from workbench.report.model_check import figures, text
from workbench.report.model_check.answer import check_answer
from workbench.report.output.answer import Answer
from workbench.report.output.tables import report_table
from workbench.report.renewals.text import caution_text
from workbench.report.style import Figure

_PRIOR_DRAWS = 300


@dataclass(frozen=True, repr=False)
class FitExamination(Shown):
    """A renewal fit examined from its priors to its gates.

    Parameters
    ----------
    fit : RenewalFit

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(40, months=36), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> wb.examine(fit).priors.columns[:2].tolist()
    ['parameter', 'prior']
    """

    fit: RenewalFit

    @cached_property
    def posterior(self) -> xr.Dataset:
        """The draws that are examined, at most 1,000, evenly from each chain."""
        return thinned(self.fit.fit.posterior)

    def _check(self, posterior: xr.Dataset) -> ModelCheck:
        settings = self.fit.settings
        drawn = read_draws(posterior)
        return ModelCheck(self.fit.data, drawn, settings.interval_prob, settings.seed)

    @cached_property
    def after(self) -> ModelCheck:
        """What the posterior makes of the past."""
        return self._check(self.posterior)

    @cached_property
    def before(self) -> ModelCheck:
        """What the prior alone makes of the past, through the same code."""
        design, seed = self.fit.data.hazard.design, self.fit.settings.seed
        return self._check(prior.draw_prior(design, _PRIOR_DRAWS, seed))

    def _quantities(self, one: ModelCheck) -> dict[str, np.ndarray]:
        data = self.fit.data.hazard
        ahead = data.design, data.future_design, data.future, self.fit.settings.seed
        outlook = renewals.look_ahead(one.draws, *ahead)
        return quantities.quantities_of_interest(one.chance, data.design, outlook)

    @cached_property
    def quantities(self) -> dict[str, np.ndarray]:
        """What the posterior says of quantities that a reader knows."""
        return self._quantities(self.after)

    @property
    def priors(self) -> pd.DataFrame:
        """Each prior with what it means in customers, why, and whence."""
        return prior.prior_table()

    @property
    def priors_report(self) -> GT:
        """The same as a table for a page."""
        below = "on the log-hazard of a month, where not said otherwise"
        return report_table(self.priors, "Priors", below)

    @cached_property
    def prior_predictive(self) -> pd.DataFrame:
        """What the prior and the posterior expect, beside what happened."""
        seen = quantities.observed_quantities(self.fit.data.hazard.design)
        both = self._quantities(self.before), self.quantities
        return quantities.share_table(*both, seen, self.fit.settings.interval_prob)

    @cached_property
    def diagnostics(self) -> pd.DataFrame:
        """R-hat and effective draws of every parameter."""
        return diagnostics.parameter_diagnostics(self.fit.fit.posterior)

    @cached_property
    def leaning(self) -> pd.DataFrame:
        """How far each answer leans on each prior, by power-scaling."""
        data = self.fit.data.hazard
        likely = check.log_likelihood(self.after.chance, data.design, data.rows).sum(axis=1)
        return sensitivity.prior_sensitivity(self.posterior, likely, self.quantities)

    @property
    def leaning_text(self) -> Prose:
        """The same in sentences."""
        return Prose(text.sensitivity_text(self.leaning))

    @cached_property
    def judged(self) -> tuple[Gate, ...]:
        """Every gate of the report `renewals` that looks at the fit, by the same draws."""
        return self.fit.judged

    @property
    def gates(self) -> pd.DataFrame:
        """Everything that was checked: gate, value, limit, passed, worst at."""
        return gate_table(self.judged)

    @property
    def gates_text(self) -> Prose:
        """The same in sentences."""
        return Prose(text.gates_text(self.gates))

    @property
    def facts(self) -> dict[str, object]:
        """What the manifest keeps beside the gates."""
        found = self.after.left_out
        loo = {"elpd": found.elpd, "elpd_se": found.elpd_se, "p_loo": found.p_loo}
        warned = self.leaning.query("verdict != 'the data decide'").to_dict("records")
        loo["max_k"] = found.pareto_k.max()
        return {"loo": loo, "leaning_on_priors": warned}

    def answer(self) -> Answer:
        """Answer in a sentence and headline numbers whether the model may be believed.

        Returns
        -------
        Answer
        """
        found = check_answer(self.gates, self.after.calibration, self.leaning)
        return replace(found, caution=caution_text(self.fit.data.hazard))

    def plot_prior(self) -> Figure:
        """Draw what the prior alone expects beside the posterior and what happened.

        Returns
        -------
        Figure
        """
        curves = self.before.survival.table, self.after.survival.table
        return figures.prior_figure(*curves, self.prior_predictive, self.fit.settings.interval_prob)

    def plot_sampler(self) -> Figure:
        """Draw R-hat and effective draws of every parameter.

        Returns
        -------
        Figure
        """
        limits = self.fit.settings.max_rhat, self.fit.settings.min_ess
        return figures.sampler_figure(self.diagnostics, *limits)

    def plot_leaning(self) -> Figure:
        """Draw how far each answer leans on each prior.

        Returns
        -------
        Figure
        """
        return figures.sensitivity_figure(self.leaning, sensitivity.THRESHOLD)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"as of": self.fit.data.as_of, "gates": gates_text(self.gates)}
        calls = ("found.prior_predictive", "found.leaning", "found.after.plot_survival()")
        warnings = gate_warnings(self.gates, mock=self.fit.fit.mock)
        return Card("Examination of the renewal fit", facts, calls, warnings)


def examine(fit: RenewalFit) -> FitExamination:
    """Examine a renewal fit: its priors, its sampling, the past, and what leans on priors.

    Parameters
    ----------
    fit : RenewalFit

    Returns
    -------
    FitExamination

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(40, months=36), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> len(wb.examine(fit).judged)
    9
    """
    return FitExamination(fit)
