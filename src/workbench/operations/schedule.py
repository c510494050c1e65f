"""The schedule: which reports are made, when, in which order, and with what in common."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from workbench.core.errors import DataError, ParameterError, Problem, nearest
from workbench.core.marked_file import MarkedFile, read_marked
from workbench.core.validation import read_part

HEADLINE = "The schedule is not usable."
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("no time zone of that name")
    return name


Address = Annotated[str, Field(pattern=r"^env:[A-Za-z_]\w*$", description="env:NAME")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rhythm(_Part):
    """How often, and when.

    >>> Rhythm(every="week", day="monday", at="06:00").day
    'monday'
    """

    every: Literal["day", "week", "month"] = Field(description="day, week or month")
    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] | (
        Annotated[int, Field(ge=1, le=28)] | None
    ) = Field(None, description="a weekday for every: week, a day of 1 to 28 for every: month")
    at: str = Field(
        "06:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description='a time such as "06:00"'
    )

    @model_validator(mode="after")
    def _fits(self) -> Rhythm:
        fits = {"day": self.day is None, "week": isinstance(self.day, str)}
        if not fits.get(self.every, isinstance(self.day, int)):
            raise ValueError(
                "every: day takes no day; every: week takes a weekday, every: month one of 1 to 28"
            )
        return self


class Job(_Part):
    """One report to be made, or one for each value of an account's column."""

    report: str = Field(description="a report's name")
    after: tuple[str, ...] = Field((), description="names of jobs that must be done before")
    when: Rhythm | None = Field(None, description="every, day, at")
    for_each: str | None = Field(
        None, description="a column of accounts that is a parameter of the report, such as owner"
    )
    parameters: dict[str, Any] = Field({}, description="parameters of the report")
    minutes: float | None = Field(None, gt=0, description="the longest it may take, in minutes")


class Delivery(_Part):
    """Who is told of what. Addresses are names of environment variables: they hold secrets."""

    alerts: Address | None = Field(None, description="env:NAME, for owners without their own")
    owners: dict[str, Address] = Field({}, description="env:NAME by owner")
    notices: Address | None = Field(None, description="env:NAME, for jobs that failed")
    reports: Address | None = Field(None, description="env:NAME, for reports that were published")
    attach: tuple[Literal["html", "pdf", "xlsx"], ...] = Field(
        ("html",), description="a list of html, pdf and xlsx"
    )


class Keeping(_Part):
    """Which runs stay; the last published one of each report always does."""

    days: float = Field(ge=0, description="days; what began later stays")
    runs: int = Field(1, ge=1, description="published runs of each report that stay at any age")


class Schedule(_Part):
    """All jobs of a schedule and what they share."""

    zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "UTC", description="a time zone such as Europe/Berlin"
    )
    when: Rhythm = Field(Rhythm(every="day", day=None, at="06:00"), description="every, day, at")
    parallel: int = Field(2, ge=1, le=64, description="jobs at the same time, 1 to 64")
    tries: int = Field(3, ge=1, le=10, description="tries, 1 to 10")
    wait_seconds: float = Field(
        30, ge=0, description="seconds before the second try; doubled each time"
    )
    minutes: float = Field(60, gt=0, description="the longest a report may take, in minutes")
    cell_minutes: float = Field(30, gt=0, description="the longest a cell may take, in minutes")
    parameters: dict[str, Any] = Field({}, description="parameters of every report that knows them")
    deliver: Delivery = Field(
        default_factory=lambda: Delivery.model_validate({}),
        description="alerts, owners, notices, reports, attach",
    )
    keep: Keeping | None = Field(
        None, description="days and runs: older runs are removed when a round is over"
    )
    rules: str = Field("", description="a file of alert rules; empty: the shipped ones")
    jobs: dict[str, Job] = Field(min_length=1, description="jobs by name")


