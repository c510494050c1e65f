"""`workbench map`: a first mapping for a source that nobody has mapped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.analysis.map_source import tried
from workbench.apps.log import terminal_text, warn_of_passwords
from workbench.core.errors import ParameterError, Problem
from workbench.core.files import write_text
from workbench.core.project import resolve_source
from workbench.data.other_tables import other_report_hint
from workbench.data.source.matching.guess import guess_mapping
from workbench.data.source.open import open_source


def map(
    source: Annotated[
        str, typer.Argument(help="Folder, file, DuckDB file, database address or env:NAME.")
    ],
    to: Annotated[Path, typer.Option(help="Where the mapping goes.")] = Path("mapping.yaml"),
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is there.")
    ] = False,
) -> None:
    """Write a first mapping: a guess for each table and column, why, and what you must decide.

    It is tried at once: what stops it is said. Then workbench check says what the data bear.

    For example:

      workbench map crm_export/ --to crm.yaml

      workbench check crm_export/ --mapping crm.yaml
    \u000c

    Raises
    ------
    ParameterError
        When the file is there already and ``--force`` is not given.
    """
    warn_of_passwords([source])
    if to.exists() and not force:
        problem = Problem("the file is there", str(to), hint="Give --to another, or --force.")
        raise ParameterError("No mapping was written.", [problem])
    found = resolve_source(source, Path.cwd())
    opened = open_source(found)
    guess = guess_mapping(opened)
    write_text(to, guess.text)
    typer.echo(to)
    if hint := other_report_hint(opened):
        typer.echo(hint, err=True)
    if guess.shipped:
        typer.echo(f"It fits the shipped mapping {guess.shipped}.", err=True)
    for question in guess.decide:
        typer.echo(terminal_text(f"To decide: {question}."), err=True)
    _, answer = tried(found, to)
    typer.echo(terminal_text(answer), err=True)
