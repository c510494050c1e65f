"""Old runs and unused fits leave; latest reports, the ledger and whatever is neither stay."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workbench.apps.archive import archive_forecasts
from workbench.apps.run_folder import alone, aside

_RUN = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-f]{6}(-failed|-smoke)?")


def old_runs(outputs: Path, older_than_days: float, now: datetime) -> list[Path]:
    """Return the folders of runs that began longer ago.

    Parameters
    ----------
    outputs : Path
        The folder of all runs.
    older_than_days : float
        Age in days, at least 0.
    now : datetime
        With a time zone.

    Returns
    -------
    list of Path
        Never what a report's ``latest`` leads to, never a link, and only folders that hold the
        manifest of the run that they are named after.
    """
    limit = now - timedelta(days=older_than_days)
    latest = {link.resolve() for link in outputs.glob("*/latest")}
    return [
        run
        for run in sorted(outputs.glob("[!.]*/[!.]*/*"))
        if (begun := _begun(run)) is not None and begun < limit and run.resolve() not in latest
    ]


def clear(outputs: Path, older_than_days: float, now: datetime) -> list[Path]:
    """Remove old runs, once their forecasts are in the ledger.

    A run is moved aside in one step before its files are deleted; killed at any moment, this leaves
    whole runs and hidden leftovers that the next run or clearing removes.

    Returns
    -------
    list of Path
        What was removed.
    """
    removed = []
    for base in sorted({run.parents[1] for run in old_runs(outputs, older_than_days, now)}):
        with alone(base):
            archive_forecasts(outputs)
            # Looked up again: a run may have been published meanwhile.
            for run in old_runs(outputs, older_than_days, now):
                if run.parents[1] == base:
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
    now : datetime
        With a time zone.

    Returns
    -------
    list of Path
    """
    limit = (now - timedelta(days=older_than_days)).timestamp()
    return [fit for fit in sorted(fits.glob("[!.]*.nc")) if fit.stat().st_mtime < limit]


def _begun(run: Path) -> datetime | None:
    """Return when a run began; None for what is no run's folder."""
    named = _RUN.fullmatch(run.name)
    if named is None or run.is_symlink() or run.parent.is_symlink() or not run.is_dir():
        return None
    try:
        manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
        known = run.name == manifest["run_id"] + (named[2] or "")
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return datetime.strptime(named[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if known else None
