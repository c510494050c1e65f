"""From a bare retention table to who stays: two distributions, compared on hidden periods."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from great_tables import GT

from workbench.analysis.card import Card, Prose, gate_warnings, gates_text
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import SAMPLING, run_settings
from workbench.analysis.totals.cohort_tables import CohortTables
from workbench.core.cohort_names import BDW, DISTRIBUTIONS
from workbench.data.retention.cohort_table import hide_last, open_retention
from workbench.forecast import cohort
from workbench.inference import fit_cohort
from workbench.inference.from_settings import sampling_of
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


@dataclass(frozen=True, repr=False)
class CohortFit(CohortTables):
    """Both distributions fitted to a retention table; the answer is that of the better one.

    Its tables and parameters are those of `workbench.analysis.totals.cohort_tables.CohortTables`.

    Examples
    --------
    >>> import workbench as wb
    >>> cohorts = wb.fit_cohorts(draws=50, smoke=True)  # the published example; mock draws
    >>> cohorts.chosen in cohorts.fits
    True
    """

    @property
    def data_text(self) -> Prose:
        """What the retention table holds."""
        arguments = self.retention.assumed_size, self.retention.notes
        return Prose(text.data_text(self.observed, self._word, *arguments))

    @property
    def priors_report(self) -> GT:
        """The same as a table for a page."""
        return report_table(self.priors[["parameter", "prior", "meaning", "reason"]], "Priors")

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

    @property
    def parameters_report(self) -> GT:
        """The same as a table for a page, beside one curve for all by maximum likelihood."""
        values = self.retention.alive.values
        curves = {name: asdict(fit_cohort.most_likely(values, name)) for name in self.fits}
        likeliest = pd.DataFrame.from_dict(curves, orient="index")
        prob = self.settings.interval_prob
        return text.parameters_table(self.parameters, likeliest, prob, self.chosen)

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
