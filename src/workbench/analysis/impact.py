"""What account managers' actions do to leaving, from the history of actions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown, gate_warnings, gates_text
from workbench.analysis.prepare import PreparedData
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import SAMPLING, run_settings
from workbench.core.gates import Gate, gate_table
from workbench.features.asof import cut
from workbench.impact.checks import Check, CheckLimits, check_table, judge, verdicts
from workbench.impact.coin import CoinEstimate, coin_estimate, read_tosses
from workbench.impact.effects_file import effects_file
from workbench.impact.measure import (
    EffectComparison,
    EffectDraws,
    by_label,
    compare,
    effect_draws,
    effect_table,
)
from workbench.impact.naive import naive_comparisons
from workbench.impact.trials import TrialRules, Trials, at_risk_months, lay_out_trials
from workbench.impact.weights import balance
from workbench.inference.fit import Fit
from workbench.inference.fit_actions import fit_actions
from workbench.inference.from_settings import limits_of, sampling_of
from workbench.report.labels import spoken
from workbench.report.output.answer import Answer
from workbench.report.output.publish import publish_page
from workbench.report.output.tables import report_table
from workbench.report.plan_impact import figures, text
from workbench.report.plan_impact.answer import impact_answer
from workbench.report.plan_impact.settings import PlanImpactSettings
from workbench.report.style import Figure

EFFECTS = "effects.yaml"
KNOBS = (*SAMPLING, "effect_months", "washout_months", "least_endings", "tosses")


@dataclass(frozen=True, repr=False)
class ActionImpact(Shown):
    """What actions do to leaving, and whether the number may be called measured.

    Parameters
    ----------
    data : PreparedData
    rows, history : DataFrame
        Months at risk as they were known, and the actions.
    months : Trials
        All those months, as the beginning of a trial each.
    found : EffectComparison
    fit : Fit
    settings : PlanImpactSettings

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(80, months=36), covariates=["nps_latest"])
    >>> impact = wb.measure_actions(data, draws=50, smoke=True)  # mock draws, for speed
    >>> set(impact.effects["word"]) <= {"measured", "association"}
    True
    """

    data: PreparedData
    rows: pd.DataFrame
    history: pd.DataFrame
    months: Trials
    found: EffectComparison
    fit: Fit
    settings: PlanImpactSettings

    @property
    def posterior(self) -> xr.DataTree:
        """The draws, for ArviZ: group ``posterior``, dimensions chain, draw and their labels."""
        return xr.DataTree.from_dict({"posterior": self.fit.posterior})

    @cached_property
    def _draws(self) -> EffectDraws:
        return effect_draws(self.found, self.fit.posterior)

    @cached_property
    def _table(self) -> pd.DataFrame:
        return effect_table(self._draws, self.history, self.settings.interval_prob)

    @cached_property
    def _judged(self) -> tuple[Check, ...]:
        events = self.data.book.tables.get("account_events")
        known = None
        if events is not None:
            frames = {"account_events": self.data.book.frame("account_events")}
            known = cut(frames, self.data.hazard.as_of)["account_events"]
        limits = CheckLimits(least_endings=self.settings.least_endings)
        return judge(self.found, self._table, known, limits)

    @cached_property
    def effects(self) -> pd.DataFrame:
        """One row per kind of action and one for all; docs/impact.md tells the columns."""
        words = verdicts(self._judged, self.found.trials.kinds)
        return self._table.merge(words, on="action")

    @cached_property
    def checks(self) -> pd.DataFrame:
        """Every check: action, check, passed, value, limit, why."""
        return check_table(self._judged)

    @cached_property
    def by(self) -> pd.DataFrame:
        """An average action's effect by months since, band of risk and segment."""
        return by_label(self._draws, self.found.treated, self.settings.interval_prob)

    @cached_property
    def naive(self) -> pd.DataFrame:
        """What the comparisons that people make would have claimed."""
        return naive_comparisons(self.found.trials, self.rows, self.history)

    @cached_property
    def coin(self) -> CoinEstimate | None:
        """What a recorded coin says; None where no toss is on record."""
        if not self.settings.tosses:
            return None
        return coin_estimate(self.months, self.found.hazard, read_tosses(self.settings.tosses))

    @property
    def coin_text(self) -> Prose:
        """The coin beside the trials, and how many tosses the next decision takes."""
        risk = float(self.found.expected_risk.mean())
        months, prob = self.settings.effect_months, self.settings.interval_prob
        return Prose(text.coin_text(self.coin, self.effects, risk, months, prob))

    @cached_property
    def balance(self) -> pd.DataFrame:
        """How alike those acted upon and the others are, before and after weighting."""
        return balance(self.found.trials, self.found.propensity.odds)

    @cached_property
    def judged(self) -> tuple[Gate, ...]:
        """The gates of the sampler."""
        return self.fit.gates(limits_of(self.settings))

    @property
    def gates(self) -> pd.DataFrame:
        """Everything that was checked of the sample: gate, value, limit, passed, worst at."""
        return gate_table(self.judged)

    def answer(self) -> Answer:
        """Return what the page says first."""
        months, prob = self.settings.effect_months, self.settings.interval_prob
        return impact_answer(self.effects, months, prob, self.data.currency)

    @property
    def text(self) -> Prose:
        """What every kind of action did, and what the number may be called."""
        months = self.settings.effect_months
        return Prose(text.verdict_text(self.effects, months, self.data.currency))

    @property
    def checks_text(self) -> Prose:
        """Which checks passed."""
        return Prose(text.checks_text(self.checks))

    @property
    def naive_text(self) -> Prose:
        """What people would have said, and what is wrong with it."""
        return Prose(text.naive_text(self.naive, self.effects))

    @property
    def whom_text(self) -> Prose:
        """Whom an action moves most."""
        return Prose(text.whom_text(self.by))

    @property
    def checks_report(self) -> GT:
        """The checks as a table for the page."""
        shown = self.checks.drop(columns="why").sort_values("passed", kind="stable")
        shown["action"] = shown["action"].map(spoken)
        table = report_table(shown, "Checks on the comparison", "those that failed first")
        return table.fmt_number(["value", "limit"], decimals=2)

    def plot(self) -> Figure:
        """Draw the effect of each kind of action.

        Returns
        -------
        Figure
        """
        return figures.effect_figure(self.effects, self.naive, self.settings.interval_prob)

    def plot_months(self) -> Figure:
        """Draw how the effect goes with the months since the action.

        Returns
        -------
        Figure
        """
        return figures.month_figure(self.by, self.settings.interval_prob)

    def plot_balance(self) -> Figure:
        """Draw how alike both arms are before and after weighting.

        Returns
        -------
        Figure
        """
        return figures.balance_figure(self.balance, CheckLimits().most_imbalance)

    def keep(self, run: ReportRun) -> None:
        """Leave the effects that passed as a file that plans can name; none of mock draws.

        Parameters
        ----------
        run : ReportRun
        """
        if not self.fit.mock:
            content = effects_file(self.effects, self.settings.interval_prob)
            publish_page(run.settings, EFFECTS, content)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {
            "as of": self.data.as_of,
            "actions": f"{int(self.effects['trials'].iloc[-1]):,}",
            "measured": int((self.effects["word"].iloc[:-1] == "measured").sum()),
            "gates": gates_text(self.gates),
        }
        calls = ("impact.effects", "impact.checks", "impact.plot()", "impact.by")
        return Card("What actions do", facts, calls, gate_warnings(self.gates, mock=self.fit.mock))


