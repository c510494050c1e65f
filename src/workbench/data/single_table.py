"""A source of a single table, read whole: for tables too small for the canonical ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.core.errors import DataError, Problem
from workbench.data.source.names import ROW
from workbench.data.source.open import open_source


def read_single_table(
    source: str | Path, headline: str, what: str
) -> tuple[pd.DataFrame, list[Problem], str]:
    """Read the one table of a source.

    Parameters
    ----------
    source : str or Path
        A CSV or Parquet file, or another source with a single table.
    headline : str
        Of the error, such as "The retention table cannot be used."
    what : str
        What is expected, such as "retention table".

    Returns
    -------
    frame : DataFrame
        As in the source, without blank rows; its index is the 0-based row.
    problems : list of Problem
        Lines that are not table rows.
    name : str
        The source's, without a password.

    Raises
    ------
    DataError
        When it has no table or several.
    """
    opened = open_source(source)
    if len(opened.tables) != 1:
        found = ", ".join(sorted(opened.tables)) or "none"
        raise DataError(
            headline, [Problem("not one table", opened.name, f"a single {what}", found)]
        )
    [table] = opened.tables.values()
    frame = table.order_by(ROW).drop(ROW).execute()
    frame = frame.rename(columns=lambda name: str(name).strip())
    text = frame.astype(object).where(frame.notna(), "")
    filled = text.map(lambda cell: str(cell).strip() != "").any(axis=1)
    problems = [
        Problem(row.reason, f"row {row.row}", found=repr(row.value))
        for row in opened.rejects.itertuples()
    ]
    return frame[filled], problems, opened.name
