"""Runs of many: order, failures, retries, claims, and whoever is killed in between."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workbench.operations.journal import LEASE, Journal
from workbench.operations.run_all import Round
from workbench.operations.schedule import read_schedule
from workbench.operations.tasks import tasks_of

NAMES = ("one", "two", "three")
KNOWN = dict.fromkeys(NAMES, frozenset({"source"}))
# A report in miniature: writes a run as the runner does, in one step, and counts its calls.
MAKE = """
import json, os, sys, time, uuid
from pathlib import Path
outputs, report, seconds, status = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4]
if status == "flaky":
    status = "0" if list(outputs.glob(f"{report}.calls/*")) else "5"
calls = outputs / f"{report}.calls"
calls.mkdir(parents=True, exist_ok=True)
time.sleep(seconds)
failure = {"exit_status": int(status), "words": "the reason"} if status != "0" else None
run = outputs / report / "2026-01-01" / uuid.uuid4().hex
aside = outputs / f".{uuid.uuid4().hex}"
aside.mkdir()
manifest = {"job": os.environ["WORKBENCH_JOB"], "failure": failure, "seconds": {"notebook": 1}}
(aside / "manifest.json").write_text(json.dumps(manifest))
run.parent.mkdir(parents=True, exist_ok=True)
(calls / uuid.uuid4().hex).touch()
aside.rename(run)
sys.exit(int(status))
"""
SCHEDULE = """
parallel: 2
tries: 3
wait_seconds: 0
jobs:
  first: {report: one}
  second: {report: two, after: [first]}
  third: {report: three}
"""


def make_round(tmp_path, status=(), seconds=0.0, text=SCHEDULE, tell=lambda event: None, **more):
    path = tmp_path / "schedule.yaml"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    schedule = read_schedule(path, KNOWN)
    tasks = tasks_of(schedule, KNOWN, {}, lambda job: "monday", lambda column: ["Ann", "Bob"])
    outputs = tmp_path / "outputs"

    def command(task):
        given = dict(status).get(task.report, "0")
        return [sys.executable, "-c", MAKE, str(outputs), task.report, str(seconds), given]

    return Round(schedule, tasks, outputs, Journal(outputs / ".ops"), command, tell, **more)


def calls(tmp_path, report):
    return len(list((tmp_path / "outputs" / f"{report}.calls").glob("*")))


def test_jobs_are_done_in_their_order_and_once(tmp_path):
    events = []
    entries = make_round(tmp_path, tell=events.append).run()
    assert [entry.state for entry in entries] == ["done"] * 3
    assert all(entry.folder for entry in entries)
    order = [(event.what, event.task.name) for event in events]
    assert order.index(("done", "first")) < order.index(("started", "second"))
    assert [entry.state for entry in make_round(tmp_path).run()] == ["done"] * 3
    assert [calls(tmp_path, name) for name in NAMES] == [1, 1, 1]


def test_a_report_that_had_not_changed_is_said_where_it_stands(tmp_path):
    text = "jobs: {first: {report: one}}"
    stands = tmp_path / "outputs" / "one" / "2026-01-01" / "before"
    stands.mkdir(parents=True)
    (stands.parents[1] / "latest").symlink_to(stands)
    round_ = make_round(tmp_path, text=text)
    round_.command = lambda task: [sys.executable, "-c", ""]
    (entry,) = round_.run()
    assert (entry.state, entry.folder) == ("done", str(stands))


def test_a_failure_stops_only_what_waits_for_it(tmp_path):
    entries = make_round(tmp_path, status={"one": "4"}).run()
    assert [entry.state for entry in entries] == ["failed", "blocked", "done"]
    assert entries[0].exit_status == 4
    assert entries[0].reason == "the reason"
    assert entries[0].folder
    assert "first failed" in entries[1].reason
    assert [calls(tmp_path, name) for name in NAMES] == [1, 0, 1]


def test_only_the_machines_faults_are_tried_again(tmp_path):
    entries = make_round(tmp_path, status={"one": "flaky", "three": "5"}).run()
    assert [entry.state for entry in entries] == ["done", "done", "failed"]
    assert [entry.tries for entry in entries] == [2, 1, 3]
    assert [calls(tmp_path, name) for name in NAMES] == [2, 1, 3]


def test_what_takes_too_long_is_ended(tmp_path):
    text = "jobs: {first: {report: one, minutes: 0.01}}"
    began = time.monotonic()
    (entry,) = make_round(tmp_path, seconds=60, text=text).run()
    assert entry.state == "failed"
    assert "longer than 0.01 minutes" in entry.reason
    assert time.monotonic() - began < 30


def test_a_job_for_each_value_has_a_claim_of_its_own(tmp_path):
    text = "jobs: {mine: {report: one, for_each: source}, then: {report: two, after: [mine]}}"
    entries = make_round(tmp_path, text=text).run()
    assert [entry.job for entry in entries] == ["mine[source=Ann]", "mine[source=Bob]", "then"]
    assert calls(tmp_path, "one") == 2


def test_two_schedulers_make_nothing_twice(tmp_path):
    script = tmp_path / "round.py"
    script.write_text(_SCRIPT, encoding="utf-8")
    (tmp_path / "schedule.yaml").write_text(SCHEDULE, encoding="utf-8")  # before either reads it
    both = [start(script, tmp_path, seconds=0.3) for _ in range(2)]
    assert [each.wait(60) for each in both] == [0, 0]
    assert [calls(tmp_path, name) for name in NAMES] == [1, 1, 1]


def test_another_machines_claim_is_taken_over_when_its_lease_is_over(tmp_path):
    journal = Journal(tmp_path)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    claimed = journal.claim("a", "x", now)
    assert claimed is not None
    claimed.close()
    with journal._engine.begin() as session:
        session.exec_driver_sql("UPDATE jobs SET host = 'elsewhere'")
    assert journal.claim("a", "x", now + LEASE / 2) is None
    journal.beat("a", "x", now + LEASE)
    assert journal.claim("a", "x", now + 1.5 * LEASE) is None
    taken = journal.claim("a", "x", now + 2 * LEASE + timedelta(seconds=1))
    assert taken is not None
    taken.close()


_SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_run_all import make_round
entries = make_round(Path(sys.argv[1]), seconds=float(sys.argv[3])).run()
sys.exit(0 if [entry.state for entry in entries] == ["done"] * 3 else 1)
"""


