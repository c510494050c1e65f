"""What plans said on a day, as a table: one row per plan and account."""

from __future__ import annotations

import pandas as pd

from workbench.plans.plan.document import Plan
from workbench.plans.store.deadlines import (
    ACTION,
    DEMAND,
    Outcomes,
    accounts_of,
    deadlines_of,
    demand_is_recorded,
    moment,
)
from workbench.plans.store.records import PLANS, RENEWAL_CALLS
from workbench.plans.store.store import Store

_DUE = ["due", "on_time", "demand_due", "demand_on_time"]
COLUMNS = [
    "plan", "account_id", "touched_on", "members", "goals", "challenges", "actions", "serving",
    "demand", *_DUE,
]  # fmt: skip


def plan_facts(
    store: Store, accounts: pd.DataFrame, outcomes: Outcomes, as_of: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read what plans said strictly before a day.

    Parameters
    ----------
    store : Store
    accounts : DataFrame
        With account_id and the columns by which plans choose accounts.
    outcomes : Outcomes
        What was done and decided, as known on the day.
    as_of : Timestamp
        The day.

    Returns
    -------
    facts : DataFrame
        plan, account_id, touched_on, members (people who ever saved it, or own an action of it),
        goals, challenges, actions, serving (of those, naming what they serve), demand (demand
        actions and win plans), due (actions that had fallen due), on_time (of those, done by the
        month's end), demand_due, demand_on_time (the same of demand and win plans, as far as it is
        on record whether they were done).
    deadlines : DataFrame
        From `workbench.plans.store.deadlines.deadlines_of`, of all plans: also of those that were
        taken away since.
    """
    day = pd.Timestamp(as_of)
    rows, deadlines = [], [deadlines_of("", [], accounts, outcomes, day)]
    for key in store.current(PLANS):
        versions = [one for one in store.history(PLANS, key) if moment(one.saved_at) < day]
        deadlines.append(deadlines_of(key, versions, accounts, outcomes, day))
        if not versions or versions[-1].value is None:
            continue
        plan, touched = versions[-1].value, moment(versions[-1].saved_at)
        people = {one.author for one in versions} | {act.owner for act in plan.actions if act.owner}
        rows += [
            [key, account, touched, len(people), *_counts(plan, account)]
            for account in accounts_of(plan, accounts)
        ]
    facts = pd.DataFrame(rows, columns=COLUMNS[: -len(_DUE)])
    due = pd.concat(deadlines, ignore_index=True)
    facts = facts.join(_due_counts(due), on=["plan", "account_id"])
    facts[_DUE] = facts[_DUE].fillna(0).astype("int64")
    return facts.astype({"touched_on": "datetime64[us]"}), due


def _due_counts(deadlines: pd.DataFrame) -> pd.DataFrame:
    """Count what was due, and what of it was done in time, by plan and account."""
    keys = ["plan", "account_id"]
    in_time = deadlines["done_on"] <= deadlines["due_on"]
    action = deadlines["what"] == ACTION
    told = ~action & (deadlines["what"].ne(DEMAND) | demand_is_recorded(deadlines))
    counted = (action, action & in_time, told, told & in_time)
    flags = pd.DataFrame(dict(zip(_DUE, counted, strict=True)))
    return pd.concat([deadlines[keys], flags], axis=1).groupby(keys)[_DUE].sum()


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


def _counts(plan: Plan, account: str) -> list[int]:
    own = [act for act in plan.actions if not act.accounts or account in act.accounts]
    kinds = [goal.kind for goal in plan.goals]
    return [
        kinds.count("goal"), kinds.count("challenge"), len(own),
        sum(bool(act.serves) for act in own), len(plan.demand) + len(plan.win_plans),
    ]  # fmt: skip
