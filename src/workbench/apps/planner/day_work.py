"""Open tasks and planned business reviews: tick off, move, call off."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import ipywidgets as widgets

from workbench.apps.planner.briefing import Briefing
from workbench.apps.planner.controls import button, control, row, section
from workbench.apps.planner.session import PlanSession
from workbench.core.errors import ParameterError, Problem
from workbench.plans.agenda.work import (
    end_review,
    end_task,
    move_review,
    open_tasks,
    planned_reviews,
)
from workbench.plans.store.records import Review
from workbench.plans.store.rows import Stored
from workbench.report.plan.account_view import invitation_html
from workbench.report.plan.markup import note_html


class DayWork:
    """The part of My day that lists what is open.

    Parameters
    ----------
    session : PlanSession
    briefing : Briefing
        Says who is told, and in which zone times are.
    turn_to : callable
        Takes the account that was picked.
    """

    def __init__(
        self, session: PlanSession, briefing: Briefing, turn_to: Callable[[str], None]
    ) -> None:
        self._session, self._briefing, self._turn_to = session, briefing, turn_to
        self._zone = ZoneInfo(briefing.zone)
        self._shown: Collection[str] = ()
        self._task_note, self._review_note = widgets.HTML(), widgets.HTML()
        self._tasks = control(widgets.Select, "Open tasks (due · what · who)", rows=5)
        self._reviews = control(
            widgets.Select, f"Business reviews (when, {briefing.zone} · what · who)", rows=4
        )
        self._day = control(widgets.DatePicker, "Move it to (day)")
        self._time = control(widgets.TimePicker, f"Move it to (time, {briefing.zone})")
        self.boxes = (
            section("Tasks", self._tasks, self._task_buttons(), self._task_note),
            section("Business reviews", self._reviews, self._review_buttons(), self._review_note),
        )

    def refresh(self, accounts: Collection[str]) -> None:
        """Show what is open now.

        Parameters
        ----------
        accounts : collection of str
            Of these alone.
        """
        self._shown = accounts
        tasks = open_tasks(self._session.store, accounts)
        reviews = planned_reviews(self._session.store, accounts)
        _fill(self._tasks, [(_task_text(one.value), one.key) for one in tasks])
        _fill(self._reviews, [(self._review_text(one.value), one.key) for one in reviews])

    def _task_buttons(self) -> widgets.Box:
        note = self._task_note
        return row(
            button("It is done", lambda: self._end_task(done=True), note, "primary"),
            button("Drop it", lambda: self._end_task(done=False), note),
            button("Go to its account", lambda: self._go(self._tasks, "task"), note),
        )

    def _review_buttons(self) -> widgets.Box:
        note = self._review_note
        return row(
            button("It was held", lambda: self._end_review(held=True), note, "primary"),
            button("Call it off", lambda: self._end_review(held=False), note),
            self._day, self._time, button("Move it", self._move, note),
            button("Calendar file", self._keep_file, note),
        )  # fmt: skip

    def _end_task(self, *, done: bool) -> None:
        key, by = self._chosen(self._tasks, "task"), self._writer()
        end_task(self._session.store, key, by, date.today(), done=done)
        self.refresh(self._shown)
        self._task_note.value = note_html("Done, and on record." if done else "Dropped.")

    def _end_review(self, *, held: bool) -> None:
        key, by = self._chosen(self._reviews, "review"), self._writer()
        review = end_review(self._session.store, key, by, date.today(), held=held)
        self.refresh(self._shown)
        if held:
            self._review_note.value = note_html("Held, and on record.")
        else:
            self._announce(review, "Called off")

    def _move(self) -> None:
        key, by = self._chosen(self._reviews, "review"), self._writer()
        if self._day.value is None or self._time.value is None:
            problem = Problem("no day or no time", "Move it to", "both")
            raise ParameterError("It cannot be moved yet.", [problem])
        begins = datetime.combine(self._day.value, self._time.value, tzinfo=self._zone)
        review = move_review(self._session.store, key, begins, by)
        self.refresh(self._shown)
        self._announce(review, "Moved")

    def _announce(self, review: Stored[Review], what: str) -> None:
        told = self._briefing.tell(self._session.store, review, self._session.visitor.name)
        who = f" Told: {', '.join(told)}." if told else ""
        link = invitation_html(review, self._session.visitor.name)
        self._review_note.value = note_html(f"{what}.{who}") + link

    def _keep_file(self) -> None:
        review = planned_reviews(self._session.store, self._shown)
        key = self._chosen(self._reviews, "review")
        found = next(one for one in review if one.key == key)
        self._review_note.value = invitation_html(found, self._session.visitor.name)

    def _go(self, listed: Any, what: str) -> None:
        key = self._chosen(listed, what)
        task = next(one for one in open_tasks(self._session.store, self._shown) if one.key == key)
        if task.value:
            self._turn_to(task.value.account_id)

    def _writer(self) -> str:
        self._session.visitor.require_writer()
        return self._session.visitor.name

    def _chosen(self, listed: Any, what: str) -> str:
        if listed.value is None:
            raise ParameterError(f"Pick a {what} first.", [])
        return listed.value

    def _review_text(self, review: Any) -> str:
        begins = review.begins.astimezone(self._zone)
        return " · ".join(filter(None, [f"{begins:%Y-%m-%d %H:%M}", review.title, review.owner]))


def _task_text(task: Any) -> str:
    due = task.due_on.isoformat() if task.due_on else "any day"
    late = " (late)" if task.due_on and task.due_on < date.today() else ""
    return " · ".join(filter(None, [due + late, task.title, task.owner]))


def _fill(listed: Any, options: list[tuple[str, str]]) -> None:
    kept = listed.value
    with listed.hold_sync():
        listed.options = options
        listed.value = kept if kept in [key for _, key in options] else None
