"""`workbench plan import`: files into the plan store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.apps.plan_store import (
    AUTHOR_HELP,
    STORE_HELP,
    STORE_VARIABLE,
    open_plan_store,
    user_name,
)
from workbench.core.plain_text import printable
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.store.conflict import path_text, value_text
from workbench.plans.store.exchange import import_files


def plan_import(
    place: Annotated[Path, typer.Argument(help="A plan's file, or a folder of them.")],
    store: Annotated[str | None, typer.Option(envvar=STORE_VARIABLE, help=STORE_HELP)] = None,
    author: Annotated[str | None, typer.Option(help=AUTHOR_HELP)] = None,
    catalogue: Annotated[
        Path | None, typer.Option(help="Catalogue of actions; none for the shipped one.")
    ] = None,
) -> None:
    """Save plans and records from files; every one becomes a new version.

    What others changed in other fields is merged and shown. Where both changed the
    same field, nothing is written, and both are shown.

    For example:

      workbench plan import params/plans/keep_a_customer.yaml

      workbench plan import plans/ --store postgresql://ada@db/plans
    """
    known = read_catalogue(catalogue)
    with open_plan_store(store) as opened:
        done = import_files(opened, place, known, author or user_name())
    for one in done.saved:
        typer.echo(printable(f"{one.key}: saved as version {one.version}"))
        for change in one.merged:
            change_text = f"{path_text(change.path)}: {value_text(change.after)}"
            typer.echo(printable(f"  taken over from others: {change_text}"))
    if done.same:
        typer.echo(f"{done.same} stood there already.")
    done.require_whole()
