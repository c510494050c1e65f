"""Jobs of a schedule as tasks: one report with its parameters, on one occasion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.operations.schedule import Job, Schedule, last_moment


@dataclass(frozen=True)
class ReportTask:
    """A report to be made.

    Parameters
    ----------
    name : str
        The job's, and in brackets what it is made for, such as ``reviews[owner=Ann]``.
    job : str
        The job's name.
    report : str
        The report's name.
    parameters : mapping
        What the report is told.
    occasion : str
        On which it is made, once.
    after : tuple of str
        Names of jobs that must be done before.
    minutes : float
        The longest it may take.
    """

    name: str
    job: str
    report: str
    parameters: Mapping[str, Any]
    occasion: str
    after: tuple[str, ...]
    minutes: float

    @property
    def claim(self) -> str:
        """What a run's manifest says it was made for."""
        return f"{self.name}@{self.occasion}"


def tasks_of(
    schedule: Schedule,
    known: Mapping[str, frozenset[str]],
    given: Mapping[str, Any],
    occasion: Callable[[Job], str],
    values: Callable[[str], Sequence[str]],
) -> list[ReportTask]:
    """Return a schedule's tasks, in an order in which they can be done.

    Parameters
    ----------
    schedule : Schedule
        With its jobs in order.
    known : mapping of str to frozenset
        The parameters of each report.
    given : mapping
        Parameters that win over the schedule's, for every report that knows them.
    occasion : callable
        Takes a job, returns the occasion on which it is made.
    values : callable
        Takes a column of accounts, returns its values, for jobs that are made for each.

    Returns
    -------
    list of Task
    """
    tasks = []
    for name, job in schedule.jobs.items():
        shared = {**schedule.parameters, **job.parameters, **given}
        own = {key: value for key, value in shared.items() if key in known[job.report]}
        fans = [{job.for_each: each} for each in values(job.for_each)] if job.for_each else [{}]
        for fan in fans:
            mark = "".join(f"[{key}={value}]" for key, value in fan.items())
            minutes = job.minutes or schedule.minutes
            tasks.append(
                ReportTask(
                    name + mark, name, job.report, own | fan, occasion(job), job.after, minutes
                )
            )
    return tasks


def due_occasion(schedule: Schedule, now: datetime) -> Callable[[Job], str]:
    """Return what tells a job's last due moment, as text in UTC.

    Parameters
    ----------
    schedule : Schedule
        Gives the zone, and the rhythm of jobs that have none of their own.
    now : datetime
        With a time zone.

    Returns
    -------
    callable
        Takes a `Job`.
    """
    return lambda job: last_moment(job.when or schedule.when, schedule.zone, now).isoformat()
