"""How much a book may lose: rows, and cells whose loss turns a row into another fact.

A contract whose end cannot be read would count as open-ended, and one whose ending cannot be read
as still running: such cells are limited by share like rows, of the cells that are filled.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import pandas as pd

from workbench.core.errors import DataError, Problem
from workbench.data.schema import REQUIRED_TABLES, TABLES
from workbench.data.source.checks.advice import problems_of
from workbench.data.source.checks.check import CELL_LOST, CUT_OFF
from workbench.data.source.checks.staging import FAR_DATE

# Lost by name only: nothing was there that the row could have said.
_HARMLESS = (FAR_DATE + CELL_LOST, CUT_OFF + CELL_LOST)


def grave_losses(tables: Mapping[str, ibis.Table], quarantine: pd.DataFrame) -> pd.DataFrame:
    """Count lost cells without which a row means something else.

    Parameters
    ----------
    tables : mapping of str to ibis.Table
        Checked tables.
    quarantine : DataFrame
        Rows and cells that were not taken, of these tables.

    Returns
    -------
    DataFrame
        table, column, lost, filled (cells that held something), if_lost (what such a row is taken
        for), reason, row, value (of the first); one row per table and column.
    """
    cells = quarantine[
        quarantine["reason"].str.endswith(CELL_LOST) & ~quarantine["reason"].isin(_HARMLESS)
    ]
    rows = []
    for (name, column), lost in cells.groupby(["table", "column"], sort=False):
        if column not in TABLES[name].names or not (taken := TABLES[name].column(column).if_lost):
            continue
        left = int(tables[name][column].count().execute())
        first = lost.iloc[0]
        reason = first["reason"].removesuffix(CELL_LOST)
        rows.append(
            (name, column, len(lost), left + len(lost), taken, reason, first["row"], first["value"])
        )
    columns = ["table", "column", "lost", "filled", "if_lost", "reason", "row", "value"]
    return pd.DataFrame(rows, columns=columns)


def loss_sentences(losses: pd.DataFrame) -> tuple[str, ...]:
    """Return one sentence per row of `grave_losses`, without anything that the source wrote.

    Parameters
    ----------
    losses : DataFrame
        From `grave_losses`.
    """
    return tuple(
        f"{row.lost:,} of {row.filled:,} cells of {row.table}.{row.column} could not be used: "
        f"each such row {row.if_lost}."
        for row in losses.itertuples()
    )


def refuse_heavy_losses(
    name: str,
    rows: pd.DataFrame,
    losses: pd.DataFrame,
    quarantine: pd.DataFrame,
    max_lost_share: float,
) -> None:
    """Stop where too much of a table is lost.

    Parameters
    ----------
    name : str
        The source, for the message.
    rows : DataFrame
        table, rows_in, rows_kept, rows_lost.
    losses : DataFrame
        From `grave_losses`.
    quarantine : DataFrame
        Rows and cells that were not taken.
    max_lost_share : float, 0 to 1
        Of a table's rows, and of the filled cells of a column that `grave_losses` names.

    Raises
    ------
    DataError
        With each reason's first place and count.
    """
    problems = []
    for row in rows.itertuples():
        own = quarantine[quarantine["table"] == row.table]
        if row.table in REQUIRED_TABLES and row.rows_in == 0:
            problems.append(Problem("no data rows", row.table, "at least one row", "none"))
        elif row.rows_lost > max_lost_share * row.rows_in or (
            row.table in REQUIRED_TABLES and row.rows_kept == 0
        ):
            share = f"{row.rows_lost:,} of {row.rows_in:,} rows ({row.rows_lost / row.rows_in:.1%})"
            problems.append(
                Problem("too many rows lost", row.table, f"at most {max_lost_share:.1%}", share)
            )
            problems += problems_of(own[~own["reason"].str.endswith(CELL_LOST)])
    for loss in losses.itertuples():
        if loss.lost <= max_lost_share * loss.filled:
            continue
        share = f"{loss.lost:,} of {loss.filled:,} cells ({loss.lost / loss.filled:.1%})"
        what = f"too many cells lost: a row without one {loss.if_lost}"
        where = f"{loss.table}, column {loss.column}"
        problems.append(Problem(what, where, f"at most {max_lost_share:.1%}", share))
        own = quarantine[
            (quarantine["table"] == loss.table)
            & (quarantine["column"] == loss.column)
            & ~quarantine["reason"].isin(_HARMLESS)
            & quarantine["reason"].str.endswith(CELL_LOST)
        ]
        problems += problems_of(own)
    if problems:
        raise DataError(f"{name} cannot be loaded.", problems)
