"""Runs that are killed, and runs side by side."""

from __future__ import annotations

import subprocess
import sys
import time

from workbench.apps.reports import REPORTS
from workbench.apps.runner import run_report
from workbench.report.data_audit.settings import DataAuditSettings

AUDIT = REPORTS["data_audit"]
COMMAND = "from workbench.apps.cli import main; main()"
# Written by hand: importing what publishes would take longer than the test.
FACTS = """
from pathlib import Path
facts = Path(settings.run_dir) / "facts"
facts.mkdir()
(facts / "data.json").write_text('{"as_of": "2026-01-01"}')
"""
HANG = f"{FACTS}\nimport time\ntime.sleep(120)"


def start(root):
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "run", "data_audit"],
        cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for(found, seconds=90):
    limit = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < limit, "waited too long"
        time.sleep(0.1)


def test_killed_run_leaves_the_old_state_and_the_next_cleans_up(make_project):
    root = make_project(FACTS)
    outputs = root / "outputs" / "data_audit"
    good = run_report(AUDIT, DataAuditSettings(), root)
    make_project(HANG, root=root)
    with start(root) as running:
        wait_for(lambda: list(outputs.glob(".*.partial/facts/*")))
        running.kill()
    assert (outputs / "latest").resolve() == good.folder
    assert list(outputs.glob("2026-01-01/*")) == [good.folder]
    assert len(list(outputs.glob(".*.partial"))) == 1

    make_project(FACTS, root=root)
    next_run = run_report(AUDIT, DataAuditSettings(), root)
    assert (outputs / "latest").resolve() == next_run.folder
    assert not list(outputs.glob(".*.partial"))


def test_runs_side_by_side_leave_each_other_alone(make_project):
    root = make_project(f"{FACTS}\nimport time\ntime.sleep(2)")
    outputs = root / "outputs" / "data_audit"
    with start(root) as one, start(root) as other:
        errors = [run.communicate(timeout=120)[1] for run in (one, other)]
    assert [one.returncode, other.returncode] == [0, 0], errors
    folders = list(outputs.glob("2026-01-01/*"))
    assert len(folders) == 2
    assert all((folder / "manifest.json").exists() for folder in folders)
    assert (outputs / "latest").resolve() in folders
    assert not list(outputs.glob(".*.partial"))
