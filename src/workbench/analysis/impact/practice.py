"""How accounts are planned, from the plan store and the data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from workbench.analysis.card import Card, Prose, Shown
from workbench.analysis.impact.practice_days import account_groups, customers_on, stored_plans
from workbench.analysis.prepare import PreparedData
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import settings_from
from workbench.core.calendar import month_number
from workbench.impact.chosen import choice_table
from workbench.impact.deadlines import kept_deadlines
from workbench.impact.planned import planned_table
from workbench.impact.practice import (
    PracticeFacts,
    practice_facts,
    practice_table,
)
from workbench.impact.practice_groups import (
    OWNER,
    TEAM,
    groups_now,
    judged_calls,
    practice_trend,
)
from workbench.impact.promoters import Promoters, promoter_claims
from workbench.impact.trials import at_risk_months
from workbench.report.output.answer import Answer
from workbench.report.output.row_table import RowTable
from workbench.report.planning_practice import figures, text
from workbench.report.planning_practice.answer import practice_answer
from workbench.report.planning_practice.settings import PlanningPracticeSettings
from workbench.report.planning_practice.tables import (
    calls_report,
    deadlines_report,
    groups_report,
)
from workbench.report.style import Figure

BACK_MONTHS = 6
TREND_MONTHS = (12, 9, 6, 3, 0)


@dataclass(frozen=True, repr=False)
class PlanningPractice(Shown):
    """How accounts are planned, and what of it goes with staying.

    Parameters
    ----------
    data : PreparedData
    days : dict of Timestamp to PracticeFacts
        Of each quarter of the last year, as far as the record reaches: the as-of date last.
    stayed : Series of bool
        By account: which customers of half a year ago are customers today.
    calls : DataFrame
        People's forecasts that can be judged: account_id, called_on, renews, who, stayed, team,
        owner.
    deadlines : DataFrame
        What plans promised by a day, and when it was done; docs/impact.md tells the columns.
    settings : PlanningPracticeSettings

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(40, months=24), covariates=["nps_latest"])
    >>> practice = wb.planning_practice(data)
    >>> practice.table.loc[0, "question"]
    'has a plan'
    """

    data: PreparedData
    days: dict[pd.Timestamp, PracticeFacts]
    stayed: pd.Series
    calls: pd.DataFrame
    deadlines: pd.DataFrame
    settings: PlanningPracticeSettings

    @property
    def now(self) -> PracticeFacts:
        """What is known of the planning of each account on the as-of date."""
        return self.days[self.data.hazard.as_of]

    @property
    def before(self) -> PracticeFacts:
        """What was known half a year earlier."""
        return self.days[self.earlier]

    @property
    def earlier(self) -> pd.Timestamp:
        """The day half a year before the as-of date."""
        return self.data.hazard.as_of - pd.DateOffset(months=BACK_MONTHS)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per question; docs/impact.md tells the columns."""
        return practice_table(self.now, self.before, self.stayed, self.settings.interval_prob)

    @cached_property
    def trend(self) -> pd.DataFrame:
        """Every question for the book, each team and each owner, quarter by quarter."""
        return practice_trend(self.days)

    @property
    def teams(self) -> pd.DataFrame:
        """The share of each team's accounts of which each question is so, everybody first."""
        return groups_now(self.trend, TEAM, self.earlier)

    @property
    def owners(self) -> pd.DataFrame:
        """The share of each owner's accounts of which each question is so, everybody first."""
        return groups_now(self.trend, OWNER, self.earlier)

    @property
    def forecasts(self) -> pd.DataFrame:
        """People's forecasts against what came: of all, by half-year, team and owner."""
        return judged_calls(self.calls)

    @cached_property
    def choices(self) -> pd.DataFrame:
        """Whether plans paid more where potential was high or where much had been bought."""
        arr = self.now.table.set_index("account_id")["arr"]
        return choice_table(self.before, arr, self.settings.interval_prob)

    @cached_property
    def planned(self) -> pd.DataFrame:
        """Who stayed for half a year with a plan, and with one that moved, against others alike."""
        half = pd.DateOffset(months=BACK_MONTHS)
        days = {}
        for day, facts in self.days.items():
            if day + half in self.days and day in (self.earlier, self.earlier - half):
                later = set(self.days[day + half].table["account_id"])
                key = facts.table["account_id"]
                days[month_number(day)] = facts, pd.Series(key.isin(later).to_numpy(), key)
        return planned_table(days, *self._known, self.settings.interval_prob)

    @cached_property
    def _known(self) -> tuple[pd.DataFrame, tuple[str, ...]]:
        """Months at risk as they were known, and the columns that tell what was."""
        hazard = self.data.hazard
        columns = (*hazard.signals, *hazard.attributes, *hazard.groups)
        return at_risk_months(self.data.book, hazard), columns

    @cached_property
    def promoters(self) -> Promoters:
        """Whether promoters renew more often and grow faster in this book."""
        return promoter_claims(*self._known, self.settings.interval_prob)

    def answer(self) -> Answer:
        """Return what the page says first."""
        return practice_answer(self.table)

    @property
    def text(self) -> Prose:
        """What goes with staying in this book, and for whom plans paid."""
        prob = self.settings.interval_prob
        parts = (
            text.goes_with_text(self.table, prob),
            text.planned_text(self.planned, prob),
            text.choice_text(self.choices, prob),
        )
        return Prose("\n\n".join(parts))

    @property
    def foresight(self) -> tuple[Prose | RowTable, ...]:
        """How people's forecasts came out, in words and, where there are any, as a table."""
        words = Prose(text.forecast_text(self.calls))
        return (words, calls_report(self.forecasts)) if len(self.calls) else (words,)

    @property
    def kept(self) -> tuple[Prose | RowTable, ...]:
        """What was promised by a day, in words and, where anything fell due, as a table."""
        words = Prose(text.deadline_text(self.deadlines))
        return (words, deadlines_report(self.deadlines)) if len(self.deadlines) else (words,)

    @property
    def promoter_text(self) -> Prose:
        """Whether promoters do better here."""
        return Prose(text.promoter_text(self.promoters, self.settings.interval_prob))

    @property
    def teams_report(self) -> tuple[RowTable, RowTable]:
        """The questions by team as tables for the page."""
        return groups_report(self.teams, TEAM, self.data.currency)

    @property
    def owners_report(self) -> tuple[RowTable, RowTable]:
        """The questions by owner as tables for the page."""
        return groups_report(self.owners, OWNER, self.data.currency)

    def plot(self) -> Figure:
        """Draw of what share of accounts, revenue and growth potential each question is so.

        Returns
        -------
        Figure
        """
        return figures.practice_figure(self.table)

    def plot_trend(self) -> Figure:
        """Draw how the share of accounts with a living plan moved, of the book and of each team.

        Returns
        -------
        Figure
        """
        return figures.trend_figure(self.trend)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"as of": self.data.as_of, "customers": len(self.now.table)}
        calls = (
            "practice.table", "practice.teams", "practice.owners", "practice.trend",
            "practice.plot()", "practice.plot_trend()", "practice.promoters.table",
        )  # fmt: skip
        return Card("How accounts are planned", facts, calls, ())


