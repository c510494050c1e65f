"""`workbench clean`: remove old runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer

from workbench.apps.clearing import clear, old_runs
from workbench.core.project import find_project_root


def clean(
    older_than_days: Annotated[
        float, typer.Option(min=0, metavar="N", help="Runs that began more than N days ago.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print them, remove nothing.")] = False,
) -> None:
    """Remove the folders of old runs and print them.

    The latest published run of each report stays, and so does the ledger: what
    was forecast is kept there and scored by later runs. Nothing that is not the
    folder of a run is touched.

    For example:

      workbench clean --older-than-days 90 --dry-run
    """
    outputs = find_project_root(Path.cwd()) / "outputs"
    now = datetime.now(UTC)
    found = old_runs(outputs, older_than_days, now) if dry_run else None
    runs = clear(outputs, older_than_days, now) if found is None else found
    for run in runs:
        typer.echo(run)
    log = structlog.get_logger()
    log.info("would be removed" if dry_run else "removed", runs=len(runs), folder=str(outputs))
