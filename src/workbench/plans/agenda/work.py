"""What is open: tasks and business reviews, and what becomes of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from workbench.plans.plan.edit import made
from workbench.plans.store.records import (
    DONE_ACTIONS,
    RECOMMENDATIONS,
    REVIEWS,
    TASKS,
    DoneAction,
    Kind,
    Review,
    Task,
)
from workbench.plans.store.rows import Stored
from workbench.plans.store.store import Store


def open_tasks(store: Store, accounts: Collection[str]) -> list[Stored[Task]]:
    """Return the open tasks of some accounts, what is due first at the top.

    Parameters
    ----------
    store : Store
    accounts : collection of str
    """
    found = [
        one
        for one in store.current(TASKS).values()
        if one.value and one.value.status == "open" and one.value.account_id in accounts
    ]
    return sorted(found, key=lambda one: (_due(one), one.key))  # fmt: skip


def planned_reviews(store: Store, accounts: Collection[str]) -> list[Stored[Review]]:
    """Return the planned business reviews of some accounts, the earliest first.

    Parameters
    ----------
    store : Store
    accounts : collection of str
    """
    found = [
        (one.value.begins, one.key, one)
        for one in store.current(REVIEWS).values()
        if one.value and one.value.status == "planned" and one.value.account_id in accounts
    ]
    return [one for _, _, one in sorted(found, key=lambda each: each[:2])]


def end_task(store: Store, key: str, by: str, on: date, *, done: bool) -> Stored[Task]:
    """Tick a task off, or drop it; an action that was done goes on record as one.

    Parameters
    ----------
    store : Store
    key : str
        Of the task.
    by : str
        Who says so.
    on : date
        The day.
    done : bool
        Whether it was done rather than dropped.

    Returns
    -------
    Stored of Task

    Raises
    ------
    StoreError
        When there is no such task.
    """
    known = store.load(TASKS, key)
    if done and known.value:
        _record_done(store, known.value, key, by, on)
    return _changed(store, TASKS, known, by, status="done" if done else "dropped")


def end_review(store: Store, key: str, by: str, on: date, *, held: bool) -> Stored[Review]:
    """Say that a business review was held, or call it off.

    Parameters
    ----------
    store : Store
    key : str
        Of the review.
    by : str
        Who says so.
    on : date
        The day.
    held : bool
        Whether it was held rather than called off.

    Returns
    -------
    Stored of Review

    Raises
    ------
    StoreError
        When there is no such review.
    """
    known = store.load(REVIEWS, key)
    if held and known.value:
        _record_done(store, known.value, key, by, on)
    return _changed(store, REVIEWS, known, by, status="held" if held else "cancelled")


def move_review(store: Store, key: str, begins: datetime, by: str) -> Stored[Review]:
    """Hold a business review at another time.

    Parameters
    ----------
    store : Store
    key : str
        Of the review.
    begins : datetime
        With a time zone.
    by : str
        Who says so.

    Returns
    -------
    Stored of Review

    Raises
    ------
    StoreError
        When there is no such review.
    ParameterError
        When the moment has no time zone.
    """
    return _changed(store, REVIEWS, store.load(REVIEWS, key), by, begins=begins)


def _changed(store: Store, kind: Kind[Any], known: Stored[Any], by: str, **given: Any) -> Any:
    fields = {name: getattr(known.value, name) for name in kind.part.model_fields}
    return store.save(kind, known.key, made(kind.part, **fields | given), by, known.version)


def _record_done(store: Store, what: Task | Review, key: str, by: str, on: date) -> None:
    """Put a done action on record; a task that nobody recommended is of no kind, and is not."""
    accepted = store.history(RECOMMENDATIONS, what.origin) if what.origin else []
    if not accepted or accepted[-1].value is None or store.history(DONE_ACTIONS, key):
        return
    action = made(
        DoneAction, account_id=what.account_id, kind=accepted[-1].value.action, done_on=on,
        owner=what.owner or by, note=what.title, origin=what.origin,
    )  # fmt: skip
    store.save(DONE_ACTIONS, key, action, by, 0)


def _due(task: Stored[Task]) -> date:
    return task.value.due_on if task.value and task.value.due_on else date.max
