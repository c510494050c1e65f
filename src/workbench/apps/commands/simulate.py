"""`workbench simulate`: a book whose truth is known, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from workbench.data.simulate import simulate as simulate_book
from workbench.data.simulate import write, write_truth


def simulate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New folder to write into.")],
    accounts: Annotated[int, typer.Option(min=10, help="Accounts.")] = 600,
    months: Annotated[int, typer.Option(min=12, help="Months of history.")] = 48,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same book.")] = 20260101,
    format: Annotated[Literal["parquet", "csv"], typer.Option(help="Kind of file.")] = "parquet",
    texts: Annotated[bool, typer.Option(help="Write message and ticket texts too.")] = True,
    truth: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="New folder for what is true of the book, with stories."),
    ] = None,
) -> None:
    """Write the simulated book of the reports as canonical tables and print the folder.

    For example:

      workbench simulate book/ --accounts 200 --months 36 --seed 7 --format csv --truth truth/
    """
    simulation = simulate_book(accounts, months, seed, texts=texts, process="showcase")
    write(simulation, folder, format)
    typer.echo(folder)
    if truth is not None:
        typer.echo(write_truth(simulation.truth, truth))
