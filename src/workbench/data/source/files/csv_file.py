"""Read a CSV file as text, cell for cell, or say where it is not one.

Types are not guessed here: every cell stays text until the checks cast it under one set of rules.
"""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.data.source.files.csv_header import Header, find_header
from workbench.data.source.files.footer import remarks_in
from workbench.data.source.files.text_file import refused, utf8_text
from workbench.data.source.mapping.spec import FileSpec
from workbench.data.source.names import ROW

# One cell may be as long as this; the checks then refuse what no text column needs.
LONGEST_LINE = 32_000_000
_SHOWN = 80


def read_csv(
    con: ibis.BaseBackend, file: Path, name: str, shown: str, spec: FileSpec
) -> tuple[ibis.Table, pd.DataFrame]:
    """Read one CSV file into the connection.

    Parameters
    ----------
    con : ibis DuckDB backend
        Receives the table.
    file : Path
        Plain or packed by gzip; UTF-8 unless stated; separated by comma, semicolon, tab or bar,
        told from the content unless stated.
    name : str
        Of the table.
    shown : str
        The file's name in messages.
    spec : FileSpec
        What is stated about the file.

    Returns
    -------
    table : ibis.Table
        All columns as text, empty cells missing, and the row's number below the header in
        ``row_``, counted from 1.
    rejects : DataFrame
        Lines with too many or too few cells or an open quote: table, row, column, reason, value.

    Raises
    ------
    DataError
        When it is empty, unreadable, not text in the stated encoding, or has no header.
    """
    with utf8_text(file, shown, spec.encoding) as text:
        header = find_header(text, shown, spec.delimiter, spec.header_line)
        remarks = remarks_in(text, header.delimiter, len(header.names))
        try:
            table = _load(con, text, f"raw_{name}", header)
        except duckdb.Error as error:
            found = str(error).splitlines()[0]
            raise refused("not readable as CSV", shown, found=found) from None
    table = _without_last(con, f"raw_{name}", sum(len(r) == len(header.names) for r in remarks))
    rejects = _take_rejects(con, header)
    if rejects.empty:
        return table, _listed(rejects, name)
    table = _renumbered(con, f"raw_{name}", table, rejects["row"].to_numpy())
    width = len(header.names)
    cells = [_cells(line, header.delimiter) for line in rejects["line"]]
    unsaid = np.array([_is_blank(line) or line in remarks for line in cells])
    sound = np.array([len(line) > width and _is_blank(line[width:]) for line in cells]) & ~unsaid
    if sound.any():
        rows = [line[:width] for line, whole in zip(cells, sound, strict=True) if whole]
        table = _with_rows(con, f"raw_{name}", table, rows, rejects.loc[sound, "row"].tolist())
    return table, _listed(rejects[~(unsaid | sound)], name)


def _without_last(con: ibis.BaseBackend, name: str, count: int) -> ibis.Table:
    """Drop the last rows: remarks that came with all their delimiters. Others were refused."""
    table = con.table(name)
    if not count:
        return table
    kept = table.filter(table[ROW] <= table.count().as_scalar() - count)
    return con.create_table(f"{name}_alone", kept, temp=True)


def _load(con: ibis.BaseBackend, text: Path, name: str, header: Header) -> ibis.Table:
    lines = con.read_csv(
        str(text),
        columns=dict.fromkeys(header.names, "VARCHAR"),
        auto_detect=False,
        header=False,
        skip=header.records,
        delim=header.delimiter,
        quote='"',
        escape='"',
        max_line_size=LONGEST_LINE,
        buffer_size=2 * LONGEST_LINE,
        store_rejects=True,
    )
    return con.create_table(name, lines.mutate(**{ROW: ibis.row_number() + 1}), temp=True)


def _take_rejects(con: ibis.BaseBackend, header: Header) -> pd.DataFrame:
    """Return the lines that DuckDB refused: row, reason, line."""
    found = con.raw_sql(
        f"SELECT line - {header.lines} AS row, min(error_message) AS reason, "
        "min(csv_line) AS line FROM reject_errors GROUP BY ALL ORDER BY row"
    ).df()
    con.raw_sql("DROP TABLE reject_errors")
    con.raw_sql("DROP TABLE reject_scans")
    return found


def _cells(line: str, delimiter: str) -> list[str]:
    """Return the cells of a refused line; a line that runs over several is one cell."""
    line = line.strip("\r\n")
    try:
        return [line] if "\n" in line else next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return [line]


def _is_blank(cells: list[str]) -> bool:
    # The sign by which DOS ended a file is no cell.
    return not any(cell.strip().strip("\x1a") for cell in cells)


def _listed(rejects: pd.DataFrame, name: str) -> pd.DataFrame:
    reason = "not a table row: " + rejects["reason"].astype("str").str.rstrip(".").str.lower()
    return pd.DataFrame(
        {
            "table": name,
            "row": rejects["row"],
            "column": "",
            "reason": reason,
            "value": rejects["line"].str.slice(0, _SHOWN),
        }
    ).reset_index(drop=True)


def _renumbered(
    con: ibis.BaseBackend, name: str, table: ibis.Table, rejected: np.ndarray
) -> ibis.Table:
    """Number the kept rows as the file does, where rejected lines were skipped."""
    kept = table.to_pyarrow()
    order = kept.column(ROW).to_numpy()
    kept_before = rejected - np.arange(1, len(rejected) + 1)
    rows = order + np.searchsorted(kept_before, order, side="left")
    kept = kept.set_column(kept.schema.get_field_index(ROW), ROW, [rows])
    return con.create_table(f"{name}_numbered", kept, temp=True)


def _with_rows(
    con: ibis.BaseBackend, name: str, table: ibis.Table, rows: list[list[str]], numbers: list[int]
) -> ibis.Table:
    """Add lines that were refused for a blank cell too many."""
    kept = table.to_pyarrow()
    columns = [pa.array([cell or None for cell in column]) for column in zip(*rows, strict=True)]
    more = pa.table([*columns, pa.array(numbers)], names=kept.column_names).cast(kept.schema)
    return con.create_table(f"{name}_repaired", pa.concat_tables([kept, more]), temp=True)
