"""A run of many: jobs in their order, side by side, each claimed, watched, and tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from workbench.core.errors import MachineError
from workbench.operations.child import Child, JobOutcome, finished_run
from workbench.operations.journal import Journal
from workbench.operations.journal_tables import Entry
from workbench.operations.schedule import Schedule
from workbench.operations.tasks import ReportTask

_BEAT_SECONDS = 10.0
_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Event:
    """Something happened to a task: for a log line, or a line of progress.

    Parameters
    ----------
    what : str
        ``started``, ``done``, ``failed``, ``again``, ``blocked``, ``waits`` or ``found done``.
    task : Task
        To which.
    facts : dict
        What there is to say about it.
    """

    what: str
    task: ReportTask
    facts: dict[str, Any] = field(default_factory=dict)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Round:
    """Tasks that are done together.

    Parameters
    ----------
    schedule : Schedule
        Says how many at a time, how often and how long.
    tasks : sequence of Task
        In an order in which they can be done.
    outputs : Path
        The folder of all runs.
    journal : Journal
        Where claims and outcomes are kept.
    command : callable
        Takes a task, returns the command that makes its report.
    on_event : callable
        Takes every `Event`.
    environment : mapping of str to str
        Variables that its reports share.
    clock : callable
        Returns the time, with a zone.
    """

    schedule: Schedule
    tasks: Sequence[ReportTask]
    outputs: Path
    journal: Journal
    command: Callable[[ReportTask], Sequence[str]]
    on_event: Callable[[Event], None]
    environment: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], datetime] = _now

    def __post_init__(self) -> None:
        self._running: dict[str, tuple[ReportTask, Child]] = {}
        self._waited: set[str] = set()
        self._beaten = time.monotonic()

    def run(self) -> list[Entry]:
        """Do all tasks, or as many as can be done, and return what came of each.

        A task that fails stops only those that wait for its job. One that another process is at is
        waited for; what a killed process had finished is found, and not made again.

        Returns
        -------
        list of Entry
            One per task, in their order; all settled.
        """
        try:
            while not self._step():
                time.sleep(_LOOK_SECONDS)
        finally:
            for _, child in self._running.values():  # interrupted: what is under way ends with us
                child.end()
                child.lock.close()
        entries = [self.journal.read(task.name, task.occasion) for task in self.tasks]
        return [entry for entry in entries if entry is not None]

    def _step(self) -> bool:
        """Look after what runs, start what can be started; return whether all is settled."""
        for task, child in list(self._running.values()):
            outcome = child.outcome(self.outputs / task.report, task.minutes)
            if outcome is not None:
                self._finish(task, outcome)
                del self._running[task.name]
                child.lock.close()
        if time.monotonic() - self._beaten > _BEAT_SECONDS:
            self._beaten = time.monotonic()
            for task, _ in self._running.values():
                self.journal.beat(task.name, task.occasion, self.clock())
        known = self.journal.read_all({task.occasion for task in self.tasks})
        states: dict[str, set[str]] = {}
        for task in self.tasks:
            before = set().union(*(states[job] for job in task.after))
            state = self._state_of(task, known.get((task.name, task.occasion)), before)
            states.setdefault(task.job, set()).add(state)
        return all(each <= {"done", "failed", "blocked"} for each in states.values())

    def _state_of(self, task: ReportTask, entry: Entry | None, before: set[str]) -> str:
        if entry is not None and entry.finished:
            return entry.state
        if before & {"failed", "blocked"}:
            reason = f"not run, since {' or '.join(task.after)} failed"
            self.journal.block(task.name, task.occasion, reason)
            self.on_event(Event("blocked", task, {"reason": reason}))
            return "blocked"
        free = len(self._running) < self.schedule.parallel
        if free and before <= {"done"} and task.name not in self._running:
            return self._start(task)
        return "open"

    def _start(self, task: ReportTask) -> str:
        lock = self.journal.claim(task.name, task.occasion, self.clock())
        if lock is None:
            if task.name not in self._waited and self.journal.is_at_work(task.name):
                self._waited.add(task.name)
                self.on_event(Event("waits", task, {"for": "another process that makes it"}))
            return "open"
        found = finished_run(self.outputs / task.report, task.claim)
        if found is not None and found.exit_status != MachineError.exit_status:
            # Whoever began it was killed between the run's end and the journal's line.
            self._finish(task, found, "found done")
            lock.close()
            return "open"
        self.journal.begin_try(task.name, task.occasion, self.clock())
        log = self.journal.log_of(task.name)
        child = Child(self.command(task), task.claim, lock, log, self.environment)
        self._running[task.name] = task, child
        self.on_event(Event("started", task))
        return "open"

    def _finish(self, task: ReportTask, outcome: JobOutcome, done: str = "done") -> None:
        entry = self.journal.read(task.name, task.occasion)
        tries = entry.tries if entry else 1
        facts: dict[str, Any] = {
            "seconds": round(outcome.seconds, 1),
            "exit_status": outcome.exit_status,
            "reason": outcome.reason,
            "folder": outcome.folder,
        }
        if outcome.exit_status == 0:
            state, what = "done", done
        elif outcome.exit_status == MachineError.exit_status and tries < self.schedule.tries:
            pause = timedelta(seconds=self.schedule.wait_seconds * 2 ** (tries - 1))
            facts["not_before"] = (self.clock() + pause).timestamp()
            state, what = "waiting", "again"
        else:
            state = what = "failed"
        self.journal.finish(task.name, task.occasion, state=state, **facts)
        self.on_event(Event(what, task, facts | {"tries": tries}))
