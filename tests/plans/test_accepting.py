"""Accepting a recommendation: task or review, calendar file, plan, My day, and who is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from workbench.plans.agenda.accept import Acceptance, Meeting, accept
from workbench.plans.agenda.calendar import calendar_file, is_mail
from workbench.plans.agenda.work import (
    end_review,
    end_task,
    move_review,
    open_tasks,
    planned_reviews,
)
from workbench.plans.plan.document import Action, Plan
from workbench.plans.store.engine import StoreError
from workbench.plans.store.exchange import done_actions
from workbench.plans.store.open import open_store
from workbench.plans.store.records import PLANS, RECOMMENDATIONS, TASKS
from workbench.plans.store.store import Store

DAY = date(2026, 1, 5)
BEGINS = datetime(2026, 1, 20, 9, 30, tzinfo=UTC)
HOSTILE = "Acme\nATTENDEE:mailto:x@y.zz\n<script>"


def wish(**given) -> Acceptance:
    known = {"account_id": "A1", "name": "Acme", "action": "roi_analysis", "title": "ROI analysis",
             "month": "2026-01", "by": "Ada", "on": DAY, "owner": "Ben", "due_on": DAY}  # fmt: skip
    return Acceptance(**known | given)


def meeting(**given) -> Acceptance:
    people = ("ada@example.com", "Cleo Ode")
    return wish(action="business_review", title="Business review",
                meeting=Meeting(BEGINS, 45, people, "Use and wishes."), **given)  # fmt: skip


@pytest.fixture
def store(store_place):
    opened = open_store(store_place)
    yield opened
    opened.close()


def event_of(content: bytes) -> tuple[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def test_a_task_is_made_once_planned_and_goes_on_record_when_done(store: Store) -> None:
    accepted = accept(store, wish())
    [task] = open_tasks(store, {"A1"})
    assert (task.key, task.value.owner, task.value.due_on) == (accepted.key, "Ben", DAY)
    assert open_tasks(store, {"A2"}) == []
    [plan] = store.current(PLANS).values()
    assert plan.value.name == "Plan for Acme"
    assert [(one.kind, one.month) for one in plan.value.actions] == [("roi_analysis", "2026-01")]
    with pytest.raises(StoreError, match="accepted already") as refused:
        accept(store, wish(by="Cleo"))
    assert "accepted by Ada on 2026-01-05" in str(refused.value.problems[0])
    accept(store, wish(month="2026-04"))  # another quarter's
    assert len(open_tasks(store, {"A1"})) == 2
    end_task(store, accepted.key, "Ben", DAY, done=True)
    [done] = done_actions(store).to_dict("records")
    assert (done["account_id"], done["kind"], done["done_on"]) == (
        "A1", "roi_analysis", "2026-01-05",
    )  # fmt: skip
    assert len(open_tasks(store, {"A1"})) == 1


def test_killed_on_the_way_it_finishes_and_makes_nothing_twice(tmp_path) -> None:
    store = open_store(str(tmp_path / "plans.db"))
    accepted = accept(store, wish())
    # As if the last step had not come: the record is what says that all is there.
    with store.engine.begin() as session:
        session.exec_driver_sql("DELETE FROM recommendations")
    again = accept(store, wish())
    assert again.made.version == 1 and again.key == accepted.key
    assert len(store.current(TASKS)) == len(store.current(RECOMMENDATIONS)) == 1
    [plan] = store.current(PLANS).values()
    assert len(plan.value.actions) == 1
    store.close()


def test_it_joins_the_plan_that_is_there(tmp_path) -> None:
    store = open_store(str(tmp_path / "plans.db"))
    mine = Plan(version=1, name="Ours", accounts=("A1",),
                actions=(Action(kind="adoption_workshop", month="2026-02"),))  # fmt: skip
    both = Plan(version=1, name="Both", accounts=("A1", "A2"))
    for plan in (mine, both):
        store.save(PLANS, plan.name.lower(), plan, "Cleo", 0)
    plan = accept(store, wish()).plan
    assert (plan.key, plan.version, plan.author) == ("ours", 2, "Ada")
    assert [one.kind for one in plan.value.actions] == ["adoption_workshop", "roi_analysis"]
    store.close()


def test_a_review_is_an_invitation_that_moves_and_ends_under_one_uid(store: Store) -> None:
    made = accept(store, meeting()).made
    method, event = event_of(calendar_file(made, "Ada Moss"))
    uid = str(event["UID"])
    assert (method, event["SEQUENCE"], event["STATUS"]) == ("REQUEST", 0, "CONFIRMED")
    assert event["DTSTART"].dt == BEGINS and event["DTEND"].dt - BEGINS == timedelta(minutes=45)
    assert str(event["ATTENDEE"]) == "mailto:ada@example.com"
    assert "With: Cleo Ode" in event["DESCRIPTION"]
    assert calendar_file(made, "Ada Moss") == calendar_file(made, "Ada Moss")

    later = BEGINS + timedelta(days=7)
    method, event = event_of(calendar_file(move_review(store, made.key, later, "Ada"), "Ada Moss"))
    assert (method, event["SEQUENCE"], str(event["UID"])) == ("REQUEST", 1, uid)
    assert event["DTSTART"].dt == later

    off = end_review(store, made.key, "Ada", DAY, held=False)
    method, event = event_of(calendar_file(off, "Ada Moss"))
    assert (method, event["SEQUENCE"], str(event["UID"])) == ("CANCEL", 2, uid)
    assert event["STATUS"] == "CANCELLED"
    assert planned_reviews(store, {"A1"}) == []
    assert len(done_actions(store)) == 0  # what was called off was not done


def test_two_reviews_have_two_uids_and_hostile_names_stay_text(tmp_path) -> None:
    store = open_store(str(tmp_path / "plans.db"))
    files = [
        calendar_file(accept(store, meeting(name=HOSTILE, month=month)).made, HOSTILE)
        for month in ("2026-01", "2026-02")
    ]
    events = [event_of(content)[1] for content in files]
    assert len({str(event["UID"]) for event in events}) == 2
    for event in events:
        assert str(event["ATTENDEE"]) == "mailto:ada@example.com"  # one, and not the name's
        assert "Acme" in event["SUMMARY"]
    assert not is_mail("a@b.cc\r\nX:y")
    store.close()