def planning_practice(
    data: PreparedData, plan_store: str = "", team_by: str = "", *, run: ReportRun | None = None
) -> PlanningPractice:
    """Tell how accounts are planned, and what of it goes with staying.

    Parameters
    ----------
    data : PreparedData
    plan_store : str
        SQLite file, address, or ``env:NAME``; empty: that of the project, if there is one.
    team_by : str
        Column of accounts that names the team; empty: attr_team where the book has one, else
        region.
    run : ReportRun, optional
        Of the report `planning_practice`: its parameters hold where none is named here.

    Returns
    -------
    PlanningPractice

    Raises
    ------
    ParameterError
        When the store that is named is not there, or no such column.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(40, months=24), covariates=["nps_latest"])
    >>> len(wb.planning_practice(data).table)
    12
    """
    asked = run.settings if run else settings_from(PlanningPracticeSettings, {})
    assert isinstance(asked, PlanningPracticeSettings)
    today = data.hazard.as_of
    earlier = today - pd.DateOffset(months=BACK_MONTHS)
    days = [today - pd.DateOffset(months=months) for months in TREND_MONTHS]
    stored = stored_plans(data, plan_store or asked.plan_store, days)
    calls = stored.calls
    groups = account_groups(data, team_by or asked.team_by)
    facts = {}
    for day, plan in zip(days, stored.plans, strict=True):
        own = customers_on(data, day).join(groups, on="account_id")
        if len(own) or day in (today, earlier):
            facts[day] = practice_facts(own, plan, day, asked.living_days)
    there = set(facts[today].table["account_id"])
    before = facts[earlier].table["account_id"]
    stayed = pd.Series([key in there for key in before], index=pd.Index(before), dtype=bool)
    ripe = calls[calls["called_on"] < today - pd.DateOffset(months=3)]
    judged = ripe[ripe["account_id"].isin(groups.index)]
    judged = judged.assign(stayed=judged["account_id"].isin(there).astype("float64"))
    judged = judged.join(groups, on="account_id")
    deadlines = kept_deadlines(stored.deadlines, groups["team"])
    return PlanningPractice(data, facts, stayed, judged, deadlines, asked)
