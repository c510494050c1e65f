"""Tables as one Excel workbook: formats for people, and no cell that a spreadsheet would run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter import Workbook

from workbench.core.files import write_file
from workbench.core.settings import ReportSettings

_WIDEST = 44
_SHEET_NAME = 31
# Columns are formatted by their names' last words, which carry the unit.
_SHARES = ("share", "probability", "retention", "nrr", "grr", "leaves", "stays", "renews", "change")
_COUNTS = ("months", "accounts", "renewals", "lines", "count")


def publish_workbook(
    settings: ReportSettings, name: str, sheets: Mapping[str, pd.DataFrame], currency: str
) -> None:
    """Write ``tables/<name>.xlsx``, one sheet per table.

    Texts from customers' systems are written as texts, never as formulas or links.

    Parameters
    ----------
    settings : ReportSettings
        Whose ``run_dir`` receives the file; empty writes nothing.
    name : str
        Of the file, without suffix.
    sheets : mapping of str to DataFrame
        By the sheet's title. Numbers whose column is named as a share are percentages, counts are
        whole, all others are money.
    currency : str
        Code shown with amounts; may be empty.
    """
    if not settings.run_dir:
        return
    path = Path(settings.run_dir) / "tables" / f"{name}.xlsx"
    write_file(path, lambda aside: write_workbook(aside, sheets, currency))


def write_workbook(path: Path, sheets: Mapping[str, pd.DataFrame], currency: str) -> None:
    """Write a workbook; see `publish_workbook`.

    Parameters
    ----------
    path : Path
        Of the ``.xlsx`` file, written over where it is there.
    sheets : mapping
        Tables by the title of their sheet, which is cut to Excel's 31 letters.
    currency : str
        Code shown with amounts; may be empty.
    """
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(path, plain | {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        money = book.add_format({"num_format": f'#,##0 "{currency}"' if currency else "#,##0"})
        forms = {"share": "0.0%", "count": "#,##0", "ratio": "0.00"}
        formats = {kind: book.add_format({"num_format": form}) for kind, form in forms.items()}
        formats["money"] = money
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        for title, table in sheets.items():
            sheet = book.add_worksheet(title[:_SHEET_NAME])
            for at, column in enumerate(table.columns):
                sheet.write_string(0, at, str(column).replace("_", " "), bold)
                form = formats.get(kind_of(table, column))
                sheet.set_column(at, at, _width(table[column]), form)
                # Not by pandas, which makes an object with a style of every cell.
                for row, cell in enumerate(_cells(table[column]), start=1):
                    sheet.write(row, at, cell)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(table), max(len(table.columns) - 1, 0))


def kind_of(table: pd.DataFrame, column: str) -> str:
    """Return how a column is formatted: text, share, count, money, or ratio in a table of ratios.

    Parameters
    ----------
    table : DataFrame
        A column ``ratio`` makes it a table of ratios.
    column : str
        One of its names: what it ends in decides the kind of a number.

    Examples
    --------
    >>> table = pd.DataFrame({"nrr_low": [0.9], "horizon_months": [1], "churn": [2.0]})
    >>> [kind_of(table, name) for name in table]
    ['share', 'count', 'money']
    """
    if not pd.api.types.is_numeric_dtype(table[column]):
        return "text"
    name = str(column).removesuffix("_low").removesuffix("_high")
    if name.endswith(_SHARES):
        return "share"
    if name.endswith(_COUNTS):
        return "count"
    return "ratio" if "ratio" in table else "money"


def _cells(values: pd.Series) -> list[Any]:
    """Return what stands in the cells of a column; nothing where a value is missing."""
    known = values.astype("object").where(values.notna(), None)
    return [
        cell if isinstance(cell, str | bool | int | date | None) or _finite(cell) else str(cell)
        for cell in known.tolist()
    ]


def _finite(cell: Any) -> bool:
    return isinstance(cell, float) and math.isfinite(cell)


def _width(values: pd.Series) -> int:
    if pd.api.types.is_numeric_dtype(values):
        return 14
    longest = values.dropna().astype("str").str.len().max() if values.notna().any() else 0
    return int(min(max(longest, 10), _WIDEST)) + 2
