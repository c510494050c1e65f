"""`workbench run`: make a report."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated

import structlog
import typer

from workbench.apps.log import warn_of_passwords
from workbench.apps.parameter_files import read_settings
from workbench.apps.reports import find_report
from workbench.apps.unchanged import unchanged_page
from workbench.core.masking import shown_source
from workbench.core.plain_text import printable
from workbench.core.project import find_project_root
from workbench.core.settings import SIMULATED, SourceSettings


def run(
    report: Annotated[str, typer.Argument(help="Name of a report; see [b]workbench reports[/b].")],
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", help="Parameter file; params/REPORT.yaml if not given."),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="KEY=VALUE", help="Wins over the file; YAML."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run even if nothing has changed.")
    ] = False,
    aside: Annotated[
        bool, typer.Option("--aside", help="Keep the run, but do not publish it.")
    ] = False,
    cell_minutes: Annotated[
        float | None, typer.Option(min=0.1, help="End a cell that takes longer, in minutes.")
    ] = None,
) -> None:
    """Make a report and print the path of its page.

    Nothing is computed before every parameter is right and the source can be
    loaded. Page, tables, figures and manifest go to outputs/REPORT/AS-OF/RUN, and
    outputs/REPORT/latest leads to the last published run. If nothing has changed
    since that run (parameters, source, mapping, code, packages), its page stands
    and nothing is run.

    For example:

      workbench run renewals

      workbench run renewals -p source=crm/ -p mapping=crm.yaml -p horizon_months=12

      workbench run renewals -f params/smoke.yaml
    """
    log = structlog.get_logger()
    found = find_report(report)
    root = find_project_root(Path.cwd())
    warn_of_passwords([each.partition("=")[2] for each in parameter or []])
    settings = read_settings(found, root, file, parameter or [])
    settings.require_for_report()
    page = None if force or aside else unchanged_page(found, settings, root)
    if page is not None:
        log.info("nothing has changed since the last run; --force runs it anew", report=report)
        typer.echo(page)
        return
    known = isinstance(settings, SourceSettings)
    # The simulated book has no faults, and what would look for them takes a second to load.
    if known and settings.source != SIMULATED:
        started = time.monotonic()
        import_module("workbench.apps.source_check").check_source(found, settings)
        log.debug("source checked", seconds=round(time.monotonic() - started, 2))
    source = {"source": shown_source(settings.source)} if known else {}
    log.info("running", report=report, **source)
    started = time.monotonic()
    # Loaded by name, as commands are: to say that nothing has changed takes neither papermill
    # nor what draws pages.
    runner = import_module("workbench.apps.runner")
    limit = None if cell_minutes is None else round(60 * cell_minutes)
    how = runner.RunOptions(sys.stderr.isatty(), limit, aside)
    result = runner.run_report(found, settings, root, how)
    index = import_module("workbench.operations.index_page")
    index.write_index(root / "outputs", datetime.now(UTC))
    log.info(result.status, folder=str(result.folder), seconds=round(time.monotonic() - started, 1))
    if result.failure is not None:
        typer.echo(printable(result.failure.words), err=True)
        typer.echo(f"Nothing was published. Notebook and log: {result.folder}", err=True)
        raise typer.Exit(result.failure.exit_status)
    for warning in result.warnings:
        typer.echo(printable(f"Warning: {warning}"), err=True)
    typer.echo(result.page)
