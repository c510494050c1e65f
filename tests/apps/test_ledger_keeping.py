"""The ledger and the clearing of old runs: complete, safe when killed, and nothing else touched."""

from __future__ import annotations

import json
import os
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.apps import clearing
from workbench.apps.archive import archive_forecasts
from workbench.apps.clearing import RetentionRule, clear, old_runs
from workbench.apps.run_folder import close_run, open_run
from workbench.core.project import FORECAST
from workbench.forecast.backtest.archive_file import read_archive, write_forecast
from workbench.forecast.backtest.forecast_record import KEPT, ForecastRecord

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WARN = """
from workbench.report.output.publish import publish_facts
publish_facts(settings, "data", {"as_of": "2026-01-01"})
publish_facts(settings, "ledger", {"warnings": ["Drift: revenue lies below the forecast."]})
"""


def forecast(day: str = "2026-01-01") -> ForecastRecord:
    lines = pd.DataFrame({"subscription_id": ["s"], "account_id": ["a"], "arr": [100.0]})
    nothing = pd.array([None], dtype="Int64")
    lines = lines.assign(due=nothing, probability=np.nan, naive=np.nan)
    return ForecastRecord(pd.Timestamp(day), lines, 3, {KEPT: np.full((10, 3), 100.0)}, {})


def publish(
    outputs: Path, begun: datetime, status: str = "published", owner: str | None = None
) -> Path:
    """Leave a run as the runner does."""
    run = open_run(outputs / "renewals")
    object.__setattr__(run, "run_id", f"{begun:%Y%m%dT%H%M%SZ}-{run.run_id[-6:]}")
    old = next(run.base.glob(".*.partial"))
    old.rename(run.path)
    write_forecast(forecast(), run.path / FORECAST)
    manifest = {
        "run_id": run.run_id,
        "status": status,
        "report": "renewals",
        "data": {"fingerprint": "ab12"},
        "code": {"source": "cd34"},
        "parameters": {"source": "crm/", **({"owner": owner} if owner else {})},
    }
    (run.path / "manifest.json").write_text(json.dumps(manifest))
    return close_run(run, "2026-01-01", status)


@pytest.fixture
def outputs(tmp_path) -> Path:
    return tmp_path / "outputs"


def ledger_of(outputs: Path) -> list[str]:
    return [entry.run_id for entry in read_archive(outputs / "ledger", "renewals")]


def test_published_forecasts_come_into_the_ledger_once(outputs) -> None:
    good = publish(outputs, NOW)
    publish(outputs, NOW + timedelta(1), "failed")
    publish(outputs, NOW + timedelta(2), "smoke")
    assert [path.stem for path in archive_forecasts(outputs)] == [good.name]
    assert archive_forecasts(outputs) == []
    [entry] = read_archive(outputs / "ledger", "renewals")
    assert entry.facts["data"] == {"fingerprint": "ab12"}
    assert (entry.facts["code"], entry.facts["run_id"]) == ({"source": "cd34"}, good.name)
    assert entry.forecast.opening == 100


