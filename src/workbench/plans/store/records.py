"""What the store keeps beside plans: tasks, reviews, recommendations, answers, actions, calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from workbench.plans.levers.part import Name, Part
from workbench.plans.plan.document import Cost, Day, Hours, Plan

Moment = Annotated[
    AwareDatetime, Field(description="a moment with its zone, such as 2026-03-31T10:00+02:00")
]


class Task(Part):
    """Something that somebody has to do for an account.

    Parameters
    ----------
    account_id, title : str
    owner : str
    due_on : date or None
    status : {"open", "done", "dropped"}
    note : str
    origin : str
        Key of the recommendation that it came from; empty for one of a person's own.
    """

    account_id: Name
    title: Name
    owner: str = ""
    due_on: Day | None = None
    status: Literal["open", "done", "dropped"] = "open"
    note: str = ""
    origin: str = ""


class Review(Part):
    """A business review with the customer.

    Parameters
    ----------
    account_id, title : str
    begins : datetime
        With its zone.
    minutes : int
        1 to 1440.
    attendees : tuple of str
        Names, or addresses of mail.
    owner, agenda : str
    status : {"planned", "held", "cancelled"}
    origin : str
        Key of the recommendation that it came from.
    uid : str
        By which calendars know it, whatever becomes of it.
    """

    account_id: Name
    title: Name
    begins: Moment
    minutes: Annotated[int, Field(ge=1, le=1440, description="minutes, 1 to 1440")] = 60
    attendees: tuple[Name, ...] = ()
    owner: str = ""
    agenda: str = ""
    status: Literal["planned", "held", "cancelled"] = "planned"
    origin: str = ""
    uid: str = ""


class Recommendation(Part):
    """A recommendation that somebody accepted.

    Parameters
    ----------
    account_id : str
    action : str
        Its kind in the catalogue of actions.
    accepted_on : date
    accepted_by, reason : str
    led_to : {"task", "review"}
    rule, contract : str
        Where a rule accepted it: which, and for which contract.
    """

    account_id: Name
    action: Name
    accepted_on: Day
    accepted_by: str = ""
    reason: str = ""
    led_to: Literal["task", "review"] = "task"
    rule: str = ""
    contract: str = ""


class StandingAnswer(Part):
    """What somebody answered to one of the standing questions about an account."""

    account_id: Name
    question: Name
    words: Name
    answered_on: Day


class DoneAction(Part):
    """An action that was done: a row of the canonical table `actions`.

    Parameters
    ----------
    account_id, kind : str
    done_on : date
    hours, cost : float or None
        0 or more.
    owner, note, origin : str
    """

    account_id: Name
    kind: Name
    done_on: Day
    hours: Hours | None = None
    cost: Cost | None = None
    owner: str = ""
    note: str = ""
    origin: str = ""


class RenewalCall(Part):
    """An account manager's own forecast of a renewal.

    Parameters
    ----------
    account_id : str
    called_on : date
    renews : float
        Probability of renewing, 0 to 1.
    words : str
        Why.
    """

    account_id: Name
    called_on: Day
    renews: Annotated[float, Field(ge=0, le=1, description="a probability from 0 to 1")]
    words: str = ""


@dataclass(frozen=True)
class Kind[Kept: Part]:
    """A kind of record: the table that holds it, what people call one, and its values."""

    table: str
    called: str
    part: type[Kept]


PLANS = Kind("plans", "plan", Plan)
TASKS = Kind("tasks", "task", Task)
REVIEWS = Kind("reviews", "business review", Review)
RECOMMENDATIONS = Kind("recommendations", "accepted recommendation", Recommendation)
ANSWERS = Kind("answers", "answer", StandingAnswer)
DONE_ACTIONS = Kind("done_actions", "done action", DoneAction)
RENEWAL_CALLS = Kind("renewal_calls", "renewal call", RenewalCall)

KINDS: dict[str, Kind[Any]] = {
    kind.table: kind
    for kind in (PLANS, TASKS, REVIEWS, RECOMMENDATIONS, ANSWERS, DONE_ACTIONS, RENEWAL_CALLS)
}
