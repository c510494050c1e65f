"""What plans promised by a day, and when it was done: actions, demand and win plans.

What counts is what a plan said when it fell due. Who moved a date or took a thing out before that
has planned anew; who does so afterwards has not met it. What was done while the plan still asked
for it stays done, whatever became of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from workbench.plans.plan.document import ALL, Action, Demand, Plan, WinPlan
from workbench.plans.store.rows import Stored

ACTION, DEMAND, WIN = "action", "demand", "win plan"
DEADLINE_COLUMNS = ["plan", "account_id", "what", "name", "owner", "due_on", "done_on", "won"]
_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Outcomes:
    """What came of what was planned, as known on a day.

    Parameters
    ----------
    done : mapping
        Sorted days of done actions by account_id and kind.
    closed : mapping
        By opportunity_id: account_id, the day it was decided (NaT while it is open), and whether it
        was won.
    """

    done: Mapping[tuple[str, str], list[pd.Timestamp]]
    closed: Mapping[str, tuple[str, pd.Timestamp, bool | None]]


def outcomes_before(
    done: pd.DataFrame, opportunities: pd.DataFrame, as_of: pd.Timestamp
) -> Outcomes:
    """Return what was known strictly before a day.

    Parameters
    ----------
    done : DataFrame
        Actions that were done: account_id, kind, done_on.
    opportunities : DataFrame
        opportunity_id, account_id, opened_on, closed_on, won; may have no rows.
    as_of : Timestamp
        The day.
    """
    known = done[done["done_on"] < as_of].sort_values("done_on")
    keys = [known["account_id"].astype("str"), known["kind"].astype("str")]
    days = {key: list(own) for key, own in known.groupby(keys)["done_on"]}
    opened = opportunities[opportunities["opened_on"] < as_of]
    closed = {}
    for row in opened.itertuples():
        over = pd.notna(row.closed_on) and row.closed_on < as_of
        won = bool(row.won) if over and pd.notna(row.won) else None
        closed[str(row.opportunity_id)] = (
            str(row.account_id), row.closed_on if over else pd.NaT, won
        )  # fmt: skip
    return Outcomes(days, closed)


class _Item(NamedTuple):
    """One thing that a plan asked for: until when it held, and what the plan then was."""

    what: str
    name: str
    due_on: pd.Timestamp
    part: Action | Demand | WinPlan
    plan: Plan
    until: pd.Timestamp

    @property
    def withdrawn(self) -> bool:
        """Whether the plan asked no longer for it when it would have fallen due."""
        return self.until <= self.due_on


def deadlines_of(
    key: str, versions: Sequence[Stored[Plan]], accounts: pd.DataFrame, outcomes: Outcomes,
    as_of: pd.Timestamp,
) -> pd.DataFrame:  # fmt: skip
    """Return what a plan asked for by a day, one row for each thing and account.

    Parameters
    ----------
    key : str
        Of the plan.
    versions : sequence of Stored
        All that were saved before the day, oldest first.
    accounts : DataFrame
        With account_id and the columns by which plans choose accounts.
    outcomes : Outcomes
        As known on the day.
    as_of : Timestamp
        The day.

    Returns
    -------
    DataFrame
        plan, account_id, what (action, demand, win plan), name, owner, due_on (last day), done_on
        (missing where it is not on record), won (of a win plan that was decided). Demand stands
        once for each account of its plan.
    """
    items = list(_items(versions, as_of))
    begun = moment(versions[0].saved_at) if versions else as_of
    rows = [
        *_actions([one for one in items if one.what == ACTION], accounts, outcomes, begun),
        *_demand([one for one in items if one.what == DEMAND], accounts),
        *_wins([one for one in items if one.what == WIN], outcomes, begun),
    ]
    found = pd.DataFrame([(key, *row) for row in rows], columns=DEADLINE_COLUMNS)
    return found.astype({"due_on": "datetime64[us]", "done_on": "datetime64[us]"}).astype(
        {"won": "boolean"}
    )


def demand_is_recorded(deadlines: pd.DataFrame) -> bool:
    """Tell whether anybody writes down when demand was done; else that it was not is no finding.

    Parameters
    ----------
    deadlines : DataFrame
        From `deadlines_of`, of all plans.
    """
    return bool(deadlines.loc[deadlines["what"] == DEMAND, "done_on"].notna().any())


def accounts_of(plan: Plan, accounts: pd.DataFrame) -> list[str]:
    """Return the accounts that a plan is for.

    Parameters
    ----------
    plan : Plan
    accounts : DataFrame
        With account_id and the columns by which plans choose accounts.
    """
    chosen = accounts
    if plan.accounts != (ALL,):
        chosen = chosen[chosen["account_id"].isin(plan.accounts)]
    for condition in plan.where:
        column = "parent_id" if condition.column == "parent" else condition.column
        known = chosen.get(column, pd.Series("", chosen.index, dtype=object))
        chosen = chosen[known.isin(condition.values)]
    return chosen["account_id"].tolist()


def moment(saved_at: str) -> pd.Timestamp:
    """Return when something was saved, in UTC without saying so.

    Parameters
    ----------
    saved_at : str
        `workbench.plans.store.rows.Stored.saved_at`.
    """
    return pd.Timestamp(saved_at).tz_convert("UTC").tz_localize(None)


def _items(versions: Sequence[Stored[Plan]], as_of: pd.Timestamp) -> Iterator[_Item]:
    """Yield each thing that had fallen due, or was done, as the plan last asked for it in time."""
    saved = [moment(one.saved_at) for one in versions]
    held: dict[tuple[object, ...], _Item] = {}
    for at, version in enumerate(versions):
        if version.value is None:
            continue
        after = saved[at + 1] if at + 1 < len(saved) else pd.Timestamp.max
        seen: dict[tuple[object, ...], int] = {}
        for what, name, due_on, part in _asked(version.value):
            if due_on + _DAY > as_of:
                continue
            place = (what, name, due_on)
            seen[place] = nth = seen.get(place, -1) + 1
            if saved[at] < due_on + _DAY:
                held[(*place, nth)] = _Item(what, name, due_on, part, version.value, after)
            elif (*place, nth) in held and isinstance(part, Demand):
                # When it was done is told by the plan itself, and afterwards.
                held[(*place, nth)] = held[(*place, nth)]._replace(part=part)
    yield from held.values()


def _asked(plan: Plan) -> Iterator[tuple[str, str, pd.Timestamp, Action | Demand | WinPlan]]:
    for act in plan.actions:
        yield ACTION, act.kind, pd.Timestamp(act.month) + pd.offsets.MonthEnd(0), act
    for demand in plan.demand:
        yield DEMAND, demand.what, pd.Timestamp(demand.on), demand
    for win in plan.win_plans:
        yield WIN, win.opportunity_id, pd.Timestamp(win.on), win


def _actions(
    items: Sequence[_Item], accounts: pd.DataFrame, outcomes: Outcomes, begun: pd.Timestamp
) -> Iterator[tuple[object, ...]]:
    """Yield the actions of each account; what was done once serves one of them."""
    asked: dict[tuple[str, str], list[_Item]] = {}
    for item in sorted(items, key=lambda one: min(one.due_on, one.until)):
        named = set(item.part.accounts) if isinstance(item.part, Action) else set()
        for account in accounts_of(item.plan, accounts):
            if not named or account in named:
                asked.setdefault((account, item.name), []).append(item)
    since = begun.normalize().replace(day=1)
    for (account, kind), own in asked.items():
        left = [day for day in outcomes.done.get((account, kind), []) if day >= since]
        in_time: list[pd.Timestamp | None] = []
        for item in own:
            fits = [day for day in left if day < min(item.until, item.due_on + _DAY)]
            in_time.append(fits[0] if fits else None)
            if fits:
                left.remove(fits[0])
        for item, day in zip(own, in_time, strict=True):
            if day is None and item.withdrawn:
                continue
            late = [one for one in left if one > item.due_on] if day is None else []
            if late:
                left.remove(late[0])
            found = day or (late[0] if late else pd.NaT)
            yield account, ACTION, kind, item.part.owner, item.due_on, found, None


def _demand(items: Sequence[_Item], accounts: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    for item in items:
        assert isinstance(item.part, Demand)
        done = item.part.done_on
        if item.withdrawn and done is None:
            continue
        day = pd.NaT if done is None else pd.Timestamp(done)
        for account in accounts_of(item.plan, accounts):
            yield account, DEMAND, item.name, item.part.owner, item.due_on, day, None


def _wins(
    items: Sequence[_Item], outcomes: Outcomes, begun: pd.Timestamp
) -> Iterator[tuple[object, ...]]:
    """Yield win plans of opportunities that are on record and were open when the plan began."""
    for item in items:
        if item.name not in outcomes.closed:
            continue
        account, closed, won = outcomes.closed[item.name]
        if closed < begun.normalize() or (item.withdrawn and not closed < item.until):
            continue
        yield account, WIN, item.name, item.part.owner, item.due_on, closed, won