def test_a_run_killed_before_the_ledger_is_made_good(outputs, monkeypatch) -> None:
    run = publish(outputs, NOW)

    def killed(self, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            archive_forecasts(outputs)
    assert ledger_of(outputs) == []
    (outputs / "ledger" / "renewals" / f".{run.name}.parquet.1.ab").write_text("half")
    archive_forecasts(outputs)
    assert ledger_of(outputs) == [run.name]


def test_many_may_settle_at_once(outputs) -> None:
    runs = {publish(outputs, NOW + timedelta(days)).name for days in range(4)}
    threads = [threading.Thread(target=archive_forecasts, args=(outputs,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(ledger_of(outputs)) == runs
    assert not list(outputs.glob("ledger/renewals/.*"))


def test_clearing_beside_settling_takes_no_run_away_that_is_read(outputs) -> None:
    runs = [publish(outputs, NOW - timedelta(days=100 - n)) for n in range(12)]
    failed = []

    def settle_often() -> None:
        try:
            for _ in range(20):
                archive_forecasts(outputs)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=settle_often) for _ in range(3)]
    for thread in threads:
        thread.start()
    removed = clear(outputs, RetentionRule(30), NOW)
    for thread in threads:
        thread.join()
    assert failed == []
    assert removed == sorted(runs[:-1])
    assert ledger_of(outputs) == sorted(run.name for run in runs)


def test_old_runs_leave_and_the_ledger_the_latest_and_strangers_stay(outputs) -> None:
    old = [publish(outputs, NOW - timedelta(days), status) for days, status in (
        (90, "published"), (60, "failed"), (50, "published"))]  # fmt: skip
    young = publish(outputs, NOW - timedelta(3), "failed")
    strangers = [
        outputs / "renewals" / "2026-01-01" / "20200101T000000Z-abcdef" / "notes.txt",
        outputs / "renewals" / "2026-01-01" / "kept by hand" / "manifest.json",
        outputs / "README.md",
        outputs / ".fits" / "hazard-1.nc",
        outputs / "mine" / "a" / "20200101T000000Z-abcdee" / "manifest.json",
    ]
    for path in strangers:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    elsewhere = outputs.parent / "20200101T000000Z-abcdef"
    shutil.copytree(old[0], elsewhere)
    (outputs / "renewals" / "2026-01-01" / elsewhere.name.replace("f", "0")).symlink_to(elsewhere)

    assert old_runs(outputs, RetentionRule(30), NOW) == sorted(old[:2])
    assert all(run.exists() for run in old)
    assert clear(outputs, RetentionRule(30), NOW) == sorted(old[:2])
    assert [run.exists() for run in old] == [False, False, True]
    assert young.exists() and elsewhere.exists()
    assert all(path.exists() for path in strangers)
    assert (outputs / "renewals" / "latest").resolve() == old[2]
    assert set(ledger_of(outputs)) == {old[0].name, old[2].name}
    assert clear(outputs, RetentionRule(30), NOW) == []
    # Latest or not, none of these runs is needed for the forecasts to be read.
    shutil.rmtree(outputs / "renewals")
    assert len(ledger_of(outputs)) == 2


def test_the_newest_published_runs_stay_by_number_and_each_owner_s_last(outputs) -> None:
    days = range(90, 40, -10)
    runs = [publish(outputs, NOW - timedelta(day)) for day in days]
    failed = publish(outputs, NOW - timedelta(35), "failed")
    own = {name: publish(outputs, NOW - timedelta(80), owner=name) for name in ("Ann", "Bob")}
    assert old_runs(outputs, RetentionRule(30, keep=3), NOW) == sorted([*runs[:2], failed])
    assert old_runs(outputs, RetentionRule(55, keep=1), NOW) == sorted(runs[:4])
    assert clear(outputs, RetentionRule(0, keep=1), NOW) == sorted([*runs[:4], failed])
    assert all(run.exists() for run in [runs[4], *own.values()])


def test_a_killed_clearing_leaves_whole_runs_and_the_next_run_cleans_up(
    outputs, monkeypatch
) -> None:
    first, second = (publish(outputs, NOW - timedelta(days)) for days in (90, 80))
    latest = publish(outputs, NOW)

    def killed(folder):
        (folder / "manifest.json").unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(clearing.shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            clear(outputs, RetentionRule(30), NOW)
    assert not first.exists() and (second / "manifest.json").exists()
    assert len(ledger_of(outputs)) == 3
    run = open_run(outputs / "renewals")
    assert list((outputs / "renewals").glob(".*.partial")) == [run.path]
    run.lock.close()
    assert clear(outputs, RetentionRule(30), NOW) == [second]
    assert latest.exists()


def test_the_command_lists_first_and_then_removes(make_project, workbench) -> None:
    root = make_project("pass")
    now = datetime.now(UTC)
    old = publish(root / "outputs", now - timedelta(40))
    publish(root / "outputs", now)
    unused, used, note = (root / "outputs" / ".fits" / name for name in ("a.nc", "b.nc", "a.txt"))
    unused.parent.mkdir()
    for path, days in ((unused, 40), (used, 3), (note, 90)):
        path.write_text("a fit")
        os.utime(path, ((now - timedelta(days)).timestamp(),) * 2)
    shown = workbench(root, "clean", "--older-than-days", "30", "--dry-run")
    assert (shown.status, shown.out.splitlines()) == (0, [str(old), str(unused)])
    assert old.exists() and unused.exists()
    assert workbench(root, "clean", "--older-than-days", "30").out == shown.out
    assert not old.exists() and not unused.exists()
    assert used.exists() and note.exists()
    assert workbench(root, "clean").status == 2


def test_a_warning_reaches_the_reader_and_stops_nothing(make_project, workbench) -> None:
    root = make_project(WARN)
    answer = workbench(root, "run", "data_audit")
    assert answer.status == 0
    assert "Warning: Drift: revenue lies below the forecast." in answer.err
    manifest = root / "outputs" / "data_audit" / "latest" / "manifest.json"
    warned = json.loads(manifest.read_text())["facts"]["ledger"]["warnings"]
    assert warned == ["Drift: revenue lies below the forecast."]
