"""Runs that are killed, and runs side by side."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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


def start(root, *more):
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "run", "data_audit", *more],
        cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
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


@pytest.mark.slow
@pytest.mark.parametrize("whole", [False, True], ids=["alone", "the whole group"])
def test_killed_at_ten_moments_what_is_seen_is_whole_and_the_next_run_tidies(make_project, whole):
    root = make_project(f"{FACTS}\nimport time\ntime.sleep(0.5)")
    outputs = root / "outputs" / "data_audit"
    began = time.monotonic()
    finish(start(root))
    lasts = time.monotonic() - began
    for tenth in range(10):
        # Another parameter, so that there is something to make.
        with start(root, "-p", f"simulated_accounts={100 + tenth}") as running:
            time.sleep(lasts * random.Random(tenth).uniform(tenth, tenth + 1) / 10)
            if whole:
                os.killpg(running.pid, signal.SIGKILL)
            else:
                running.kill()
        for run in outputs.glob("2026-01-01/*"):
            assert {"manifest.json", "data_audit.html"} <= {path.name for path in run.iterdir()}
        assert (outputs / "latest" / "data_audit.html").exists()
    # What was killed alone may have left a kernel, which ends by itself and then is cleared away.
    wait_for(lambda: not kernels_of(root))
    finish(start(root, "-p", "simulated_accounts=99"))
    assert not list(outputs.glob(".*.partial"))


def finish(running):
    """Wait for a run to end well."""
    with running:
        told = running.communicate(timeout=300)
        assert running.returncode == 0, told


def kernels_of(root):
    """Return the kernels at work in a project."""
    commands = (path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
    return [text for text in commands if b"ipykernel" in text and str(root).encode() in text]


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
