"""`workbench check`: what is wrong with a source, before a report is made of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

from workbench.apps.log import terminal_text, warn_of_passwords
from workbench.core.project import resolve_mapping, resolve_source
from workbench.data.audit.audit import audit
from workbench.data.load import load_book

_SHOWN_ROWS = 20


def check(
    source: Annotated[
        str, typer.Argument(help="Folder, file, DuckDB file, database address or env:NAME.")
    ],
    mapping: Annotated[
        str | None, typer.Option(help="Shipped mapping or YAML file; none for canonical tables.")
    ] = None,
    max_lost_share: Annotated[
        float, typer.Option(min=0, max=1, help="Share of rows that may be lost.")
    ] = 0.05,
) -> None:
    """Load a source as a report would, and say what was found.

    Without contracts, what offers, invoices, tickets and the rest hold is checked nevertheless.
    Exit status 0 when it can be used, 3 when it cannot.

    For example:

      workbench check crm_export/

      workbench check telco.csv --mapping telco
    """
    warn_of_passwords([source])
    here = Path.cwd()
    found_source, found_mapping = resolve_source(source, here), resolve_mapping(mapping, here)
    book = load_book(
        found_source, found_mapping, max_lost_share, date.today(), needs_contracts=False
    )
    found = audit(book)
    console = Console()
    for name, frame in found.tables.items():
        if len(frame):
            console.print(_table(name, frame))
    for finding in found.findings:
        console.print(f"• {terminal_text(finding)}", highlight=False)


def _cell(value: Any) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"{value:.4g}" if isinstance(value, float) else terminal_text(value)


def _table(name: str, frame: pd.DataFrame) -> Table:
    left_out = len(frame) - _SHOWN_ROWS
    caption = f"{left_out} more rows" if left_out > 0 else None
    table = Table(
        title=terminal_text(name.replace("_", " ")), title_justify="left", caption=caption
    )
    for column in frame.columns:
        numeric = pd.api.types.is_numeric_dtype(frame[column])
        table.add_column(terminal_text(column), justify="right" if numeric else "left")
    for row in frame.head(_SHOWN_ROWS).itertuples(index=False):
        table.add_row(*map(_cell, row))
    return table
