"""A report's run: check, execute, draw the page, write the manifest, move into place."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import structlog

from workbench.apps.archive import archive_forecasts
from workbench.apps.execution import Execution, Failure, execute
from workbench.apps.manifest import describe_run, read_facts
from workbench.apps.notebook_check import check_notebook
from workbench.apps.page_text import page_text
from workbench.apps.run_folder import close_run, open_run
from workbench.apps.unchanged import inputs_digest
from workbench.core.errors import WorkbenchError
from workbench.core.files import write_text
from workbench.core.settings import Report, ReportSettings
from workbench.report.output.page import PageText, render_page


@dataclass(frozen=True)
class RunOptions:
    """How a report is run, whatever it is told.

    Parameters
    ----------
    progress : bool
        Whether to draw a progress bar.
    cell_seconds : int, optional
        The longest that a cell may take.
    aside : bool
        Keep the run without publishing it, as one that only explains another.
    """

    progress: bool = False
    cell_seconds: int | None = None
    aside: bool = False


@dataclass(frozen=True)
class RunResult:
    """How a run ended.

    Parameters
    ----------
    status : str
        ``published``, ``smoke``, ``aside`` or ``failed``.
    folder : Path
        Everything that the run left.
    page : Path or None
        The page to read; None when none could be drawn.
    failure : Failure or None
        What stopped it.
    warnings : tuple of str
        What the reader should know of a published run, such as a drift of earlier forecasts.
    """

    status: str
    folder: Path
    page: Path | None
    failure: Failure | None
    warnings: tuple[str, ...] = ()


def run_report(
    report: Report,
    settings: ReportSettings,
    root: Path,
    how: RunOptions | None = None,
) -> RunResult:
    """Run a report and put what it made into ``outputs``.

    Parameters
    ----------
    report : Report
        Which one.
    settings : ReportSettings
        Of the report's class; ``run_dir`` is set here.
    root : Path
        Project root: holds ``notebooks`` and receives ``outputs``.
    how : Manner
        Left out: no progress bar, no limit, published.

    Returns
    -------
    RunResult

    Raises
    ------
    ParameterError
        When the notebook cannot take the settings; nothing has been written then.
    """
    how = how or RunOptions()
    notebook = root / "notebooks" / report.notebook
    check_notebook(notebook, report)
    inputs = inputs_digest(settings, notebook)
    # A run may have been killed between publication and the ledger.
    archive_forecasts(root / "outputs")
    run = open_run(root / "outputs" / report.name)
    output, log = run.path / f"{report.name}.ipynb", run.path / "run.log"
    plan = Execution(notebook, output, log, root, how.cell_seconds)
    started = time.monotonic()
    failure = execute(plan, settings.model_copy(update={"run_dir": str(run.path)}), how.progress)
    executed = time.monotonic()
    facts = read_facts(run.path)
    text = page_text(report, settings, facts, run.path, failure.words if failure else "")
    page, failure = _draw(plan.output, text, failure)
    drawn = time.monotonic()
    _log_cells(plan.output)
    structlog.get_logger().debug("page", seconds=round(drawn - executed, 2))
    status = _status(settings, how, failure)
    manifest = {
        "run_id": run.run_id,
        "status": status,
        "failure": asdict(failure) if failure else None,
        **describe_run(report, settings, facts, notebook),
        "inputs": inputs,
        "seconds": {
            "notebook": round(executed - started, 3),
            "page": round(drawn - executed, 3),
        },
    }
    _write_json(run.path / "manifest.json", manifest)
    folder = close_run(run, _as_of(settings, facts), status)
    archive_forecasts(root / "outputs")
    warnings = tuple(facts.get("ledger", {}).get("warnings", ()))
    return RunResult(status, folder, folder / page.name if page else None, failure, warnings)


def _status(settings: ReportSettings, how: RunOptions, failure: Failure | None) -> str:
    if failure:
        return "failed"
    if getattr(settings, "smoke", False):
        return "smoke"
    return "aside" if how.aside else "published"


def _draw(
    executed: Path, text: PageText, failure: Failure | None
) -> tuple[Path | None, Failure | None]:
    page = executed.with_suffix(".html")
    try:
        markup = render_page(nbformat.read(executed, as_version=4), text)
    except WorkbenchError as error:
        return None, failure or Failure(str(error), type(error).__name__)
    write_text(page, markup)
    return page, failure


def _log_cells(executed: Path) -> None:
    for cell in nbformat.read(executed, as_version=4).cells:
        seconds = cell.metadata.get("papermill", {}).get("duration")
        if seconds is not None and cell.cell_type == "code":
            first = next((line for line in cell.source.splitlines() if line.strip()), "")
            structlog.get_logger().debug("cell", seconds=round(seconds, 2), begins=first[:60])


def _as_of(settings: ReportSettings, facts: dict[str, Any]) -> str:
    text = facts.get("data", {}).get("as_of") or settings.as_of
    return date.fromisoformat(str(text)[:10]).isoformat() if text else "undated"


def _write_json(path: Path, content: dict[str, Any]) -> None:
    write_text(path, json.dumps(content, indent=2) + "\n")
