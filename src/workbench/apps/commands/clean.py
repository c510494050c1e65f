"""`workbench clean`: remove old runs and unused fits."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer

from workbench.apps.clearing import (
    clear,
    leftovers,
    old_runs,
    remove_leftovers,
    unused_fits,
)
from workbench.core.project import find_project_root, fits_folder


def clean(
    older_than_days: Annotated[
        float,
        typer.Option(
            min=0, metavar="N", help="Runs that began, fits last used more than N days ago."
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print them, remove nothing.")] = False,
) -> None:
    """Remove the folders of old runs and unused fits, and print them.

    The latest published run of each report stays, and so does the ledger: what
    was forecast is kept there and scored by later runs. A stored fit goes when no
    run has read it for as long. What killed runs and pages left half-written or
    open goes whatever its age. Nothing else is touched.

    For example:

      workbench clean --older-than-days 90 --dry-run
    """
    outputs = find_project_root(Path.cwd()) / "outputs"
    now = datetime.now(UTC)
    fits = unused_fits(fits_folder(Path.cwd()), older_than_days, now)
    found = old_runs(outputs, older_than_days, now) if dry_run else None
    runs = clear(outputs, older_than_days, now) if found is None else found
    left = leftovers(outputs, now) if dry_run else remove_leftovers(outputs, now)
    for path in (*runs, *fits, *left):
        typer.echo(path)
    for fit in () if dry_run else fits:
        fit.unlink(missing_ok=True)
    done, where = "would be removed" if dry_run else "removed", str(outputs)
    structlog.get_logger().info(
        done, runs=len(runs), fits=len(fits), leftovers=len(left), folder=where
    )
