"""`workbench plan export`: the plan store as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.apps.plan_store import STORE_HELP, STORE_VARIABLE, open_plan_store
from workbench.core.plain_text import printable
from workbench.plans.store.exchange import export_store


def plan_export(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")],
    store: Annotated[str | None, typer.Option(envvar=STORE_VARIABLE, help=STORE_HELP)] = None,
) -> None:
    """Write plans, tasks, reviews and what else the store holds as YAML files.

    Edit them and import the folder again: what others changed meanwhile is
    merged, and where both changed the same field it is told, not overwritten.

    For example:

      workbench plan export plans/
    """
    with open_plan_store(store) as opened:
        written = export_store(opened, folder)
    for path in written:
        typer.echo(printable(path))
