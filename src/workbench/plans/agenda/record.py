"""What the account team has done for an account, as its timeline tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pandas as pd

from workbench.health.timeline import TIMELINE_COLUMNS, action_text
from workbench.plans.store.records import DONE_ACTIONS, PLANS, RECOMMENDATIONS, REVIEWS, TASKS, Kind
from workbench.plans.store.rows import Stored
from workbench.plans.store.store import Store, differences

_PARTS = {"win_plans": "win plans", "where": "conditions"}
_MOST_PARTS = 4


def record_table(store: Store, account_id: str, titles: Mapping[str, str]) -> pd.DataFrame:
    """List what the plan store holds of an account, the newest first.

    Parameters
    ----------
    store : Store
    account_id : str
        Key.
    titles : mapping of str to str
        What people call the catalogue's actions.

    Returns
    -------
    DataFrame
        The columns of `workbench.health.timeline.timeline_table`; kind is plan or action.
    """
    rows = [
        (account_id, pd.Timestamp(on), kind, text)
        for each in (_plans, _tasks, _reviews, _accepted, _done)
        for on, kind, text in each(store, account_id, titles)
    ]
    told = pd.DataFrame(rows, columns=TIMELINE_COLUMNS)
    told["on"] = pd.to_datetime(told["on"]).astype("datetime64[us]")
    return told.sort_values("on", ascending=False, kind="stable", ignore_index=True)


Told = Iterator[tuple[date, str, str]]


def _plans(store: Store, account_id: str, titles: Mapping[str, str]) -> Told:
    for key, newest in store.current(PLANS).items():
        if newest.value is None or account_id not in newest.value.accounts:
            continue
        versions = store.history(PLANS, key)
        first = versions[0]
        name = f"Plan “{newest.value.name}”"
        yield _day(first), "plan", f"{name} saved for the first time by {first.author}"
        for before, after in pairwise(versions):
            if after.value is None:
                yield _day(after), "plan", f"{name} taken away by {after.author}"
                continue
            moved = [str(one.path[0]) if one.path else "" for one in differences(before, after)]
            parts = [_PARTS.get(part, part) for part in dict.fromkeys(moved) if part]
            what = f": {', '.join(parts[:_MOST_PARTS])}" if parts else ""
            yield _day(after), "plan", f"{name} changed by {after.author}{what}"


def _tasks(store: Store, account_id: str, titles: Mapping[str, str]) -> Told:
    for first, newest, one in _of(store, TASKS, account_id):
        until = f" until {one.due_on.isoformat()}" if one.due_on else ""
        whose = f" for {one.owner}" if one.owner else ""
        yield _day(first), "plan", f"Task “{one.title}”{whose}{until}, set by {first.author}"
        if one.status != "open":
            yield _day(newest), "plan", f"Task “{one.title}” {one.status} ({newest.author})"


def _reviews(store: Store, account_id: str, titles: Mapping[str, str]) -> Told:
    for first, _, one in _of(store, REVIEWS, account_id):
        state = {"held": "held", "cancelled": "called off"}.get(one.status, "planned")
        yield one.begins.date(), "plan", f"Business review “{one.title}” {state}"
        yield _day(first), "plan", f"Business review “{one.title}” arranged by {first.author}"


def _accepted(store: Store, account_id: str, titles: Mapping[str, str]) -> Told:
    for first, _, one in _of(store, RECOMMENDATIONS, account_id):
        by = f"rule {one.rule}" if one.rule else one.accepted_by or first.author
        why = f" ({one.reason})" if one.reason else ""
        title = titles.get(one.action, one.action)
        yield one.accepted_on, "plan", f"Accepted “{title}”{why}: {by}"


def _done(store: Store, account_id: str, titles: Mapping[str, str]) -> Told:
    for _, _, one in _of(store, DONE_ACTIONS, account_id):
        yield one.done_on, "action", action_text(one.kind, one.hours)


def _of(
    store: Store, kind: Kind[Any], account_id: str
) -> Iterator[tuple[Stored[Any], Stored[Any], Any]]:
    """Yield the first and the newest version of each record of an account, and what it says."""
    for key, newest in store.current(kind).items():
        if newest.value and newest.value.account_id == account_id:
            first = newest if newest.version == 1 else store.load(kind, key, 1)
            yield first, newest, newest.value


def _day(one: Stored[Any]) -> date:
    return datetime.fromisoformat(one.saved_at).date()
