"""A schedule made ready to run: its tasks, their parameters checked, one book, one as-of date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from workbench.apps.parameter_files import read_assignments, read_settings
from workbench.apps.reports import KNOWN, REPORTS
from workbench.apps.run_command import assignments, run_command
from workbench.core.book_place import BOOKS_VARIABLE
from workbench.core.errors import DataError, ParameterError, Problem
from workbench.core.files import locked
from workbench.core.masking import has_password
from workbench.core.project import resolve_source
from workbench.core.settings import BOOK_PARAMETERS, ReportSettings, SourceSettings
from workbench.data.book import Book
from workbench.data.open_book import open_book
from workbench.data.reach import default_as_of
from workbench.operations.database import FOLDER
from workbench.operations.journal import Journal
from workbench.operations.round_books import LOCK, abandoned_books, books_of, remove_books
from workbench.operations.schedule import HEADLINE, Job, Schedule, read_schedule
from workbench.operations.tasks import ReportTask, due_occasion, tasks_of

_SECRET_VARIABLE = "WORKBENCH_SCHEDULED_SOURCE"
# What a book is loaded by: reports that agree in these read one book.
_BOOK = (*BOOK_PARAMETERS, "max_lost_share")


@dataclass(frozen=True)
class Prepared:
    """What a round takes.

    Parameters
    ----------
    schedule : Schedule
    tasks : tuple of Task
        Those of the schedule; none when nothing is due.
    journal : Journal
    limits : tuple of str
        Options of every report's command.
    environment : mapping of str to str
        Variables of every report's process.
    books : Path
        What its reports read.
    by_hand : bool
        Whether it is a run by hand, which ends.
    """

    schedule: Schedule
    tasks: tuple[ReportTask, ...]
    journal: Journal
    limits: tuple[str, ...]
    environment: Mapping[str, str]
    books: Path
    by_hand: bool

    def command(self, task: ReportTask) -> list[str]:
        """Return the command that makes a task's report.

        Parameters
        ----------
        task : Task
            Of this round.
        """
        return run_command(task.report, task.parameters, *self.limits)

    def end(self) -> None:
        """Say that all tasks are settled: the next round reads the source anew."""
        with locked(self.journal.folder / LOCK):
            remove_books(self.books)
            # Last: who asks for the round before is told that all of it is done.
            if self.by_hand and self.tasks:
                self.journal.end_round(self.tasks[0].occasion)


def prepare_round(
    root: Path, file: Path | None, given: Sequence[str], now: datetime, due: bool, force: bool
) -> Prepared:
    """Read a schedule, check every parameter, load the book once, and settle the as-of date.

    Parameters
    ----------
    root : Path
        Project root.
    file : Path or None
        The schedule; ``params/schedule.yaml`` where there is none.
    given : sequence of str
        ``KEY=VALUE`` for every report that has such a parameter.
    now : datetime
        With a time zone.
    due : bool
        Only what is due at that time and has not been made.
    force : bool
        Also what has not changed.

    Returns
    -------
    Prepared

    Raises
    ------
    ParameterError
        When the schedule or a parameter of any of its reports is not usable.
    DataError
        When the book cannot be loaded.
    """
    schedule = read_schedule(file or root / "params" / "schedule.yaml", KNOWN)
    wins = _known_by_some(read_assignments(given), schedule)
    journal = Journal(root / "outputs" / FOLDER)
    limits = ("--cell-minutes", str(schedule.cell_minutes), *(["--force"] if force else []))
    content = [schedule.model_dump(), wins, [force, now.isoformat()] if force else []]
    of_day = due_occasion(schedule, now)
    days = sorted({of_day(job) for job in schedule.jobs.values()}) if due else []
    books = books_of(journal.folder, [*content, days])
    nothing = Prepared(schedule, (), journal, limits, {}, books, not due)

    @cache
    def shared() -> tuple[SourceSettings, Book]:
        settings = _shared_settings(schedule, wins, root)
        source = resolve_source(settings.source, root)
        return settings, open_book(settings.model_copy(update={"source": source}), kept=books)

    def values(column: str) -> list[str]:
        found = shared()[1].frame("accounts")
        if column not in found:
            problem = Problem(f"accounts have no {column}", "for_each", "a column of accounts")
            raise DataError("The schedule cannot be fanned out.", [problem])
        return sorted(found[column].dropna().astype(str).unique())

    with locked(journal.folder / LOCK):
        for each in abandoned_books(journal.folder, now):
            remove_books(each)
        if due:
            tasks = tasks_of(schedule, KNOWN, wins, of_day, values)
            if all(_is_finished(journal, task) for task in tasks):
                remove_books(books)
                return nothing
        settings, book = shared()
        as_of = settings.as_of or default_as_of(book).date().isoformat()
        if not due:
            occasion = journal.open_round([*content[:2], as_of, content[2]], now)
            tasks = tasks_of(schedule, KNOWN, wins, lambda job: occasion, values)
    secrets: dict[str, str] = {}
    checked = [_with_as_of(task, root, settings, as_of) for task in tasks]
    tasks = tuple(_without_password(task, secrets) for task in checked)
    return replace(nothing, tasks=tasks, environment={BOOKS_VARIABLE: str(books)} | secrets)


def _is_finished(journal: Journal, task: ReportTask) -> bool:
    entry = journal.read(task.name, task.occasion)
    return entry is not None and entry.finished


def _known_by_some(given: Mapping[str, Any], schedule: Schedule) -> Mapping[str, Any]:
    known = {name for job in schedule.jobs.values() for name in KNOWN[job.report]}
    problems = [
        Problem("no report of this schedule has that parameter", name)
        for name in given
        if name not in known
    ]
    if problems:
        raise ParameterError("The command line's parameters are not usable.", problems)
    return given


def _shared_settings(schedule: Schedule, given: Mapping[str, Any], root: Path) -> SourceSettings:
    """Return the settings of the first report that reads a book, as the schedule shares them."""
    for job in schedule.jobs.values():
        settings = _settings(job.report, _own(job, schedule.parameters | dict(given)), root)
        if isinstance(settings, SourceSettings):
            return settings
    raise ParameterError(HEADLINE, [Problem("no report of it reads a book", "jobs")])


def _own(job: Job, shared: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shared.items() if name in KNOWN[job.report]}


def _settings(report: str, parameters: Mapping[str, Any], root: Path) -> ReportSettings:
    return read_settings(REPORTS[report], root, None, assignments(parameters))


def _with_as_of(task: ReportTask, root: Path, shared: SourceSettings, as_of: str) -> ReportTask:
    settings = _settings(task.report, task.parameters, root)
    if not isinstance(settings, SourceSettings) or "as_of" not in KNOWN[task.report]:
        return task
    if any(getattr(settings, name) != getattr(shared, name) for name in _BOOK):
        return task
    return _but(task, {"as_of": settings.as_of or as_of})


def _without_password(task: ReportTask, secrets: dict[str, str]) -> ReportTask:
    """Return a task that names a variable for an address, and note the variable.

    Every user of the machine sees the command of a process.
    """
    source = task.parameters.get("source")
    if not isinstance(source, str) or not has_password(source):
        return task
    known = {address: name for name, address in secrets.items()}
    name = known.get(source, f"{_SECRET_VARIABLE}_{len(secrets) + 1}")
    secrets[name] = source
    return _but(task, {"source": f"env:{name}"})


def _but(task: ReportTask, parameters: Mapping[str, Any]) -> ReportTask:
    merged = {**task.parameters, **parameters}
    return ReportTask(
        task.name, task.job, task.report, merged, task.occasion, task.after, task.minutes
    )
