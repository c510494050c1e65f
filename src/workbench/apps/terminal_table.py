"""A table of words on a terminal, whatever customers have written into it."""

from __future__ import annotations

import pandas as pd
from rich.table import Table

from workbench.apps.log import terminal_text


def terminal_table(frame: pd.DataFrame, title: str, lines: bool = False) -> Table:
    """Return a table to be printed by rich: long cells are folded, none is cut.

    Parameters
    ----------
    frame : DataFrame
        Cells become texts; None an empty one.
    title : str
        Above it.
    lines : bool
        Whether rows are parted by lines.

    Returns
    -------
    Table
    """
    shown = Table(title=terminal_text(title), title_justify="left", show_lines=lines)
    for column in frame.columns:
        shown.add_column(str(column), overflow="fold")
    for row in frame.itertuples(index=False):
        shown.add_row(*(terminal_text("" if cell is None else cell) for cell in row))
    return shown
