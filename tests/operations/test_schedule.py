"""Schedules: what is read, what is refused, and when something is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workbench.core.errors import ParameterError
from workbench.operations.schedule import Rhythm, last_moment, read_schedule

KNOWN = {"audit": frozenset({"source"}), "renewals": frozenset({"source", "draws", "owner"})}
BERLIN = "Europe/Berlin"


def write(tmp_path, text):
    path = tmp_path / "schedule.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_jobs_come_in_an_order_in_which_they_can_be_done(tmp_path):
    text = """
jobs:
  last: {report: renewals, after: [middle]}
  middle: {report: renewals, after: [first]}
  first: {report: audit}
"""
    schedule = read_schedule(write(tmp_path, text), KNOWN)
    assert list(schedule.jobs) == ["first", "middle", "last"]


def test_everything_wrong_is_said_at_once_with_its_line(tmp_path):
    text = """
parameters: {colour: red}
jobs:
  one: {report: renewal}
  two: {report: renewals, parameters: {drawz: 3}}
  three: {report: audit, after: [ones]}
"""
    with pytest.raises(ParameterError) as failure:
        read_schedule(write(tmp_path, text), KNOWN)
    message = str(failure.value)
    for expected in (
        "Did you mean renewals?",
        "Did you mean draws?",
        "Did you mean one?",
        "colour",
    ):
        assert expected in message
    assert "line 4" in message
    assert failure.value.exit_status == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jobs: {a: {report: audit, after: [b]}, b: {report: audit, after: [a]}}", "circle"),
        ("zone: Europe/Berln\njobs: {a: {report: audit}}", "time zone"),
        ("jobs: {a: {report: audit, when: {every: week}}}", "takes a weekday"),
        ("jobs: {a: {report: audit, when: {every: day, at: '25:00'}}}", "06:00"),
        ("jobs: {a: {report: audit, when: {every: month, day: 31}}}", "28"),
        ("jobs: {}", "jobs"),
    ],
)
def test_what_cannot_be_followed_is_refused(tmp_path, text, expected):
    with pytest.raises(ParameterError, match=expected):
        read_schedule(write(tmp_path, text), KNOWN)


def test_every_local_day_is_due_once_whatever_the_clocks_do():
    for at in ("02:30", "00:10", "06:00"):
        when = Rhythm(every="day", at=at)
        for first in (datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)):
            moments = {
                last_moment(when, BERLIN, first + timedelta(minutes=15 * step))
                for step in range(4 * 24 * 6)
            }
            days = sorted(moment.astimezone(ZoneInfo(BERLIN)).date() for moment in moments)
            assert len(days) == len(set(days)) == 7
            assert (days[-1] - days[0]).days == 6


def test_a_week_and_a_month_fall_on_their_day():
    now = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    week = last_moment(Rhythm(every="week", day="monday", at="06:00"), BERLIN, now)
    assert week == datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
    month = last_moment(Rhythm(every="month", day=28, at="06:00"), "UTC", now)
    assert month == datetime(2026, 10, 28, 6, 0, tzinfo=UTC)
