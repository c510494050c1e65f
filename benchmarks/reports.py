"""How long the reports take on the bundled book, and what takes it.

Each report runs by the command line in a project of its own: on nothing, again from its stored
fits, and once more with nothing changed. Then its cells run in one process, from the stored fits
and without, for the processor seconds of each part. On nothing means without stored fits; what
Numba keeps on disk stays.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from subprocess import PIPE
from typing import Any

import nbformat
import pandas as pd
from IPython.core.interactiveshell import InteractiveShell
from page import as_markdown, measured_on, put

PROJECT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-c", "from workbench.apps.cli import main; main()", "run"]
PARTS = ("imports", "data", "signals", "compile", "sample", "forecast", "page")
TIMED = {
    "workbench.data.open_book:open_book": "data",
    "workbench.features.hazard_data:hazard_data": "data",
    "workbench.features.pipeline:pipeline_data": "data",
    "workbench.features.revenue_data:revenue_data": "data",
    "workbench.features.hazard_data:signal_table": "signals",
    "workbench.inference.run:_Run.__init__": "compile",
    "workbench.inference.run:sample_parts": "sample",
    "workbench.report.output.page:render_page": "page",
}


class Shell(InteractiveShell):
    """A shell without windows, in which `%matplotlib inline` has nothing to turn on."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Turn nothing on."""


class Clock:
    """Processor seconds by part; a part within another counts for itself alone."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(PARTS, 0.0)
        self._since, self._parts = time.process_time(), ["imports"]

    def enter(self, part: str) -> None:
        """Count for a part from now on."""
        self._add_seconds()
        self._parts.append(part)

    def leave(self) -> None:
        """Count for the part before it again."""
        self._add_seconds()
        self._parts.pop()

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that counts for a part while it runs."""

        @wraps(function)
        def counted(*given: Any, **named: Any) -> Any:
            self.enter(part)
            try:
                return function(*given, **named)
            finally:
                self.leave()

        return counted

    def _add_seconds(self) -> None:
        now = time.process_time()
        self.seconds[self._parts[-1]] += now - self._since
        self._since = now


def measure_parts(report: str, project: Path) -> dict[str, float]:
    """Run the cells of a report in this process, then draw the page of its last run."""
    clock = Clock()
    for stage, part in TIMED.items():
        module, name = stage.split(":")
        *owner, last = name.split(".")
        target = importlib.import_module(module)
        for step in owner:
            target = getattr(target, step)
        setattr(target, last, clock.timed(part, getattr(target, last)))
    executed = nbformat.read(project / f"outputs/{report}/latest/{report}.ipynb", as_version=4)
    shell = Shell.instance()
    with tempfile.TemporaryDirectory() as folder:
        for cell in executed.cells:
            if cell.cell_type != "code":
                continue
            part = "imports" if "import" in cell.source else "forecast"
            given = f"\nrun_dir = {folder!r}" if "injected-parameters" in _tags(cell) else ""
            run = clock.timed(part, shell.run_cell)
            run(cell.source + given).raise_error()
    page = importlib.import_module("workbench.report.output.page")
    page.render_page(executed, page.PageText(report))
    return clock.seconds


def run_report(project: Path, *arguments: str) -> dict[str, float]:
    """Run a report by the command line; return seconds by the clock and of processors."""
    began, before = time.perf_counter(), _children()
    subprocess.run([*COMMAND, *arguments], cwd=project, check=True, stdout=subprocess.DEVNULL)
    return {"by the clock": time.perf_counter() - began, "processor": _children() - before}


def measure(report: str) -> pd.DataFrame:
    """Return the report's rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        for name in ("notebooks", "params"):
            (project / name).symlink_to(PROJECT / name)
        whole = {"on nothing": run_report(project, report)}
        whole["again"] = run_report(project, report, "--force")
        whole["nothing changed"] = run_report(project, report)
        command = [sys.executable, __file__, "--parts", report]
        split = {"nothing changed": {}}
        for what in ("again", "on nothing"):
            done = subprocess.run(command, cwd=project, check=True, stdout=PIPE, text=True)
            split[what] = json.loads(done.stdout.splitlines()[-1])
            for fit in (project / "outputs").rglob("*.nc"):
                fit.unlink()
    rows = [
        {"report": report, "run": what}
        | {f"{name}, s": round(value, 1) for name, value in (seconds | split[what]).items()}
        for what, seconds in whole.items()
    ]
    return pd.DataFrame(rows)


def main() -> None:
    """Measure the reports named and write the table into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", nargs="*", default=["renewals", "net_growth"])
    parser.add_argument("--parts", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.parts:
        print(json.dumps(measure_parts(options.reports[0], Path.cwd())))
        return
    table = pd.concat([measure(report) for report in options.reports])
    put("benchmarks.md", "reports", f"{as_markdown(table)}\n\n{measured_on()}")


def _tags(cell: nbformat.NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
