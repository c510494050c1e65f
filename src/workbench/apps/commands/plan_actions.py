"""`workbench plan actions`: done actions as the table from which impact is measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from workbench.apps.plan_store import STORE_HELP, STORE_VARIABLE, open_plan_store
from workbench.core.errors import ParameterError, Problem
from workbench.core.files import write_file
from workbench.core.plain_text import printable
from workbench.plans.store.exchange import done_actions


def plan_actions(
    file: Annotated[Path, typer.Argument(help="actions.parquet or actions.csv of a source.")],
    store: Annotated[str | None, typer.Option(envvar=STORE_VARIABLE, help=STORE_HELP)] = None,
) -> None:
    """Write the actions that were done as the table `actions` of a source.

    Put beside the other tables of a folder, it tells signals and reports what
    account managers did, and from it the effect of actions is measured.

    For example:

      workbench plan actions crm_export/actions.parquet
    """
    with open_plan_store(store) as opened:
        table = done_actions(opened)
    write_actions(table, file)
    typer.echo(printable(f"{file}: {len(table)} actions"))


def write_actions(table: pd.DataFrame, file: Path) -> None:
    """Write the table in one step, in the form that the file's name asks for.

    Parameters
    ----------
    table : DataFrame
        From `workbench.plans.store.exchange.done_actions`.
    file : Path
        ``.parquet`` or ``.csv``.

    Raises
    ------
    ParameterError
        When it is to be of another form.
    """
    writers = {
        ".parquet": lambda aside: table.to_parquet(aside, index=False),
        ".csv": lambda aside: table.to_csv(aside, index=False),
    }
    if file.suffix not in writers:
        problem = Problem("no known form", str(file), " or ".join(writers), file.suffix or "none")
        raise ParameterError("The actions cannot be written.", [problem])
    write_file(file, writers[file.suffix])
