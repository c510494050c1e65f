"""How accounts are planned, from the plan store and the data."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from workbench.analysis.card import Card, Prose, Shown
from workbench.analysis.prepare import PreparedData
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import settings_from
from workbench.core.calendar import month_number
from workbench.core.errors import ParameterError, Problem
from workbench.core.project import find_project_root
from workbench.features.asof import cut
from workbench.impact.chosen import choice_table
from workbench.impact.practice import (
    PracticeFacts,
    practice_by_owner,
    practice_facts,
    practice_table,
)
from workbench.impact.promoters import Promoters, promoter_claims
from workbench.impact.trials import at_risk_months
from workbench.plans.store.facts import COLUMNS, plan_facts, renewal_calls
from workbench.plans.store.open import open_store
from workbench.report.output.answer import Answer
from workbench.report.output.row_table import RowTable
from workbench.report.planning_practice import figures, text
from workbench.report.planning_practice.answer import practice_answer
from workbench.report.planning_practice.settings import PlanningPracticeSettings
from workbench.report.planning_practice.tables import owners_report
from workbench.report.style import Figure

BACK_MONTHS = 6
STORE = "outputs/plans/plans.db"
_SELLS_MORE = ("cross_sell", "up_sell", "amendment")


@dataclass(frozen=True, repr=False)
class PlanningPractice(Shown):
    """How accounts are planned, and what of it goes with staying.

    Parameters
    ----------
    data : PreparedData
    now, before : PracticeFacts
        Of the as-of date, and of half a year earlier.
    stayed : Series of bool
        By account: which customers of half a year ago are customers today.
    calls : DataFrame
        People's forecasts that can be judged: account_id, called_on, renews, who, stayed.
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
    now: PracticeFacts
    before: PracticeFacts
    stayed: pd.Series
    calls: pd.DataFrame
    settings: PlanningPracticeSettings

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per question; docs/impact.md tells the columns."""
        return practice_table(self.now, self.before, self.stayed, self.settings.interval_prob)

    @cached_property
    def owners(self) -> pd.DataFrame:
        """The share of each owner's accounts of which each question is so, everybody first."""
        return practice_by_owner(self.now, self.before)

    @cached_property
    def choices(self) -> pd.DataFrame:
        """Whether plans paid more where potential was high or where much had been bought."""
        arr = self.now.table.set_index("account_id")["arr"]
        return choice_table(self.before, arr, self.settings.interval_prob)

    @cached_property
    def promoters(self) -> Promoters:
        """Whether promoters renew more often and grow faster in this book."""
        rows = at_risk_months(self.data.book, self.data.hazard)
        return promoter_claims(rows, self.data.hazard, self.settings.interval_prob)

    def answer(self) -> Answer:
        """Return what the page says first."""
        return practice_answer(self.table)

    @property
    def text(self) -> Prose:
        """What goes with staying in this book, and for whom plans paid."""
        prob = self.settings.interval_prob
        stays = text.goes_with_text(self.table, prob)
        return Prose(f"{stays}\n\n{text.choice_text(self.choices, prob)}")

    @property
    def forecast_text(self) -> Prose:
        """How people's forecasts came out."""
        return Prose(text.forecast_text(self.calls))

    @property
    def promoter_text(self) -> Prose:
        """Whether promoters do better here."""
        return Prose(text.promoter_text(self.promoters, self.settings.interval_prob))

    @property
    def owners_report(self) -> RowTable:
        """The questions by owner as a table for the page."""
        return owners_report(self.owners, self.data.currency)

    def plot(self) -> Figure:
        """Draw of what share of accounts, revenue and growth potential each question is so.

        Returns
        -------
        Figure
        """
        return figures.practice_figure(self.table)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"as of": self.data.as_of, "customers": len(self.now.table)}
        calls = ("practice.table", "practice.owners", "practice.plot()", "practice.promoters.table")
        return Card("How accounts are planned", facts, calls, ())


