"""What account managers' actions do to leaving, from the history of actions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import xarray as xr
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown, gate_warnings, gates_text
from workbench.analysis.impact.changes import OutcomeChanges
from workbench.analysis.prepare import PreparedData
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import SAMPLING
from workbench.core.gates import Gate, gate_table
from workbench.features.asof import cut
from workbench.impact.acted import actions_a_month
from workbench.impact.checks import (
    Check,
    CheckLimits,
    check_table,
    e_values,
    hidden_factor,
    judge,
    verdicts,
)
from workbench.impact.coin import CoinEstimate, coin_estimate, read_tosses
from workbench.impact.differences import changes
from workbench.impact.effects_file import effects_file
from workbench.impact.flow import trial_flow
from workbench.impact.measure import (
    EffectComparison,
    EffectDraws,
    by_label,
    effect_draws,
    effect_table,
)
from workbench.impact.naive import naive_comparisons
from workbench.impact.outcomes import first_acted, outcomes_on_record
from workbench.impact.trials import Trials
from workbench.impact.weights import balance
from workbench.inference.fit import Fit
from workbench.inference.from_settings import limits_of
from workbench.report.labels import spoken
from workbench.report.output.answer import Answer
from workbench.report.output.publish import publish_page
from workbench.report.output.tables import report_table
from workbench.report.plan_impact import figures, text
from workbench.report.plan_impact.answer import impact_answer
from workbench.report.plan_impact.coin import coin_text, next_coin_text
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

    @property
    def posteriors(self) -> dict[str, xr.DataTree]:
        """The draws by the name of the file in which a run leaves them."""
        return {"actions": self.posterior}

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name under which a run leaves it."""
        return {
            "effects": self.effects,
            "checks": self.checks,
            "by_label": self.by,
            "naive": self.naive,
            "balance": self.balance,
            "changes": self.changes.table,
            "flow": self.flow,
        }

    @cached_property
    def _draws(self) -> EffectDraws:
        return effect_draws(self.found, self.fit.posterior)

    @cached_property
    def _table(self) -> pd.DataFrame:
        return effect_table(self._draws, self.history, self.settings.interval_prob)

    @property
    def _risk(self) -> float:
        """Probability of leaving within the months of follow-up without an action."""
        return float(self.found.expected_risk.mean())

    @cached_property
    def _judged(self) -> tuple[Check, ...]:
        known = known_tables(self.data, "account_events").get("account_events")
        limits = CheckLimits(least_endings=self.settings.least_endings)
        return judge(self.found, self._table, known, limits)

    @cached_property
    def effects(self) -> pd.DataFrame:
        """One row per kind of action and one for all; docs/impact.md tells the columns."""
        words = verdicts(self._judged, self.found.trials.kinds)
        return self._table.merge(words, on="action").merge(e_values(self._table), on="action")

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
    def changes(self) -> OutcomeChanges:
        """Revenue, usage and scores before and after a first action."""
        months, prob = self.settings.effect_months, self.settings.interval_prob
        outcomes = outcomes_on_record(self.rows, known_tables(self.data, "usage", "surveys"))
        first = first_acted(self.history, self.settings.washout_months)
        return OutcomeChanges(changes(outcomes, first, months, prob), months, prob)

    @cached_property
    def coin(self) -> CoinEstimate | None:
        """What a recorded coin says; None where no toss is on record."""
        if not self.settings.tosses:
            return None
        return coin_estimate(self.months, self.found.hazard, read_tosses(self.settings.tosses))

    @property
    def coin_text(self) -> Prose:
        """The coin beside the trials, and how many tosses the next decision takes."""
        months, prob = self.settings.effect_months, self.settings.interval_prob
        pace = actions_a_month(self.history, self.data.hazard.as_of)
        said = coin_text(self.coin, self.effects, hidden_factor(self.found), prob)
        return Prose(f"{said} {next_coin_text(self.effects, self._risk, months, prob, pace)}")

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

    @cached_property
    def flow(self) -> pd.DataFrame:
        """Who was compared, and how following them ended; docs/impact.md tells the columns."""
        return trial_flow(self.found.trials, self.months, int(self.rows["month"].max()))

    @property
    def checks_text(self) -> Prose:
        """Who was compared, which checks passed, and how far a hidden cause could reach."""
        parts = (
            text.flow_text(self.flow, self.settings.washout_months),
            text.checks_text(self.checks),
            text.hidden_text(self.effects, hidden_factor(self.found)),
        )
        return Prose("\n\n".join(parts))

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
        """Draw how many contracts each kind of action kept.

        Returns
        -------
        Figure
        """
        months, prob = self.settings.effect_months, self.settings.interval_prob
        return figures.effect_figure(self.effects, self.naive, self._risk, months, prob)

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
        calls = ("impact.effects", "impact.checks", "impact.plot()", "impact.by", "impact.changes")
        return Card("What actions do", facts, calls, gate_warnings(self.gates, mock=self.fit.mock))


def known_tables(data: PreparedData, *names: str) -> dict[str, pd.DataFrame]:
    """Return tables as they were known on the as-of date, those that the book has.

    Parameters
    ----------
    data : PreparedData
    *names : str
        Of canonical tables.
    """
    frames = {name: data.book.frame(name) for name in names if name in data.book.tables}
    return cut(frames, data.hazard.as_of)
