"""From a bare retention table to who stays: two distributions, compared on hidden periods."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown, gate_warnings, gates_text
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import SAMPLING, run_settings
from workbench.core.cohort_names import BDW, DISTRIBUTIONS
from workbench.core.gates import Gate, gate_table
from workbench.data.retention.cohort_table import Retention, hide_last, open_retention
from workbench.forecast import cohort, cohort_holdout
from workbench.inference import fit_cohort, prior
from workbench.inference.fit import Fit
from workbench.inference.from_settings import limits_of, sampling_of
from workbench.models.priors.cohort import cohort_priors
from workbench.report.cohorts import figures, text
from workbench.report.cohorts.answer import cohorts_answer
from workbench.report.cohorts.settings import CohortsSettings
from workbench.report.output.answer import Answer
from workbench.report.output.tables import report_table
from workbench.report.style import Figure

KNOBS = (
    *SAMPLING, "source", "mapping", "cohort_size", "horizon_periods", "holdout_periods",
    "min_predictive_prob",
)  # fmt: skip
_PRIOR_DRAWS = 1000


@dataclass(frozen=True, repr=False)
class CohortFit(Shown):
    """Both distributions fitted to a retention table; the answer is that of the better one.

    Parameters
    ----------
    retention : Retention
    before, fits : mapping of str to Fit
        By distribution: without the last periods, and with everything observed.
    settings : CohortsSettings

    Examples
    --------
    >>> import workbench as wb
    >>> cohorts = wb.fit_cohorts(draws=50, smoke=True)  # the published example; mock draws
    >>> cohorts.chosen in cohorts.fits
    True
    """

    retention: Retention
    before: dict[str, Fit]
    fits: dict[str, Fit]
    settings: CohortsSettings

    @property
    def posterior(self) -> xr.DataTree:
        """The draws of the chosen distribution, for ArviZ: group ``posterior``."""
        return xr.DataTree.from_dict({"posterior": self.fits[self.chosen].posterior})

    @cached_property
    def observed(self) -> pd.DataFrame:
        """The retention table, a row per cohort and period."""
        return self.retention.frame()

    @property
    def _word(self) -> str:
        return self.retention.period_word

    @property
    def _ahead(self) -> cohort.Ahead:
        settings = self.settings
        return cohort.Ahead(settings.horizon_periods, settings.interval_prob, settings.seed)

    @property
    def data_text(self) -> Prose:
        """What the retention table holds."""
        arguments = self.retention.assumed_size, self.retention.notes
        return Prose(text.data_text(self.observed, self._word, *arguments))

    @property
    def priors(self) -> pd.DataFrame:
        """Each prior with what it means in customers, why, and whence."""
        return prior.prior_table(cohort_priors())

    @property
    def priors_report(self) -> GT:
        """The same as a table for a page."""
        return report_table(self.priors[["parameter", "prior", "meaning", "reason"]], "Priors")

    @cached_property
    def prior_predictive(self) -> pd.DataFrame:
        """What the prior lets cohorts do, with intervals."""
        alive, settings = self.retention.alive, self.settings
        drawn = prior.draw_cohort_prior(alive, BDW, _PRIOR_DRAWS, settings.seed)
        periods = alive.sizes["period"] - 1
        ahead = cohort.Ahead(periods, settings.interval_prob, settings.seed)
        start = alive.isel(period=[0])
        return cohort.retention_band(cohort.read_cohort_draws(drawn), start, ahead)

    @cached_property
    def _draws(self) -> dict[str, cohort.CohortDraws]:
        return {name: cohort.read_cohort_draws(fit.posterior) for name, fit in self.fits.items()}

    @cached_property
    def _hidden(self) -> dict[str, cohort.CohortDraws]:
        return {name: cohort.read_cohort_draws(fit.posterior) for name, fit in self.before.items()}

    @property
    def _past(self) -> xr.DataArray:
        return hide_last(self.retention, self.settings.holdout_periods).alive

    @property
    def _beyond(self) -> cohort.Ahead:
        settings = self.settings
        periods = settings.holdout_periods + settings.horizon_periods
        return cohort.Ahead(periods, settings.interval_prob, settings.seed)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """How each distribution forecast what was hidden from it."""
        stated = self._past, self.retention.alive, self._beyond
        return cohort_holdout.score_distributions(self._hidden, *stated)

    @cached_property
    def _probs(self) -> dict[str, float]:
        rng = np.random.default_rng(self.settings.seed)
        alive = self.retention.alive
        return {name: cohort.predictive_prob(self._draws[name], alive, rng) for name in self.fits}

    @cached_property
    def compared(self) -> pd.DataFrame:
        """The distributions, the chosen one first, and why."""
        least = self.settings.min_predictive_prob
        return cohort_holdout.compare_distributions(self.scores, self._probs, least)

    @property
    def chosen(self) -> str:
        """The one that the answer comes from."""
        return str(self.compared["law"].iloc[0])

    @property
    def chosen_text(self) -> Prose:
        """From which distribution the answer comes, and why."""
        return Prose(text.distribution_text(self.compared, self._word))

    @property
    def hidden_sheets(self) -> dict[str, pd.DataFrame]:
        """The same by the name of its table; none where nothing was hidden."""
        return {"hidden": self.scores} if self.before else {}

    @property
    def hidden_report(self) -> GT | None:
        """How each distribution forecast what was hidden, for a page; None without any."""
        return text.hidden_table(self.scores, self._word) if self.before else None

    @cached_property
    def judged(self) -> tuple[Gate, ...]:
        """The gates of the chosen distribution."""
        least = self.settings.min_predictive_prob
        described = fit_cohort.predictive_gate(self._probs[self.chosen], least)
        return (*self.fits[self.chosen].gates(limits_of(self.settings)), described)

    @property
    def gates(self) -> pd.DataFrame:
        """Everything that was checked: gate, value, limit, passed, worst at."""
        return gate_table(self.judged)

    @cached_property
    def answers(self) -> pd.DataFrame:
        """What becomes of each cohort's customers of today."""
        return cohort.cohort_quantities(self._draws[self.chosen], self.retention.alive, self._ahead)

    @property
    def _quantities(self) -> tuple[pd.DataFrame, str, int, float]:
        settings = self.settings
        return self.answers, self._word, settings.horizon_periods, settings.interval_prob

    def answer(self) -> Answer:
        """Answer in a sentence and headline numbers: how many of each cohort will stay.

        Returns
        -------
        Answer
        """
        return cohorts_answer(*self._quantities)

    @property
    def text(self) -> Prose:
        """The answer, a line per cohort, and how each customer's own chance of leaving moves."""
        shape = text.shape_text(cohort.rising_chance(self._draws[self.chosen]), self.chosen)
        return Prose(f"{text.quantities_text(*self._quantities)}\n\n{shape}")

    @property
    def report(self) -> GT:
        """The answers as a table for a page."""
        return text.quantities_table(*self._quantities)

    @cached_property
    def band(self) -> pd.DataFrame:
        """The fitted curve up to today and the fan after it, as shares of each cohort's start."""
        return cohort.retention_band(self._draws[self.chosen], self.retention.alive, self._ahead)

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """The distribution's parameters, of each cohort and of what they share, with intervals."""
        posterior = self.fits[self.chosen].posterior
        return cohort.parameter_table(posterior, self.settings.interval_prob)

    @property
    def parameters_report(self) -> GT:
        """The same as a table for a page, beside one curve for all by maximum likelihood."""
        values = self.retention.alive.values
        curves = {name: asdict(fit_cohort.most_likely(values, name)) for name in self.fits}
        likeliest = pd.DataFrame.from_dict(curves, orient="index")
        prob = self.settings.interval_prob
        return text.parameters_table(self.parameters, likeliest, prob, self.chosen)

    @property
    def facts(self) -> dict[str, Any]:
        """How the fits came about, for the manifest."""
        timed = self.fits | {f"{name}, before": fit for name, fit in self.before.items()}
        seconds = {name: (fit.compile_seconds, fit.sample_seconds) for name, fit in timed.items()}
        return self.fits[self.chosen].facts | {"law": self.chosen, "seconds": seconds}

    def plot(self) -> Figure:
        """Draw what was kept, and the fan of what will be, cohort by cohort.

        Returns
        -------
        Figure
        """
        finding = (
            f"The next {self.settings.horizon_periods} {self._word}s, given who is there today"
        )
        return figures.retention_figure(
            {self.chosen: self.band}, self.observed, self._word, finding
        )

    def plot_prior(self) -> Figure:
        """Draw what the prior lets cohorts do beside what happened.

        Returns
        -------
        Figure
        """
        finding = f"What the prior expects of cohorts, {self.settings.interval_prob:.0%} interval"
        drawn = {BDW: self.prior_predictive}, self.observed, self._word, finding, "what happened"
        return figures.retention_figure(*drawn)

    def plot_hidden(self) -> Figure | None:
        """Draw how each distribution forecast what was hidden from it; None where nothing was.

        Returns
        -------
        Figure or None
        """
        if not self.before:
            return None
        past, ahead = self._past, self._beyond
        bands = {
            name: cohort.retention_band(self._hidden[name], past, ahead) for name in self.before
        }
        finding = text.hidden_text(self.scores, self.compared, self._word)
        return figures.retention_figure(bands, self.observed, self._word, finding)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"law": self.chosen, "gates": gates_text(self.gates)}
        calls = ("cohorts.answers", "cohorts.plot()", "cohorts.compared")
        warnings = gate_warnings(self.gates, mock=self.settings.smoke)
        return Card("Fitted cohorts", facts, calls, warnings)


