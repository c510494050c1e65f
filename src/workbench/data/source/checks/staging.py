"""Stage a table: cast every cell, and beside it keep why it is bad and what stood there."""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt

from workbench.data.schema import FAR_YEAR, FIRST_YEAR, LARGEST_NUMBER, Column
from workbench.data.source.cells.cast import KIND_NAMES, as_text, cast, readable
from workbench.data.source.names import ROW
from workbench.data.source.shape.arrange import RawTable

_SHOWN = 80
FAR_DATE = f"a day from {FAR_YEAR} on stands for no date"
TYPES = {
    "text": dt.string,
    "number": dt.float64,
    "flag": dt.boolean,
    "date": dt.Timestamp(scale=6),
    "month": dt.Timestamp(scale=6),
    "time": dt.Timestamp(scale=6),
}


def stage(raw: RawTable) -> ibis.Table:
    """Return a table with canonical columns, and per column ``__why`` and ``__text``.

    Parameters
    ----------
    raw : RawTable

    Returns
    -------
    ibis.Table
        ``row_``; each column as its canonical kind, missing where bad; ``<column>__why``, the
        reason, missing where the cell is right; ``<column>__text``, what stood there, only where
        it is wrong.
    """
    columns = {column.column.name: column for column in raw.columns}
    # Each step takes along only what a later one reads: of a wide table, most of the time goes
    # into naming columns. A native cell becomes text only where it is reported: that is slow too.
    table = raw.table.select(
        raw.table[ROW],
        **{f"{name}__cell": _stripped(column.value) for name, column in columns.items()},
    )
    cells = [ROW, *(f"{name}__cell" for name in columns)]
    table = table.select(
        *cells,
        **{
            f"{name}__form": readable(table[f"{name}__cell"], column.column, column.reading)
            for name, column in columns.items()
        },
    )
    table = table.select(
        *cells,
        **{
            name: cast(table[f"{name}__form"], column.column, column.reading).cast(
                TYPES[column.column.kind]
            )
            for name, column in columns.items()
        },
    )
    table = table.mutate(
        **{f"{name}__why": _why(table, column.column) for name, column in columns.items()}
    )
    kept: dict[str, ibis.Value] = {ROW: table[ROW]}
    for name in columns:
        why, value = table[f"{name}__why"], table[name]
        shown = _shown(table[f"{name}__cell"])
        kept[name] = ibis.ifelse(why.isnull(), value, ibis.null(value.type()))
        kept[f"{name}__why"] = why
        kept[f"{name}__text"] = ibis.ifelse(why.notnull(), shown, ibis.null("string"))
    return table.select(**kept)


def _shown(cell: ibis.Value) -> ibis.Value:
    return (cell if cell.type().is_string() else as_text(cell)).left(_SHOWN)


def _stripped(cell: ibis.Value) -> ibis.Value:
    """Return a cell with every way of writing "missing" as a missing value."""
    if cell.type().is_string():
        return as_text(cell)
    return cell.nullif(float("nan")) if cell.type().is_floating() else cell


def _new_year(year: int) -> ibis.Value:
    return ibis.timestamp(year, 1, 1, 0, 0, 0)


def _why(table: ibis.Table, column: Column) -> ibis.Value:
    value, cell = table[column.name], table[f"{column.name}__cell"]
    expected = ", ".join(column.choices) if column.choices else KIND_NAMES[column.kind]
    expected = f"one of {expected}" if column.choices else expected
    reasons = [(cell.notnull() & value.isnull(), f"not {expected}")]
    if column.required:
        reasons.append((value.isnull(), "missing"))
    if column.low is not None:
        word = "negative" if column.low == 0 else f"below {column.low:g}"
        reasons.append((value < column.low, word))
    if column.high is not None:
        reasons.append((value > column.high, f"above {column.high:g}"))
    if column.kind == "number":
        reasons.append((value.abs() > LARGEST_NUMBER, f"beyond {LARGEST_NUMBER:,.0f}"))
    if column.kind in ("date", "month", "time"):
        beyond = FAR_DATE if column.if_lost else f"after {FAR_YEAR - 1}"
        # Compared as moments: an engine's infinity has no year.
        reasons.append((value < _new_year(FIRST_YEAR), f"before {FIRST_YEAR}"))
        reasons.append((value >= _new_year(FAR_YEAR), beyond))
    if column.after and column.after in table.columns:
        reasons.append((value < table[column.after], f"before {column.after}"))
    return ibis.cases(*reasons, else_=ibis.null("string"))
