"""Accept a recommendation: a task or a business review, and the action in the account's plan."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workbench.core.errors import Problem
from workbench.plans.plan.document import Action, Plan
from workbench.plans.plan.edit import added, made
from workbench.plans.store.conflict import EditConflict
from workbench.plans.store.engine import StoreError
from workbench.plans.store.records import (
    PLANS,
    RECOMMENDATIONS,
    REVIEWS,
    TASKS,
    Kind,
    Recommendation,
    Review,
    Task,
)
from workbench.plans.store.rows import Stored
from workbench.plans.store.store import Store, key_of

_TRIES = 5
_LONGEST_ACCOUNT, _LONGEST_ACTION = 24, 30


@dataclass(frozen=True)
class Meeting:
    """When and with whom a business review is held.

    Parameters
    ----------
    begins : datetime
        With a time zone.
    minutes : int
        1 to 1440.
    attendees : tuple of str
        Names, or addresses of mail.
    agenda : str
    """

    begins: datetime
    minutes: int = 60
    attendees: tuple[str, ...] = ()
    agenda: str = ""


@dataclass(frozen=True)
class Acceptance:
    """What is accepted.

    Parameters
    ----------
    account_id, name : str
        Of the account.
    action, title : str
        Its kind in the catalogue, and what people call it.
    month : str
        In which it is planned, as ``2026-03``.
    by : str
        Who accepts it.
    on : date
    owner : str
        Who does it.
    reason : str
        Why it was recommended.
    due_on : date or None
        Of the task.
    meeting : Meeting or None
        Makes a business review of it rather than a task.
    rule, contract : str
        Where a rule accepts it: which, and for which contract; it does so once for both.
    """

    account_id: str
    name: str
    action: str
    title: str
    month: str
    by: str
    on: date
    owner: str = ""
    reason: str = ""
    due_on: date | None = None
    meeting: Meeting | None = None
    rule: str = ""
    contract: str = ""

    @property
    def key(self) -> str:
        """Of its record, task and review; one per action and month, or per rule and contract."""
        occasion = f"{self.rule}\0{self.contract}" if self.rule else self.month
        digest = hashlib.sha256(f"{self.account_id}\0{self.action}\0{occasion}".encode())
        parts = (key_of(self.account_id)[:_LONGEST_ACCOUNT], key_of(self.action)[:_LONGEST_ACTION])
        return "-".join([*parts, digest.hexdigest()[:16]])


@dataclass(frozen=True)
class Accepted:
    """What came of it.

    Parameters
    ----------
    key : str
        Of the record, and of the task or review.
    plan : Stored of Plan
        With the action.
    made : Stored of Task or Review
    """

    key: str
    plan: Stored[Plan]
    made: Stored[Task] | Stored[Review]


def accept(store: Store, wish: Acceptance) -> Accepted:
    """Make the task or the business review, plan the action, and put it on record, each once.

    Killed on the way, the same call finishes what is missing and makes nothing twice.

    Parameters
    ----------
    store : Store
    wish : Acceptance

    Returns
    -------
    Accepted

    Raises
    ------
    StoreError
        When it is accepted already.
    ParameterError
        When a task, a review or an action cannot be like that.
    StoreAway
        When the database cannot be reached.
    """
    if known := store.history(RECOMMENDATIONS, wish.key):
        raise _already(wish, known[-1])
    kind, value = _led_to(wish)
    record = made(
        Recommendation, account_id=wish.account_id, action=wish.action, accepted_on=wish.on,
        accepted_by=wish.by, reason=wish.reason, rule=wish.rule, contract=wish.contract,
        led_to="review" if wish.meeting else "task",
    )  # fmt: skip
    plan = put_into_plan(store, wish)
    led_to = _once(store, kind, wish.key, value, wish.by)
    store.save(RECOMMENDATIONS, wish.key, record, wish.by, 0)
    return Accepted(wish.key, plan, led_to)


def put_into_plan(store: Store, wish: Acceptance) -> Stored[Plan]:
    """Plan the action with its template's steps, hours and levers, unless it is planned already.

    Parameters
    ----------
    store : Store
    wish : Acceptance

    Returns
    -------
    Stored of Plan
        The account's plan that was saved last, or a new one.

    Raises
    ------
    StoreError
        When others change that plan again and again meanwhile.
    """
    action = made(Action, kind=wish.action, month=wish.month, owner=wish.owner)
    for _ in range(_TRIES):
        known = plan_of(store, wish.account_id)
        if known is None or known.value is None:
            name = f"Plan for {wish.name}"
            plan = made(Plan, version=1, name=name, accounts=(wish.account_id,), actions=(action,))
            return store.save(PLANS, store.new_key(PLANS, name), plan, wish.by, 0)
        planned = {(one.kind, one.month) for one in known.value.actions}
        if (action.kind, action.month) in planned:
            return known
        try:
            grown = added(known.value, "actions", action)
            return store.save(PLANS, known.key, grown, wish.by, known.version)
        except EditConflict:  # somebody added another action in between: look again
            continue
    problem = Problem("too many change its plan at once", wish.account_id, hint="Accept it again.")
    raise StoreError("The action could not be planned.", [problem])


def plan_of(store: Store, account_id: str) -> Stored[Plan] | None:
    """Return the plan of an account alone that was saved last; None where there is none.

    Parameters
    ----------
    store : Store
    account_id : str
        Its key.
    """
    own = [
        one
        for one in store.current(PLANS).values()
        if one.value and one.value.accounts == (account_id,) and not one.value.where
    ]
    return max(own, key=lambda one: one.saved_at, default=None)


def _led_to(wish: Acceptance) -> tuple[Kind[Any], Task | Review]:
    title = f"{wish.title}: {wish.name}"
    common = {"account_id": wish.account_id, "title": title, "owner": wish.owner,
              "origin": wish.key}  # fmt: skip
    if wish.meeting is None:
        return TASKS, made(Task, **common, due_on=wish.due_on, note=wish.reason)
    meeting = wish.meeting
    return REVIEWS, made(
        Review, **common, begins=meeting.begins, minutes=meeting.minutes,
        attendees=meeting.attendees, agenda=meeting.agenda, uid=f"{uuid.uuid4()}@workbench",
    )  # fmt: skip


def _once(store: Store, kind: Kind[Any], key: str, value: Any, by: str) -> Stored[Any]:
    known = store.history(kind, key)
    return known[-1] if known else store.save(kind, key, value, by, 0)


def _already(wish: Acceptance, known: Stored[Recommendation]) -> StoreError:
    when = known.value.accepted_on.isoformat() if known.value else known.saved_at[:10]
    for_what = f"rule {wish.rule}, contract {wish.contract}" if wish.rule else f"for {wish.month}"
    problem = Problem(
        f"{wish.title} for {wish.name} ({for_what})", wish.account_id,
        found=f"accepted by {known.author} on {when}",
        hint="Change its task or review in My day, or choose another month.",
    )  # fmt: skip
    return StoreError("It is accepted already.", [problem])
