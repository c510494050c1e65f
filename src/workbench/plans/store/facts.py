"""What plans said on a day, as a table: one row per plan and account."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from workbench.plans.plan.document import ALL, Plan
from workbench.plans.store.records import PLANS, RENEWAL_CALLS
from workbench.plans.store.store import Store

COLUMNS = [
    "plan", "account_id", "touched_on", "members", "goals", "challenges", "actions", "serving",
    "demand", "due", "on_time",
]  # fmt: skip


def plan_facts(
    store: Store, accounts: pd.DataFrame, done: pd.DataFrame, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Read what plans said strictly before a day.

    Parameters
    ----------
    store : Store
    accounts : DataFrame
        With account_id and the columns by which plans choose accounts.
    done : DataFrame
        Actions that were done: account_id, kind, done_on.
    as_of : Timestamp
        The day.

    Returns
    -------
    DataFrame
        plan, account_id, touched_on, members (people who ever saved it, or own an action of it),
        goals, challenges, actions, serving (of those, naming what they serve), demand (demand
        actions and win plans), due (actions whose month was over), on_time (of those, done by
        the month's end, since the plan was first saved).
    """
    months = done.assign(month=done["done_on"].dt.strftime("%Y-%m"))[
        ["account_id", "kind", "month"]
    ]
    day = pd.Timestamp(as_of)
    rows = []
    for key in store.current(PLANS):
        versions = [one for one in store.history(PLANS, key) if _day(one.saved_at) < day]
        if not versions or versions[-1].value is None:
            continue
        plan, touched = versions[-1].value, _day(versions[-1].saved_at)
        began = _day(versions[0].saved_at).strftime("%Y-%m")
        people = {one.author for one in versions} | {act.owner for act in plan.actions if act.owner}
        for account in _accounts(plan, accounts):
            since = months[months["month"] >= began]
            rows.append([key, account, touched, len(people), *_counts(plan, account, since, day)])
    return pd.DataFrame(rows, columns=COLUMNS).astype({"touched_on": "datetime64[us]"})


def renewal_calls(store: Store) -> pd.DataFrame:
    """Return account managers' own forecasts: account_id, called_on, renews (0 to 1), who.

    Parameters
    ----------
    store : Store
    """
    found = [
        (one.value.account_id, pd.Timestamp(one.value.called_on), one.value.renews, one.author)
        for key in store.current(RENEWAL_CALLS)
        for one in store.history(RENEWAL_CALLS, key)
        if one.value is not None
    ]
    table = pd.DataFrame(found, columns=["account_id", "called_on", "renews", "who"])
    return table.astype({"called_on": "datetime64[us]", "renews": "float64"})


def _day(moment: str) -> pd.Timestamp:
    return pd.Timestamp(moment).tz_convert("UTC").tz_localize(None)


def _accounts(plan: Plan, accounts: pd.DataFrame) -> Iterable[str]:
    chosen = accounts
    if plan.accounts != (ALL,):
        chosen = chosen[chosen["account_id"].isin(plan.accounts)]
    for condition in plan.where:
        column = "parent_id" if condition.column == "parent" else condition.column
        known = chosen.get(column, pd.Series("", chosen.index, dtype=object))
        chosen = chosen[known.isin(condition.values)]
    return chosen["account_id"].tolist()


def _counts(plan: Plan, account: str, done: pd.DataFrame, day: pd.Timestamp) -> list[int]:
    own = [act for act in plan.actions if not act.accounts or account in act.accounts]
    due = [act for act in own if act.month < day.strftime("%Y-%m")]
    mine = done[done["account_id"] == account]
    kept = [act for act in due if ((mine["kind"] == act.kind) & (mine["month"] <= act.month)).any()]
    kinds = [goal.kind for goal in plan.goals]
    return [
        kinds.count("goal"), kinds.count("challenge"), len(own),
        sum(bool(act.serves) for act in own), len(plan.demand) + len(plan.win_plans), len(due),
        len(kept),
    ]  # fmt: skip
