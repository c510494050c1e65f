"""Read a CSV file as text, cell for cell, or say where it is not one.

Types are not guessed here: every cell stays text until the checks cast it under one set of rules.
"""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

import duckdb
import ibis
import numpy as np
import pandas as pd

from workbench.core.errors import DataError, Problem

# One cell may be as long as this; the checks then refuse what no text column needs.
LONGEST_LINE = 32_000_000
_CHUNK = 1 << 20
_HINT_UTF8 = "Save it as UTF-8; it may be in Windows-1252 or UTF-16."


def read_csv(con: ibis.BaseBackend, file: Path, row_name: str) -> tuple[ibis.Table, pd.DataFrame]:
    """Read one CSV file into the connection.

    Parameters
    ----------
    con : ibis DuckDB backend
    file : Path
        UTF-8 with or without a byte order mark; separated by comma, semicolon, tab or bar, told
        from the header.
    row_name : str
        Name of the column that receives the 1-based data row.

    Returns
    -------
    table : ibis.Table
        All columns as text; empty cells are missing.
    rejects : DataFrame
        Lines with too many or too few cells or an open quote: table, row, column, reason, value.

    Raises
    ------
    DataError
        When it is empty, unreadable, not UTF-8, or has no usable header.
    """
    _check_bytes(file)
    header, delimiter = _header(file)
    name = f"raw_{file.stem}"
    try:
        lines = con.read_csv(
            str(file),
            columns=dict.fromkeys(header, "VARCHAR"),
            auto_detect=False,
            header=True,
            delim=delimiter,
            quote='"',
            escape='"',
            max_line_size=LONGEST_LINE,
            buffer_size=2 * LONGEST_LINE,
            store_rejects=True,
        )
        table = con.create_table(name, lines.mutate(**{row_name: ibis.row_number() + 1}), temp=True)
    except duckdb.Error as error:
        raise _refused("not readable as CSV", file, found=str(error).splitlines()[0]) from None
    rejects = _take_rejects(con, file.stem)
    if len(rejects):
        table = _renumbered(con, name, rejects["row"].to_numpy(), row_name)
    return table, rejects


def _refused(what: str, file: Path, **rest: str) -> DataError:
    return DataError("The source could not be read.", [Problem(what, str(file), **rest)])


def _check_bytes(file: Path) -> None:
    """Refuse an empty file and the first byte that is not UTF-8, naming its line."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, offset = 1, 0
    try:
        with file.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                waiting = len(decoder.getstate()[0])
                bad = chunk.find(b"\0")
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    bad = max(error.start - waiting, 0)
                if bad >= 0:
                    where = f"line {line + chunk[:bad].count(10)}, byte {offset + bad + 1}"
                    found = f"byte 0x{chunk[bad]:02X} at {where}"
                    raise _refused("not UTF-8 text", file, found=found, hint=_HINT_UTF8)
                line += chunk.count(b"\n")
                offset += len(chunk)
            if decoder.getstate()[0]:
                raise _refused("not UTF-8 text: it ends inside a character", file, hint=_HINT_UTF8)
    except PermissionError:
        raise _refused("no permission to read", file) from None
    if offset == 0:
        raise _refused("is empty (0 bytes)", file, expected="a header line and data rows")


def _header(file: Path) -> tuple[list[str], str]:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        first = handle.readline(_CHUNK)
        delimiter = max(",;\t|", key=first.count)
        names = next(csv.reader([first], delimiter=delimiter), [])
    names = [name.strip() for name in names]
    if not any(names):
        raise _refused("has no header line", file, expected="names of columns in line 1")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or "" in names:
        found = f"{', '.join(twice) or 'a column without a name'}"
        raise _refused("column names in line 1 are not unique", file, found=found)
    return names, delimiter


def _take_rejects(con: ibis.BaseBackend, table: str) -> pd.DataFrame:
    found = con.raw_sql(
        "SELECT line - 1 AS row, min(error_message) AS reason, min(csv_line[:80]) AS value "
        "FROM reject_errors GROUP BY line ORDER BY line"
    ).df()
    con.raw_sql("DROP TABLE reject_errors")
    con.raw_sql("DROP TABLE reject_scans")
    reason = "not a table row: " + found["reason"].str.rstrip(".").str.lower()
    return pd.DataFrame(
        {
            "table": table,
            "row": found["row"],
            "column": "",
            "reason": reason,
            "value": found["value"],
        }
    )


def _renumbered(
    con: ibis.BaseBackend, name: str, rejected: np.ndarray, row_name: str
) -> ibis.Table:
    """Number the kept rows as the file does, where rejected lines were skipped."""
    kept = con.table(name).to_pyarrow()
    order = kept.column(row_name).to_numpy()
    kept_before = rejected - np.arange(1, len(rejected) + 1)
    rows = order + np.searchsorted(kept_before, order, side="left")
    kept = kept.set_column(kept.schema.get_field_index(row_name), row_name, [rows])
    return con.create_table(f"{name}_numbered", kept, temp=True)
