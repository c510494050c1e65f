"""`workbench run-all`: make the reports of a schedule."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer

from workbench.apps.clearing import RetentionRule, clear_project
from workbench.apps.log import warn_of_passwords
from workbench.apps.round import prepare_round
from workbench.apps.round_delivery import deliver_round
from workbench.apps.round_text import Teller, summary_text
from workbench.core.errors import MachineError
from workbench.core.plain_text import printable
from workbench.core.project import find_project_root, fits_folder
from workbench.operations.index_page import write_index
from workbench.operations.journal_tables import Entry
from workbench.operations.run_all import Round


def run_all(
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", help="Schedule; params/schedule.yaml if not given."),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="KEY=VALUE", help="For every report; YAML."),
    ] = None,
    due: Annotated[
        bool, typer.Option("--due", help="Only what its rhythm says is due and not yet made.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Run even what has not changed.")] = False,
) -> None:
    """Make the reports of a schedule, each once, in their order, side by side.

    The source is read and checked once, at one moment; every report reads those
    rows and gets the same as-of date. A report that fails stops only those that
    wait for it. What the machine is to blame for (a database away, a full disk,
    memory gone) is tried again. Killed at any moment, the same command goes on
    where it was and makes nothing twice; a second scheduler waits for what the
    first is at.

    For example:

      workbench run-all

      workbench run-all --due                   from cron, every quarter of an hour

      workbench run-all -p source=crm/ -p mapping=crm.yaml
    """
    root = find_project_root(Path.cwd())
    warn_of_passwords([each.partition("=")[2] for each in parameter or []])
    prepared = prepare_round(root, file, parameter or [], datetime.now(UTC), due, force)
    if not prepared.tasks:
        typer.echo("Nothing is due.")
        return
    with Teller(prepared.journal, prepared.tasks, sys.stderr.isatty()) as teller:
        entries = Round(
            prepared.schedule, prepared.tasks, root / "outputs", prepared.journal,
            prepared.command, teller, prepared.environment,
        ).run()  # fmt: skip
    prepared.end()
    typer.echo(printable(summary_text(entries)))
    outputs, now = root / "outputs", datetime.now(UTC)
    typer.echo(write_index(outputs, now))
    left = deliver_round(prepared.schedule, entries, outputs, prepared.journal.folder, now)
    if prepared.schedule.keep is not None:
        keep = RetentionRule(prepared.schedule.keep.days, prepared.schedule.keep.runs)
        cleared = clear_project(outputs, fits_folder(root), keep, now)
        structlog.get_logger().info("removed", runs=len(cleared.runs), fits=len(cleared.fits))
    raise typer.Exit(_exit_status(entries) or (MachineError.exit_status if left else 0))


def _exit_status(entries: Sequence[Entry]) -> int:
    """Return 0 when all is done, what all failures have in common, or 1."""
    failed = {entry.exit_status or 1 for entry in entries if entry.state == "failed"}
    return 0 if not failed else failed.pop() if len(failed) == 1 else 1
