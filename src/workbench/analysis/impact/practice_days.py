"""What is known of customers, teams and plans on a day: what the report on planning is made of."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from workbench.analysis.prepare import PreparedData
from workbench.core.calendar import month_number
from workbench.core.errors import ParameterError, Problem
from workbench.core.project import find_project_root
from workbench.features.asof import cut
from workbench.plans.store.deadlines import Outcomes, deadlines_of, outcomes_before
from workbench.plans.store.exchange import done_actions
from workbench.plans.store.facts import COLUMNS, plan_facts, renewal_calls
from workbench.plans.store.open import open_store
from workbench.plans.store.store import Store

STORE = "outputs/plans/plans.db"
TEAM_COLUMNS = ("attr_team", "region")
_SELLS_MORE = ("cross_sell", "up_sell", "amendment")


def account_groups(data: PreparedData, team_by: str = "") -> pd.DataFrame:
    """Return the team and the owner of each account, as they are today.

    Parameters
    ----------
    data : PreparedData
    team_by : str
        Column of accounts that names the team; empty takes the first of `TEAM_COLUMNS` that is
        there.

    Returns
    -------
    DataFrame
        team and owner by account_id; missing where the book does not tell.

    Raises
    ------
    ParameterError
        When there is no such column.
    """
    accounts = data.book.frame("accounts")
    if team_by and team_by not in accounts:
        known = ", ".join(name for name in accounts if name not in ("account_id", "created_on"))
        problem = Problem("no such column of accounts", "team_by", f"one of {known}", team_by)
        raise ParameterError("Teams could not be told apart.", [problem])
    column = team_by or next((one for one in TEAM_COLUMNS if one in accounts), "")
    nothing = pd.Series(None, accounts.index, dtype=object)
    groups = pd.DataFrame(
        {
            "account_id": accounts["account_id"],
            "team": accounts[column].astype("object") if column else nothing,
            "owner": accounts.get("owner", nothing),
        }
    )
    return groups.set_index("account_id")


def customers_on(data: PreparedData, day: pd.Timestamp) -> pd.DataFrame:
    """Return the customers of a day.

    Parameters
    ----------
    data : PreparedData
    day : Timestamp
        The as-of date, or the first of a month before it.

    Returns
    -------
    DataFrame
        account_id, arr, potential (money in open offers to sell more), contacts (missing where
        nobody keeps them), as known on the day.
    """
    future, past = data.hazard.future, data.hazard.rows
    if day == data.hazard.as_of:
        rows = future[future["horizon"] == 1]
    else:
        rows = past[past["month"] == month_number(day)]
    known = rows.groupby("account_id", as_index=False)["arr"].sum()
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
        potential=key.map(potential).fillna(0.0),
        contacts=float("nan") if contacts is None else key.map(contacts).fillna(0),
    )


@dataclass(frozen=True)
class StoredPlans:
    """What the plan store knows of the practice.

    Parameters
    ----------
    plans : list of DataFrame
        What plans said, from `workbench.plans.store.facts.plan_facts`, by day.
    deadlines : DataFrame
        What had fallen due by the last of the days, from the same.
    calls : DataFrame
        From `workbench.plans.store.facts.renewal_calls`.
    """

    plans: list[pd.DataFrame]
    deadlines: pd.DataFrame
    calls: pd.DataFrame


def stored_plans(data: PreparedData, place: str, days: Sequence[pd.Timestamp]) -> StoredPlans:
    """Return what plans said on each day, and people's forecasts; nothing without a store.

    Parameters
    ----------
    data : PreparedData
    place : str
        SQLite file, address, or ``env:NAME``; empty: that of the project, if there is one.
    days : sequence of Timestamp
        Each is read as of its beginning, oldest first.

    Returns
    -------
    StoredPlans

    Raises
    ------
    ParameterError
        When the store that is named is not there.
    """
    accounts = data.book.frame("accounts")
    own = find_project_root(Path.cwd()) / STORE
    if not place and not own.is_file():
        nothing = pd.DataFrame(columns=COLUMNS).astype({"touched_on": "datetime64[us]"})
        calls = pd.DataFrame(columns=["account_id", "called_on", "renews", "who"])
        calls = calls.astype({"called_on": "datetime64[us]", "renews": "float64"})
        due = deadlines_of("", [], accounts, Outcomes({}, {}), days[-1])
        return StoredPlans([nothing for _ in days], due, calls)
    store = open_store(_named(place) if place else str(own))
    try:
        came = _done(data, store), _decided(data)
        found = [plan_facts(store, accounts, outcomes_before(*came, day), day) for day in days]
        return StoredPlans([facts for facts, _ in found], found[-1][1], renewal_calls(store))
    finally:
        store.close()


def _done(data: PreparedData, store: Store) -> pd.DataFrame:
    """Return what was done by the book and by the store, which tells it first."""
    columns = ["account_id", "kind", "done_on"]
    ticked = done_actions(store)
    ticked = ticked.assign(done_on=pd.to_datetime(ticked["done_on"]).astype("datetime64[us]"))
    if "actions" not in data.book.tables:
        return ticked[columns]
    book = data.book.frame("actions")
    new = ~ticked["action_id"].isin(book["action_id"])
    both = pd.concat([book[columns], ticked.loc[new, columns]], ignore_index=True)
    return both.astype({"done_on": "datetime64[us]"})


def _decided(data: PreparedData) -> pd.DataFrame:
    columns = ["opportunity_id", "account_id", "opened_on", "closed_on", "won"]
    if "opportunities" in data.book.tables:
        return data.book.frame("opportunities").reindex(columns=columns)
    return pd.DataFrame(columns=columns).astype({"opened_on": "datetime64[us]"})


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
