"""Sheets of a spreadsheet file as tables: one per visible sheet that is not empty.

A column whose cells are all numbers, all dates or all true and false keeps that type. In a mixed
column every cell becomes the text that a CSV file would hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from workbench.data.source.files.csv_header import column_names, header_index
from workbench.data.source.files.footer import remarks_below
from workbench.data.source.files.text_file import refused
from workbench.data.source.mapping.spec import FileSpec
from workbench.data.source.names import ROW

_SAMPLE_RECORDS = 200


def read_workbook(
    con: ibis.BaseBackend, file: Path, shown: str, spec_of: Callable[[str], FileSpec]
) -> dict[str, ibis.Table]:
    """Read the sheets of an .xlsx, .xlsm, .xlsb, .xls or .ods file.

    Parameters
    ----------
    con : ibis DuckDB backend
        Receives the tables.
    file : Path
        Unpacked; its visible sheets are read.
    shown : str
        The file's name in messages.
    spec_of : callable
        What is stated about a sheet, by its name: ``header_line`` counts the sheet's rows.

    Returns
    -------
    dict of str to ibis.Table
        By the sheet's name, with the row's number below the header in ``row_``.

    Raises
    ------
    DataError
        When it is not a readable spreadsheet, locked by a password, or holds no table.
    """
    tables = {}
    # calamine's own errors share no base but Exception, and a damaged file may raise any of them.
    try:
        book = CalamineWorkbook.from_path(str(file))
        sheets = {
            sheet.name: book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        }
    except PermissionError:
        raise refused("no permission to read", shown) from None
    except Exception as error:
        found = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise refused("not a readable spreadsheet", shown, found=found) from None
    for name, rows in sheets.items():
        table = _table(rows, spec_of(name).header_line)
        if table is not None:
            tables[name] = con.create_table(f"raw_{file.stem}_{name}", table, temp=True)
    if not tables:
        raise refused("holds no table", shown, expected="a visible sheet with a header and rows")
    return tables


def _table(rows: Sequence[Sequence[Any]], header_line: int) -> pa.Table | None:
    rows = rows[header_line - 1 :] if header_line else rows
    sample = [[_text(cell) for cell in row] for row in rows[:_SAMPLE_RECORDS]]
    if not any(any(row) for row in sample):
        return None
    at = 0 if header_line else header_index(sample)
    names = column_names(sample, at)
    below = rows[at + 1 :]
    tail = [[_text(cell) for cell in row] for row in below[-_SAMPLE_RECORDS:]]
    below = below[: len(below) - len(remarks_below(tail, len(names)))]
    columns = [_column([row[position] for row in below]) for position in range(len(names))]
    numbers = pa.array(range(1, len(below) + 1), pa.int64())
    return pa.table([*columns, numbers], names=[*names, ROW])


def _column(cells: list[Any]) -> pa.Array:
    cells = [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells]
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds and kinds <= {int, float}:
        return pa.array(cells, pa.float64())
    if kinds == {bool}:
        return pa.array(cells, pa.bool_())
    if kinds and kinds <= {date, datetime}:
        moments = [
            datetime(cell.year, cell.month, cell.day) if type(cell) is date else cell
            for cell in cells
        ]
        return pa.array(moments, pa.timestamp("us"))
    return pa.array([None if cell is None else _text(cell) for cell in cells], pa.string())


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        # Three decimals behind a point could be taken for a group of thousands.
        text = repr(cell)
        return f"{text}0" if len(text.partition(".")[2]) == 3 else text
    if isinstance(cell, datetime):
        midnight = cell.time() == datetime.min.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
