"""The ledger's keeper: every published run's forecast is copied where no clearing of runs reaches.

What is in the ledger follows from what is published, so a run killed between the two is made good
by the next command that settles; copying twice changes nothing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workbench.core.project import LEDGER
from workbench.forecast.backtest.archive_file import stamp
from workbench.report.output.publish import FORECAST


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
    for forecast in sorted(outputs.glob(f"[!.]*/[!.]*/[!.]*/{FORECAST}")):
        run = forecast.parent
        report = run.parents[1].name
        target = outputs / LEDGER / report / f"{run.name}.parquet"
        if target.exists() or run.parent.is_symlink() or run.is_symlink():
            continue
        manifest = _manifest(run)
        if manifest.get("status") == "published" and manifest.get("run_id") == run.name:
            facts = {name: manifest[name] for name in ("report", "run_id", "data", "code")}
            stamp(forecast, target, facts | {"source": manifest["parameters"]["source"]})
            added.append(target)
    return added


def _manifest(run: Path) -> dict[str, Any]:
    try:
        return json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