def planning_practice(
    data: PreparedData, plan_store: str = "", *, run: ReportRun | None = None
) -> PlanningPractice:
    """Tell how accounts are planned, and what of it goes with staying.

    Parameters
    ----------
    data : PreparedData
    plan_store : str
        SQLite file, address, or ``env:NAME``; empty: that of the project, if there is one.
    run : ReportRun, optional
        Of the report `planning_practice`: its parameters hold where none is named here.

    Returns
    -------
    PlanningPractice

    Raises
    ------
    ParameterError
        When the store that is named is not there.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(40, months=24), covariates=["nps_latest"])
    >>> len(wb.planning_practice(data).table)
    11
    """
    asked = run.settings if run else settings_from(PlanningPracticeSettings, {})
    assert isinstance(asked, PlanningPracticeSettings)
    today = data.hazard.as_of
    earlier = today - pd.DateOffset(months=BACK_MONTHS)
    first = data.hazard.future[data.hazard.future["horizon"] == 1]
    rows = data.hazard.rows
    then = rows[rows["month"] == month_number(earlier)]
    plans, calls = _stored(data, plan_store or asked.plan_store, (today, earlier))
    facts = [
        practice_facts(_customers(data, own, day), plan, day, asked.living_days)
        for own, plan, day in zip((first, then), plans, (today, earlier), strict=True)
    ]
    there = set(first["account_id"])
    before = facts[1].table["account_id"]
    stayed = pd.Series([key in there for key in before], index=pd.Index(before), dtype=bool)
    ripe = calls[calls["called_on"] < today - pd.DateOffset(months=3)]
    judged = ripe[ripe["account_id"].isin(data.hazard.accounts["account_id"])]
    judged = judged.assign(stayed=judged["account_id"].isin(there).astype("float64"))
    return PlanningPractice(data, facts[0], facts[1], stayed, judged, asked)


def _customers(data: PreparedData, rows: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the customers of a day: owner, revenue, open offers to sell more, contacts."""
    known = rows.groupby("account_id", as_index=False)["arr"].sum()
    owner = data.hazard.accounts.set_index("account_id").get("owner", pd.Series(dtype=object))
    tables = data.book.tables
    potential, contacts = pd.Series(dtype="float64"), None
    if "opportunities" in tables:
        opportunities = cut({"opportunities": data.book.frame("opportunities")}, day)[
            "opportunities"
        ]
        ahead = opportunities[
            opportunities["closed_on"].isna() & opportunities["kind"].isin(_SELLS_MORE)
        ]
        potential = ahead.groupby("account_id")["amount"].sum()
    if "contacts" in tables:
        people = cut({"contacts": data.book.frame("contacts")}, day)["contacts"]
        contacts = people[people["left_on"].isna()].groupby("account_id").size()
    key = known["account_id"]
    return known.assign(
        owner=key.map(owner),
        potential=key.map(potential).fillna(0.0),
        contacts=float("nan") if contacts is None else key.map(contacts).fillna(0),
    )


def _stored(
    data: PreparedData, place: str, days: tuple[pd.Timestamp, ...]
) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Return what plans said on each day, and people's forecasts; nothing without a store."""
    nothing = pd.DataFrame(columns=COLUMNS).astype({"touched_on": "datetime64[us]"})
    calls = pd.DataFrame(columns=["account_id", "called_on", "renews", "who"])
    calls = calls.astype({"called_on": "datetime64[us]", "renews": "float64"})
    own = find_project_root(Path.cwd()) / STORE
    if not place and not own.is_file():
        return [nothing for _ in days], calls
    done = pd.DataFrame(columns=["account_id", "kind", "done_on"])
    done = done.astype({"done_on": "datetime64[us]"})
    if "actions" in data.book.tables:
        done = data.book.frame("actions")[["account_id", "kind", "done_on"]]
    store = open_store(_named(place) if place else str(own))
    try:
        accounts = data.book.frame("accounts")
        found = [plan_facts(store, accounts, done, day) for day in days]
        return found, renewal_calls(store)
    finally:
        store.close()


def _named(place: str) -> str:
    """Return the place of a store: of an environment variable where that is named."""
    if place.startswith("env:"):
        name = place.removeprefix("env:")
        if name not in os.environ:
            problem = Problem("no such environment variable", name, "the address of a plan store")
            raise ParameterError("The plan store could not be found.", [problem])
        return os.environ[name]
    if "://" not in place and not Path(place).is_file():
        problem = Problem("no such file", place, "an SQLite file that holds plans")
        raise ParameterError("The plan store could not be found.", [problem])
    return place
