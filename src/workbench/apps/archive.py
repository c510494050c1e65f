"""The ledger's keeper: every published run's forecast is copied where no clearing of runs reaches.

What is in the ledger follows from what is published, so a run killed between the two is made good
by the next command that settles; copying twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workbench.apps.run_folder import alone
from workbench.core.project import FORECAST, LEDGER, read_manifest
from workbench.forecast.backtest.archive_stamp import stamp


def archive_forecasts(outputs: Path) -> list[Path]:
    """Copy the forecasts of published runs that are not in the ledger yet.

    Parameters
    ----------
    outputs : Path
        The folder of all runs.

    Returns
    -------
    list of Path
        What was added.
    """
    added = []
    for base in sorted(outputs.glob("[!.]*")):
        if any(_unsettled(base)):
            # A clearing of runs beside this one would take a run away while it is read.
            with alone(base):
                added += archive_report(base)
    return added


def archive_report(base: Path) -> list[Path]:
    """Copy the forecasts of one report's runs; its folder's lock is held, see `run_folder.alone`.

    Parameters
    ----------
    base : Path
        The report's folder in ``outputs``.

    Returns
    -------
    list of Path
        The files that were added; none where all was there.
    """
    added = []
    for run, target in _unsettled(base):
        manifest = read_manifest(run)
        if manifest.get("status") == "published" and manifest.get("run_id") == run.name:
            facts = {name: manifest[name] for name in ("report", "run_id", "data", "code")}
            stamp(run / FORECAST, target, facts | {"source": manifest["parameters"]["source"]})
            added.append(target)
    return added


def _unsettled(base: Path) -> Iterator[tuple[Path, Path]]:
    """Yield runs with a forecast that is not in the ledger, and where it belongs."""
    for forecast in sorted(base.glob(f"[!.]*/[!.]*/{FORECAST}")):
        run = forecast.parent
        target = base.parent / LEDGER / base.name / f"{run.name}.parquet"
        if not (target.exists() or run.parent.is_symlink() or run.is_symlink()):
            yield run, target
