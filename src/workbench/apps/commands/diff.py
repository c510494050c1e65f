"""`workbench diff`: what differs between two runs, and why."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

from workbench.apps.log import terminal_text
from workbench.apps.reports import REPORTS
from workbench.apps.run_command import run_command
from workbench.apps.terminal_table import terminal_table
from workbench.core.errors import ParameterError, Problem
from workbench.core.masking import MASK, shown_source
from workbench.core.plain_text import printable
from workbench.core.project import find_project_root
from workbench.operations.change import (
    ChangePart,
    change_sentence,
    parts_of,
    run_before,
    states_between,
)
from workbench.operations.difference import difference
from workbench.operations.index_page import write_index
from workbench.operations.runs import Run, read_run, read_runs

_READ = ("source", "mapping")  # parameters that say where the rows come from


def diff(
    run: Annotated[str, typer.Argument(help="A report's name, a run's name or its folder.")],
    other: Annotated[
        str | None, typer.Argument(help="The later run; left out, RUN and the one before it.")
    ] = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Make the runs that tell data, settings and time apart."),
    ] = False,
    source: Annotated[
        str, typer.Option("--source", help="For --explain: where to read; env:NAME, say.")
    ] = "",
) -> None:
    """Say what differs between two runs of a report, and what moved its numbers.

    A report's name means its last published run, and alone, that run and the
    published one before it. Rows, code, parameters, posteriors and the accounts
    that moved most are compared. Where several things changed at once, --explain
    makes up to two further runs, which are kept but not published. They read
    the later run's source again; of an address the password was not kept, so
    name the environment variable that holds it: --source env:CRM.

    For example:

      workbench diff renewals

      workbench diff 20260901T060000Z-1a2b3c 20261001T060000Z-4d5e6f --explain
    """
    root = find_project_root(Path.cwd())
    outputs = root / "outputs"
    runs = read_runs(outputs)
    before, after = _two(run, other, outputs, runs)
    if explain:
        for settings, as_of in _missing(before, after, runs):
            _make_aside(after, settings | {"as_of": as_of}, source, root)
        runs = read_runs(outputs)
        write_index(outputs, datetime.now(UTC))
    console = Console()
    console.print(_name(before), "→", _name(after), highlight=False, soft_wrap=True)
    parts = parts_of(before, after, runs)
    for sentence in _sentences(after, parts):
        console.print(f"• {terminal_text(sentence)}", highlight=False)
    compared = difference(before, after)
    console.print(_table(compared.parameters, "Parameters"))
    if compared.rows is None:
        same = before.data == after.data
        text = "the same" if same else "not the same; a run left no record of them"
        console.print(f"Rows: {text}.")
    else:
        console.print(_table(compared.rows, "Rows"))
    console.print(_table(compared.code, "Code and packages"))
    moved = compared.posteriors.head(10).round({"moved": 2})
    console.print(_table(moved, "Posterior means that moved, in standard deviations"))
    console.print(_table(compared.accounts.round(3), "Accounts that moved most"))


def _two(run: str, other: str | None, outputs: Path, runs: Sequence[Run]) -> tuple[Run, Run]:
    last = _find(other or run, outputs, runs)
    first = _find(run, outputs, runs) if other else run_before(last, runs)
    if first is None:
        problem = Problem("no published run of the same source before it", last.run_id)
        raise ParameterError("There is nothing to compare with.", [problem])
    if first.report != last.report:
        problem = Problem("two different reports", found=f"{first.report} and {last.report}")
        raise ParameterError("The runs cannot be compared.", [problem])
    return first, last


def _find(name: str, outputs: Path, runs: Sequence[Run]) -> Run:
    if name in REPORTS:
        return read_run(outputs / name / "latest")
    known = next((run for run in runs if name in (run.run_id, run.folder.name)), None)
    return known or read_run(Path(name))


def _missing(before: Run, after: Run, runs: Sequence[Run]) -> list[tuple[dict[str, object], str]]:
    """Return the settings and days of runs that would tell a change apart and are not there."""
    known = {run.state for run in runs if run.report == after.report and run.numbers}
    wanted = [state for state in states_between(before, after) if state not in known]
    return [(json.loads(settings), as_of) for *_, settings, as_of in wanted]


def _make_aside(after: Run, settings: dict[str, object], source: str, root: Path) -> None:
    """Make a run beside the published ones; say so where that cannot be done."""
    read = {name: after.parameters[name] for name in _READ if name in after.parameters}
    if source:
        read["source"] = source
    stated = str(read.get("source", ""))
    address = stated if stated.startswith("env:") else shown_source(stated)
    if MASK in address:
        # A password is not kept, nor may it stand in a command, which all users of a machine see.
        hint = "Set a variable to the whole address, and say --source env:ITS_NAME."
        problem = Problem("an address with a password", "source", found=address, hint=hint)
        raise ParameterError("The run's source cannot be read again.", [problem])
    command = run_command(after.report, settings | read, "--aside")
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        text = f"A run that would tell changes apart came to nothing:\n{done.stderr.strip()}"
        typer.echo(printable(text), err=True)


def _sentences(after: Run, parts: Sequence[ChangePart]) -> list[str]:
    if not parts:
        return ["Nothing that numbers depend on differs."]
    sentences = [change_sentence(number.name, parts) for number in after.numbers]
    mixed = sorted({kind for part in parts if len(part.kinds) > 1 for kind in part.kinds})
    hint = [f"{', '.join(mixed)} differ at once; --explain tells them apart."] if mixed else []
    return [sentence for sentence in sentences if sentence] + hint


def _name(run: Run) -> str:
    return f"{run.report} as of {run.as_of or 'no day'}, {run.run_id} ({run.status})"


def _table(frame: pd.DataFrame, title: str) -> Table | str:
    return f"{title}: the same." if frame.empty else terminal_table(frame, title)
