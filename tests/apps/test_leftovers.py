"""What killed runs, pages and writers leave is told from work under way, and removed."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workbench.apps.clearing import leftovers, remove_leftovers
from workbench.apps.kernel import kernel_manager
from workbench.apps.run_folder import LOCK, open_run
from workbench.apps.servers import server_folder
from workbench.core.files import aside_of, hold

NOW = datetime.now(UTC)


def dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as done:
        done.wait()
    return done.pid


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    (tmp_path / "outputs" / "renewals").mkdir(parents=True)
    return tmp_path / "outputs"


def test_leftovers_go_and_work_under_way_stays(outputs: Path) -> None:
    dead, alive = dead_process(), os.getpid()
    run = open_run(outputs / "renewals")
    killed = outputs / "renewals" / ".20260101T000000Z-abcdef.partial"
    (killed / "tables").mkdir(parents=True)
    (killed / "tables" / aside_of(Path("x.csv")).name).write_text("half")
    (killed / LOCK).touch()
    ledger = outputs / "ledger" / "renewals"
    fits, plans = outputs / ".fits", outputs / "plans"
    for folder in (ledger, fits, plans, outputs / ".lab-old" / "runtime", outputs / ".lab-new"):
        folder.mkdir(parents=True)
    (outputs / ".lab-old" / "runtime" / "kernel-1.json").write_text("{}")
    gone = [
        outputs / "renewals" / f".latest.{dead}.abcdef",
        ledger / f".run.parquet.{dead}.abcdef",
        fits / f".hazard-1.nc.{dead}",
        plans / aside_of(plans / "keep.yaml").name.replace(str(alive), str(dead)),
    ]
    for path in gone[1:]:
        path.write_text("half")
    gone[0].symlink_to("nowhere")
    stay = [
        aside_of(ledger / "run.parquet"), ledger / f".run.parquet.{alive}.abcdef",
        ledger / "run.parquet", plans / "keep.yaml", plans / ".notes", plans / ".lock",
    ]  # fmt: skip
    for path in stay:
        path.write_text("whole")
    with hold(outputs / ".lab-new" / LOCK):
        expected = {killed, outputs / ".lab-old", *gone}
        assert set(leftovers(outputs, NOW)) == expected
        assert set(remove_leftovers(outputs, NOW)) == expected
        assert leftovers(outputs, NOW) == []
    assert not any(os.path.lexists(path) for path in expected)
    assert all(path.exists() for path in (*stay, run.path, outputs / ".lab-new"))
    # A process number may be another's by now, and another machine's cannot be asked.
    old = set(leftovers(outputs, NOW + timedelta(days=2)))
    assert old == {*stay[:2], outputs / ".lab-new"}
    run.lock.close()


def test_the_command_removes_them_whatever_their_age(make_project, workbench) -> None:
    root = make_project("")
    killed = root / "outputs" / "renewals" / ".20260101T000000Z-abcdef.partial"
    killed.mkdir(parents=True)
    shown = workbench(root, "clean", "--older-than-days", "90", "--dry-run")
    assert shown.out.splitlines() == [str(killed)] and killed.exists()
    done = workbench(root, "clean", "--older-than-days", "90")
    assert done.out == shown.out and not killed.exists()
    assert "leftovers=1" in done.err


def test_a_server_s_folder_is_held_private_and_gone_in_the_end(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", "elsewhere")
    with server_folder(tmp_path, "app") as folder:
        assert folder.parent == tmp_path / "outputs"
        assert os.environ["JUPYTER_RUNTIME_DIR"] == str(folder / "runtime")
        assert (folder / "runtime").stat().st_mode & 0o077 == 0
        assert leftovers(tmp_path / "outputs", NOW) == []
    assert list((tmp_path / "outputs").iterdir()) == []


def test_a_kernel_s_key_stands_where_the_run_stands(tmp_path) -> None:
    manager = kernel_manager({}, tmp_path / ".kernel.json", sys.stderr)()
    manager.write_connection_file()
    assert [path.name for path in tmp_path.iterdir()] == [".kernel.json"]
    assert (tmp_path / ".kernel.json").stat().st_mode & 0o077 == 0
    manager.cleanup_connection_file()
