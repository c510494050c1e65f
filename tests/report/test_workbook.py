"""The Excel workbook: read back with another library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from workbench.core.settings import ReportSettings
from workbench.report.output.workbook import publish_workbook, write_workbook

HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "<script>", "https://example.org"]


def test_customer_text_is_never_run(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": HOSTILE, "arr": range(6), "share": [0.5] * 6})
    write_workbook(tmp_path / "book.xlsx", {"=sheet": table}, "EUR")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx").worksheets[0]
    cells = [sheet.cell(row, 1) for row in range(2, 8)]
    assert [cell.value for cell in cells] == HOSTILE
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)


def test_numbers_stay_numbers_with_their_formats(tmp_path: Path) -> None:
    table = pd.DataFrame({"horizon_months": [12], "closing": [1234.5], "nrr_high": [1.071]})
    write_workbook(tmp_path / "book.xlsx", {"one": table, "two": table}, "EUR")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert book.sheetnames == ["one", "two"]
    sheet = book["one"]
    assert [cell.value for cell in sheet[1]] == ["horizon months", "closing", "nrr high"]
    assert [cell.value for cell in sheet[2]] == [12, 1234.5, 1.071]
    formats = [cell.number_format for cell in sheet[2]]
    assert formats == ["#,##0", '#,##0 "EUR"', "0.0%"]
    assert sheet.freeze_panes == "A2"


def test_cells_that_are_no_plain_number_or_text(tmp_path: Path) -> None:
    day = pd.Timestamp("2026-01-31")
    table = pd.DataFrame(
        {
            "day": [day, pd.NaT, day],
            "ratio": [1.5, np.nan, np.inf],
            "count": pd.array([7, None, 9], dtype="Int64"),
            "left": [True, False, None],
            "curve": [[1, 2], None, "x" * 40_000],
        }
    )
    write_workbook(tmp_path / "book.xlsx", {"one": table}, "")
    rows = openpyxl.load_workbook(tmp_path / "book.xlsx")["one"].iter_rows(2, values_only=True)
    first, second, third = rows
    assert first == (day.to_pydatetime(), 1.5, 7, True, "[1, 2]")
    assert second == (None, None, None, False, None)
    # Excel holds no more of a text.
    assert third == (day.to_pydatetime(), "inf", 9, None, "x" * 32_767)


def test_ratios_are_no_money(tmp_path: Path) -> None:
    table = pd.DataFrame({"driver": ["x"], "ratio": [1.2], "low": [0.9], "high": [1.6]})
    became = pd.DataFrame({"outcome": ["flat"], "renewals": [7], "change": [0.02], "arr": [5.0]})
    write_workbook(tmp_path / "book.xlsx", {"drivers": table, "outcomes": became}, "EUR")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert [cell.number_format for cell in book["drivers"][2]][1:] == ["0.00"] * 3
    formats = [cell.number_format for cell in book["outcomes"][2]]
    assert formats[1:] == ["#,##0", "0.0%", '#,##0 "EUR"']


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    table = pd.DataFrame({"arr": [1.0]})
    publish_workbook(ReportSettings(), "book", {"one": table}, "")
    publish_workbook(ReportSettings(run_dir=str(tmp_path)), "book", {"one": table}, "")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["book.xlsx"]


def test_a_text_column_in_which_nothing_is_known_stays_empty(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": ["a", "b"], "team": pd.Series([None, None], dtype=object)})
    write_workbook(tmp_path / "book.xlsx", {"one": table}, "")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["one"]
    assert [cell.value for cell in sheet["B"]] == ["team", None, None]
