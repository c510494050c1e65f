"""Old runs and unused fits leave; latest reports, the ledger and whatever is neither stay."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from workbench.apps.archive import archive_report
from workbench.apps.run_folder import LOCK, alone, aside, dead_runs
from workbench.core.files import is_abandoned, is_held, is_running
from workbench.core.project import read_manifest
from workbench.operations.database import FOLDER
from workbench.operations.round_books import abandoned_books

_RUN = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-f]{6}(-failed|-smoke|-aside)?")
# Parameters of reports that are made for a part of the book; each part has its own last good run.
_PARTS = ("account_id", "owner", "segment", "industry", "region", "parent_id")
# How names of files written aside were made before `core.files` made them all.
_OLDER_ASIDE = re.compile(r"\.(?:latest|.+\.parquet|.+\.nc)\.(\d+)(?:\.[0-9a-f]+)?")


@dataclass(frozen=True)
class RetentionRule:
    """What stays of the runs.

    Parameters
    ----------
    older_than_days : float, 0 or more
        A run that began later stays.
    keep : int, 1 or more
        So many published runs stay whatever their age: the newest of each report, and of each
        owner's, segment's or account's where a report is made for each.
    """

    older_than_days: float
    keep: int = 1


@dataclass(frozen=True)
class Cleared:
    """What was removed, or would be.

    Parameters
    ----------
    runs, fits, leftovers : list of Path
    """

    runs: list[Path]
    fits: list[Path]
    leftovers: list[Path]

    @property
    def paths(self) -> list[Path]:
        """All of it."""
        return [*self.runs, *self.fits, *self.leftovers]


def clear_project(
    outputs: Path, fits: Path, retention: RetentionRule, now: datetime, *, dry_run: bool = False
) -> Cleared:
    """Remove old runs, unused fits and leftovers.

    Parameters
    ----------
    outputs, fits : Path
        The folder of all runs, and that of stored fits.
    retention : RetentionRule
        What stays; a fit goes when nothing has read it for as many days.
    now : datetime
        With a time zone.
    dry_run : bool
        Only say what would be removed.

    Returns
    -------
    Cleared
    """
    unused = unused_fits(fits, retention.older_than_days, now)
    if dry_run:
        return Cleared(old_runs(outputs, retention, now), unused, leftovers(outputs, now))
    runs = clear(outputs, retention, now)
    for fit in unused:
        fit.unlink(missing_ok=True)
    return Cleared(runs, unused, remove_leftovers(outputs, now))


def old_runs(outputs: Path, retention: RetentionRule, now: datetime) -> list[Path]:
    """Return the folders of runs that need not stay.

    Parameters
    ----------
    outputs : Path
        The folder of all runs.
    retention : RetentionRule
        What stays.
    now : datetime
        With a time zone.

    Returns
    -------
    list of Path
        Never what a report's ``latest`` leads to, never a link, and only folders that hold the
        manifest of the run that they are named after.
    """
    bases = outputs.glob("[!.]*")
    return sorted(run for base in bases for run in _old_runs_of(base, retention, now))


def _old_runs_of(base: Path, retention: RetentionRule, now: datetime) -> list[Path]:
    limit = now - timedelta(days=retention.older_than_days)
    latest = (base / "latest").resolve()
    seen: Counter[tuple[str, ...]] = Counter()
    old = []
    for run in sorted(base.glob("[!.]*/*"), key=lambda run: run.name, reverse=True):
        manifest = read_manifest(run)
        begun = _begun(run, manifest)
        if begun is None:
            continue
        published, part = manifest.get("status") == "published", _part(manifest)
        seen[part] += published
        kept = published and seen[part] <= retention.keep
        if begun < limit and not kept and run.resolve() != latest:
            old.append(run)
    return sorted(old)


def clear(outputs: Path, retention: RetentionRule, now: datetime) -> list[Path]:
    """Remove old runs, once their forecasts are in the ledger.

    A run is moved aside in one step before its files are deleted; killed at any moment, this leaves
    whole runs and hidden leftovers that the next run or clearing removes.

    Parameters
    ----------
    outputs : Path
        The folder of all runs; each report's is locked in turn.
    retention : RetentionRule
        What stays.
    now : datetime
        With a time zone.

    Returns
    -------
    list of Path
        What was removed.
    """
    removed = []
    for base in sorted(outputs.glob("[!.]*")):
        if not _old_runs_of(base, retention, now):
            continue
        with alone(base):
            archive_report(base)
            # Looked up again: a run may have been published meanwhile.
            for run in _old_runs_of(base, retention, now):
                hidden = aside(base, run.name)
                run.rename(hidden)
                shutil.rmtree(hidden)
                removed.append(run)
                with suppress(OSError):
                    run.parent.rmdir()  # only when it is empty
    return removed


def unused_fits(fits: Path, older_than_days: float, now: datetime) -> list[Path]:
    """Return the stored fits that nothing has read for longer; one that is missed is sampled anew.

    Parameters
    ----------
    fits : Path
        The folder of stored fits, which need not exist.
    older_than_days : float
        Days since it was last read, at least 0.
    now : datetime
        With a time zone.

    Returns
    -------
    list of Path
    """
    limit = (now - timedelta(days=older_than_days)).timestamp()
    return [fit for fit in sorted(fits.glob("[!.]*.nc")) if _changed(fit) < limit]


def leftovers(outputs: Path, now: datetime) -> list[Path]:
    """Return what killed runs, pages and writers left behind: nobody works on it any more.

    Parameters
    ----------
    outputs : Path
        The folder of all runs.
    now : datetime
        With a time zone.

    Returns
    -------
    list of Path
        Folders of dead runs and servers (with the keys of their kernels) and half-written files.
        What another machine writes is taken for dead when it is older than a day.
    """
    dead = [run for base in sorted(outputs.glob("[!.]*")) for run in dead_runs(base)]
    dead += [
        folder
        for folder in sorted(outputs.glob(".lab-*"))
        if folder.is_dir() and not is_held(folder / LOCK)
    ]
    dead += abandoned_books(outputs / FOLDER, now)
    dead += [lock for lock in sorted(outputs.glob(".fits/.*.nc.lock")) if not is_held(lock)]
    yesterday = (now - timedelta(days=1)).timestamp()
    for path in sorted(outputs.rglob(".*")):
        gone, inside = _writer_is_gone(path), any(path.is_relative_to(folder) for folder in dead)
        if gone is not None and not inside and (gone or _changed(path) < yesterday):
            dead.append(path)
    return dead


def remove_leftovers(outputs: Path, now: datetime) -> list[Path]:
    """Remove what `leftovers` finds, and return it.

    Parameters
    ----------
    outputs : Path
        The folder of all runs.
    now : datetime
        With a time zone.

    Returns
    -------
    list of Path
        What was removed.
    """
    removed = []
    for path in leftovers(outputs, now):
        base = path.parent
        if path.name.endswith(".partial"):
            with alone(base):
                # Asked again: whoever opened a run meanwhile has removed it.
                known = path in dead_runs(base)
                if known:
                    _remove(path)
        else:
            known = True
            _remove(path)
        if known:
            removed.append(path)
    return removed


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _changed(path: Path) -> float:
    """Return when a file was changed last; what is gone meanwhile is as new as can be."""
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _writer_is_gone(path: Path) -> bool | None:
    """Return whether what wrote a file aside is gone; None where it is no such file."""
    older = _OLDER_ASIDE.fullmatch(path.name)
    return not is_running(int(older[1])) if older else is_abandoned(path)


def _part(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the part of the book that a run is about."""
    parameters = manifest.get("parameters", {})
    return tuple(str(parameters.get(part)) for part in _PARTS)


def _begun(run: Path, manifest: Mapping[str, Any]) -> datetime | None:
    """Return when a run began; None for what is no run's folder."""
    named = _RUN.fullmatch(run.name)
    if named is None or run.is_symlink() or run.parent.is_symlink() or not run.is_dir():
        return None
    known = run.name == f"{manifest.get('run_id')}{named[2] or ''}"
    return datetime.strptime(named[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if known else None
