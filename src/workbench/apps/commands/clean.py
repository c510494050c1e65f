"""`workbench clean`: remove old runs and unused fits."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer

from workbench.apps.clearing import RetentionRule, clear_project
from workbench.core.project import find_project_root, fits_folder


def clean(
    older_than_days: Annotated[
        float,
        typer.Option(
            min=0, metavar="N", help="Runs that began, fits last used more than N days ago."
        ),
    ],
    keep: Annotated[
        int,
        typer.Option(
            min=1,
            metavar="K",
            help="So many published runs of each report stay whatever their age.",
        ),
    ] = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print them, remove nothing.")] = False,
) -> None:
    """Remove the folders of old runs and unused fits, and print them.

    The latest published run of each report stays, where it is made for each owner
    that of each, and so does the ledger: what was forecast is kept there and
    scored by later runs. A stored fit goes when no
    run has read it for as long. What killed runs and pages left half-written or
    open goes whatever its age. Nothing else is touched.

    For example:

      workbench clean --older-than-days 90 --dry-run

      workbench clean --older-than-days 0 --keep 12     by number alone
    """
    outputs = find_project_root(Path.cwd()) / "outputs"
    retention = RetentionRule(older_than_days, keep)
    cleared = clear_project(
        outputs, fits_folder(Path.cwd()), retention, datetime.now(UTC), dry_run=dry_run
    )
    for path in cleared.paths:
        typer.echo(path)
    structlog.get_logger().info(
        "would be removed" if dry_run else "removed", runs=len(cleared.runs),
        fits=len(cleared.fits), leftovers=len(cleared.leftovers), folder=str(outputs),
    )  # fmt: skip