def measure_actions(
    data: PreparedData,
    draws: int | None = None,
    *,
    run: ReportRun | None = None,
    store: Path | None = None,
    **settings: Any,
) -> ActionImpact:
    """Measure what actions do to leaving, by sequential target trials.

    Parameters
    ----------
    data : PreparedData
        Of a book with the table `actions`.
    draws : int, optional
        Most kept draws per chain, at least 50; 1,000 if left out.
    run : ReportRun, optional
        Of the report `plan_impact`: its parameters hold where none is named here.
    store : Path, optional
        Folder in which the fit is kept, and found again while nothing has changed.
    **settings
        Parameters of the report `plan_impact` by their names: ``effect_months``,
        ``washout_months``, ``least_endings``, ``tosses``, and those of the sampler and its gates.

    Returns
    -------
    ActionImpact
        Also where checks failed: `ActionImpact.effects` says of each kind which.

    Raises
    ------
    DataError
        When no action is on record, or none could be compared.
    ParameterError
        Naming every unknown, mistyped and out-of-range parameter.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(80, months=36), covariates=["nps_latest"])
    >>> wb.measure_actions(data, draws=50, smoke=True).fit.draws  # mock draws, for speed
    50
    """
    given, own = {"draws": draws, **settings}, run.settings if run else None
    asked = run_settings(PlanImpactSettings, PlanImpactSettings, own, given, KNOBS)
    history = actions_known(data)
    rows = at_risk_months(data.book, data.hazard)
    rules = TrialRules(asked.effect_months, asked.washout_months, seed=asked.seed)
    trials, months = lay_out_trials(rows, data.hazard, history, rules)
    found = compare(trials, months)
    fit = fit_actions(found.treated, sampling_of(asked), store or (run.fits if run else None))
    return ActionImpact(data, rows, history, months, found, fit, asked)


def actions_known(data: PreparedData) -> pd.DataFrame:
    """Return the actions that were on record on the as-of date; none where there is no table.

    Parameters
    ----------
    data : PreparedData
    """
    if "actions" not in data.book.tables:
        columns = ["action_id", "account_id", "kind", "done_on", "hours", "cost"]
        empty = pd.DataFrame(columns=columns)
        return empty.astype({"done_on": "datetime64[us]", "hours": "float64"})
    return cut({"actions": data.book.frame("actions")}, data.hazard.as_of)["actions"]
