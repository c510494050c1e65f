"""Columns to rows: a table with a column for each period becomes one with a row for each."""

from __future__ import annotations

import ibis

from workbench.data.source.cells.cast import as_text
from workbench.data.source.mapping.parts import Unpivot
from workbench.data.source.names import stated_name


def unpivoted(table: ibis.Table, asked: Unpivot | None) -> ibis.Table:
    """Return a table with a row for each filled cell of some columns.

    Parameters
    ----------
    table : ibis.Table
    asked : Unpivot, optional
        In the source's own names; without one the table is returned as it is.

    Returns
    -------
    ibis.Table
        Its other columns, the name of the column and the cell. Cells of columns of several types
        become texts. A blank cell makes no row: it says nothing about its period.
    """
    if asked is None:
        return table
    columns = list(asked.columns)
    if len({table[column].type() for column in columns}) > 1:
        table = table.mutate(**{column: as_text(table[column]) for column in columns})
    if table.get_backend().name == "postgres":
        # Its pivot goes through JSON, and texts come back in quotes.
        others = [column for column in table.columns if column not in columns]
        parts = [
            table.select(
                *others, **{asked.name: ibis.literal(stated_name(column)), asked.value: column}
            )
            for column in columns
        ]
        long = ibis.union(*parts) if len(parts) > 1 else parts[0]
    else:
        long = table.pivot_longer(
            ibis.selectors.cols(*columns),
            names_to=asked.name,
            names_transform=stated_name,
            values_to=asked.value,
        )
    return long.filter(as_text(long[asked.value]).notnull())