def fit_cohorts(
    draws: int | None = None,
    *,
    run: ReportRun | None = None,
    store: Path | None = None,
    **settings: Any,
) -> CohortFit:
    """Fit both distributions to a retention table, and choose by periods hidden from them.

    Parameters
    ----------
    draws : int, optional
        Most kept draws per chain, at least 50; 1,000 if left out.
    run : ReportRun, optional
        Of the report `cohorts`: its parameters hold where none is named here.
    store : Path, optional
        Folder in which fits are kept, and found again while nothing has changed.
    **settings
        Parameters of the report `cohorts` by their names: ``source`` (a retention table, or the
        published example), ``mapping``, ``cohort_size``, ``horizon_periods``, ``holdout_periods``,
        ``min_predictive_prob``, and those of the sampler and its gates.

    Returns
    -------
    CohortFit
        Also where gates failed: its card and `CohortFit.gates` say which.

    Raises
    ------
    DataError
        All problems of the retention table together.
    ParameterError
        Naming every unknown, mistyped and out-of-range parameter.

    Examples
    --------
    >>> import workbench as wb
    >>> wb.fit_cohorts(draws=50, smoke=True).answers.columns[0]
    'cohort'
    """
    given, own = {"draws": draws, **settings}, run.settings if run else None
    asked = run_settings(CohortsSettings, CohortsSettings, own, given, KNOBS)
    kept, how = store or (run.fits if run else None), sampling_of(asked)
    retention = open_retention(asked, asked.cohort_size)
    past = hide_last(retention, asked.holdout_periods).alive
    tested = DISTRIBUTIONS if past.sum() < retention.alive.sum() else ()
    before = {name: fit_cohort.fit_cohorts(past, name, how, kept) for name in tested}
    fits = {
        name: fit_cohort.fit_cohorts(retention.alive, name, how, kept) for name in DISTRIBUTIONS
    }
    return CohortFit(retention, before, fits, asked)