def read_schedule(path: Path, known: Mapping[str, frozenset[str]]) -> Schedule:
    """Read a schedule; its jobs come in an order in which they can be done.

    Parameters
    ----------
    path : Path
        A YAML file.
    known : mapping of str to frozenset of str
        The parameters of each report there is.

    Returns
    -------
    Schedule

    Raises
    ------
    ParameterError
        When it cannot be read, names what is not there, or waits in a circle; all at once.
    """
    try:
        read = read_marked(path, HEADLINE, parameters=True, kind=ParameterError)
        schedule = read_part(Schedule, read, HEADLINE)
    except DataError as error:
        raise ParameterError(error.headline, error.problems) from None
    problems = [*_unknown(schedule, known, read), *_unknown_before(schedule, read)]
    if problems:
        raise ParameterError(HEADLINE, problems)
    return schedule.model_copy(update={"jobs": _in_order(schedule.jobs, read)})


def last_moment(when: Rhythm, zone: str, now: datetime) -> datetime:
    """Return the last moment at which a rhythm was due.

    A day has one such moment, also where the clock is set forward over it or passes it twice.

    Parameters
    ----------
    when : Rhythm
        How often, in local time.
    zone : str
        Name of the time zone.
    now : datetime
        With a time zone.

    Returns
    -------
    datetime
        In UTC, not after `now`.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    >>> last_moment(Rhythm(every="day", at="06:00"), "Europe/Berlin", now).isoformat()
    '2026-03-29T04:00:00+00:00'
    """
    local = ZoneInfo(zone)
    at = time.fromisoformat(when.at)
    day = now.astimezone(local).date()
    while True:
        if _falls_on(when, day):
            moment = datetime.combine(day, at, tzinfo=local).astimezone(ZoneInfo("UTC"))
            if moment <= now:
                return moment
        day -= timedelta(days=1)


def _falls_on(when: Rhythm, day: Any) -> bool:
    if when.every == "week":
        return WEEKDAYS[day.weekday()] == when.day
    return when.every == "day" or day.day == when.day


def _unknown(
    schedule: Schedule, known: Mapping[str, frozenset[str]], read: MarkedFile
) -> list[Problem]:
    problems = []
    for name, job in schedule.jobs.items():
        where = read.where(["jobs", name])
        if job.report not in known:
            hint = nearest(job.report, known)
            problems.append(Problem(f"unknown report {job.report}", where, hint=hint))
            continue
        own = known[job.report]
        problems += [
            Problem(f"{job.report} has no parameter {each}", where, hint=nearest(each, own))
            for each in [*job.parameters, *([job.for_each] if job.for_each else [])]
            if each not in own
        ]
    used = {job.report for job in schedule.jobs.values()} & set(known)
    shared = {each for report in used for each in known[report]}
    problems += [
        Problem(f"no report of this schedule has a parameter {each}", read.where(["parameters"]),
                hint=nearest(each, shared))
        for each in schedule.parameters
        if used and each not in shared
    ]  # fmt: skip
    return problems


def _unknown_before(schedule: Schedule, read: MarkedFile) -> list[Problem]:
    return [
        Problem(f"unknown job {before}", read.where(["jobs", name]),
                hint=nearest(before, schedule.jobs))
        for name, job in schedule.jobs.items()
        for before in job.after
        if before not in schedule.jobs
    ]  # fmt: skip


def _in_order(jobs: dict[str, Job], read: MarkedFile) -> dict[str, Job]:
    ordered: dict[str, Job] = {}
    while len(ordered) < len(jobs):
        open_jobs = (name for name in jobs if name not in ordered)
        ready = next((name for name in open_jobs if set(jobs[name].after) <= set(ordered)), None)
        if ready is None:
            left = [name for name in jobs if name not in ordered]
            problem = Problem(
                "jobs wait for each other in a circle", read.where(["jobs"]), found=", ".join(left)
            )
            raise ParameterError(HEADLINE, [problem])
        ordered[ready] = jobs[ready]
    return ordered