def start(script, tmp_path, seconds):
    here = str(Path(__file__).parent)
    command = [sys.executable, str(script), str(tmp_path), here, str(seconds)]
    return subprocess.Popen(command, start_new_session=True)


def kill(running: subprocess.Popen, whole: bool) -> None:
    """Kill a scheduler, alone or with all that it has started."""
    if whole:
        os.killpg(running.pid, signal.SIGKILL)
    else:
        running.kill()
    running.wait()


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment_a_rerun_finishes_and_repeats_nothing(tmp_path, seed):
    script = tmp_path / "round.py"
    script.write_text(_SCRIPT, encoding="utf-8")
    chance = random.Random(seed)
    for _ in range(2):
        running = start(script, tmp_path, seconds=0.4)
        time.sleep(chance.uniform(0.3, 2.2))
        kill(running, whole=chance.random() < 0.5)
    finished_once(script, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("whole", [False, True], ids=["alone", "the whole group"])
@pytest.mark.parametrize("tenth", range(10))
def test_killed_at_twenty_moments_of_a_round(tmp_path, tenth, whole):
    script = tmp_path / "round.py"
    script.write_text(_SCRIPT, encoding="utf-8")
    (tmp_path / "whole").mkdir()
    began = time.monotonic()
    assert start(script, tmp_path / "whole", seconds=0.4).wait(120) == 0
    lasts = time.monotonic() - began
    running = start(script, tmp_path, seconds=0.4)
    time.sleep(lasts * random.Random(tenth).uniform(tenth, tenth + 1) / 10)
    kill(running, whole)
    finished_once(script, tmp_path)


def finished_once(script, tmp_path):
    """Run the round once more: it finishes, and nothing was made twice or half."""
    assert start(script, tmp_path, seconds=0.4).wait(60) == 0
    assert [calls(tmp_path, name) for name in NAMES] == [1, 1, 1]
    runs = list((tmp_path / "outputs").glob("*/2026-01-01/*/manifest.json"))
    assert len(list((tmp_path / "outputs").glob("*/2026-01-01/*"))) == len(runs)
    assert len({json.loads(run.read_text())["job"] for run in runs}) == len(runs) == 3
