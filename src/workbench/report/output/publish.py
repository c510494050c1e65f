"""What a notebook leaves behind: tables, figures and facts, under the run's folder.

Every file is written under another name and renamed, so a reader never meets half a file. Without
a run folder, as when a notebook is run by hand, nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import xarray as xr

from workbench.core.files import write_file, write_text
from workbench.core.project import FORECAST, ROWS
from workbench.core.settings import ReportSettings
from workbench.data.frames import row_digests
from workbench.forecast.backtest.archive import ScoredArchive
from workbench.forecast.backtest.archive_file import write_forecast
from workbench.forecast.backtest.forecast_record import ForecastRecord
from workbench.health.kept import write_scores
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.file import write_planbook
from workbench.report.archive.text import drift_warnings
from workbench.report.output.answer import Answer
from workbench.report.output.page_figure import DrawnFigure
from workbench.report.output.workbook import publish_workbook

MOST_SHEET_ROWS = 20_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def defuse_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with every text that a spreadsheet would run made harmless.

    A text, or a column's name, that begins with ``=``, ``+``, ``-``, ``@``, tab or carriage return
    gets a leading apostrophe. Numbers are left alone.

    Parameters
    ----------
    frame : DataFrame
        Left as it is; a copy comes back.

    Examples
    --------
    >>> defuse_formulas(pd.DataFrame({"name": ["=cmd()", "Ann"], "change": [-1, 2]}))
          name  change
    0  '=cmd()      -1
    1      Ann       2
    """
    safe = frame.rename(columns=_defused)
    for position, dtype in enumerate(frame.dtypes):
        if not pd.api.types.is_numeric_dtype(dtype):
            safe.isetitem(position, frame.iloc[:, position].astype(object).map(_defused))
    return safe


def _defused(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def publish_table(
    settings: ReportSettings, name: str, frame: pd.DataFrame, most_sheet_rows: int = MOST_SHEET_ROWS
) -> None:
    """Write a table as Parquet as it is, as CSV with formulas defused, and for Excel.

    Parameters
    ----------
    settings : ReportSettings
        Whose ``run_dir`` receives the files; empty writes nothing.
    name : str
        File name without suffix.
    frame : DataFrame
        Written without its index.
    most_sheet_rows : int
        Excel gets no table of more rows: writing it would take longer than the rest.
    """
    if settings.run_dir:
        write_tables(Path(settings.run_dir) / "tables", {name: frame})
        if len(frame) <= most_sheet_rows:
            publish_workbook(settings, name, {name: frame}, "")


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables as ``<name>.parquet`` as they are and ``<name>.csv`` with formulas defused.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    tables : mapping of str to DataFrame
        By name; written without their index.
    """
    for name, frame in tables.items():
        write_file(folder / f"{name}.parquet", partial(frame.to_parquet, index=False))
        write_file(folder / f"{name}.csv", partial(defuse_formulas(frame).to_csv, index=False))


def publish_figure(settings: ReportSettings, name: str, drawn: DrawnFigure) -> None:
    """Write ``figures/<name>.png`` and ``.svg``, as on the page; see `publish_table`.

    Parameters
    ----------
    settings : ReportSettings
        Without a run folder nothing is written.
    name : str
        Of the files, without suffix.
    drawn : DrawnFigure
    """
    if settings.run_dir:
        folder = Path(settings.run_dir) / "figures"
        write_text(folder / f"{name}.svg", drawn.svg)
        write_file(folder / f"{name}.png", partial(drawn.figure.savefig, format="png", dpi=200))


def publish_planbook(settings: ReportSettings, book: Planbook) -> None:
    """Write ``planbook.zip``, on which `workbench plan` works; see `publish_table`.

    Parameters
    ----------
    settings : ReportSettings
        Without a run folder nothing is written.
    book : Planbook
    """
    if settings.run_dir:
        write_planbook(book, Path(settings.run_dir) / "planbook.zip")


def publish_forecast(settings: ReportSettings, forecast: ForecastRecord) -> None:
    """Write ``forecast.parquet``, which the runner takes into the ledger; see `publish_table`.

    Parameters
    ----------
    settings : ReportSettings
        Without a run folder nothing is written.
    forecast : ForecastRecord
        Its draws are thinned.
    """
    if settings.run_dir:
        path = Path(settings.run_dir) / FORECAST
        write_file(path, lambda aside: write_forecast(forecast, aside))


def publish_scores(settings: ReportSettings, scores: pd.DataFrame, as_of: pd.Timestamp) -> None:
    """Write the scores of accounts as they are today, which the runner takes into the ledger.

    Parameters
    ----------
    settings : ReportSettings
        Without a run folder nothing is written.
    scores : DataFrame
        From `workbench.health.scores.score_table`.
    as_of : Timestamp
        The day of the scores.
    """
    if settings.run_dir:
        path = Path(settings.run_dir) / FORECAST
        write_file(path, lambda aside: write_scores(scores, as_of, aside))


def publish_page(settings: ReportSettings, name: str, page: str) -> None:
    """Write a page that stands beside the report's own; see `publish_table`.

    Parameters
    ----------
    settings : ReportSettings
        Without a run folder nothing is written.
    name : str
        File name within the run's folder, which may begin with a folder.
    page : str
        HTML.
    """
    if settings.run_dir:
        write_text(Path(settings.run_dir) / name, page)


def publish_archive(settings: ReportSettings, scored: ScoredArchive) -> None:
    """Write the scores of earlier forecasts as tables, warnings as ``facts/ledger.json``.

    Parameters
    ----------
    settings : ReportSettings
        Without a run folder nothing is written.
    scored : ScoredArchive
    """
    publish_table(settings, "ledger", scored.scores)
    publish_table(settings, "ledger_tests", scored.tests)
    facts = {
        "scored": int(scored.scores["as_of"].nunique()),
        "left_out": scored.left_out.to_dict("records"),
        "warnings": drift_warnings(scored),
    }
    publish_facts(settings, "ledger", facts)


def publish_posterior(settings: ReportSettings, name: str, posterior: xr.Dataset) -> None:
    """Write ``posterior/<name>.nc`` (NetCDF 4); see `publish_table`.

    Parameters
    ----------
    settings : ReportSettings
        Without a run folder nothing is written.
    name : str
        Of the file, without suffix.
    posterior : Dataset
        Named effects with dimensions chain and draw.
    """
    if settings.run_dir:
        path = Path(settings.run_dir) / "posterior" / f"{name}.nc"
        write_file(path, lambda aside: posterior.to_netcdf(aside, engine="h5netcdf"))


def publish_facts(settings: ReportSettings, name: str, facts: Mapping[str, Any]) -> None:
    """Write ``facts/<name>.json``, which the runner takes into the manifest.

    Two names mean something to it: ``data`` with ``fingerprint`` and ``as_of`` (ISO date, which
    names the run's folder), and ``gates``. NumPy numbers and dates are written as plain ones.

    Parameters
    ----------
    settings : ReportSettings
        Without a run folder nothing is written.
    name : str
        Of the file, without suffix, and of the entry in the manifest.
    facts : mapping
        JSON values, NumPy numbers and dates.
    """
    if settings.run_dir:
        text = json.dumps(dict(facts), indent=2, default=_plain, allow_nan=True)
        path = Path(settings.run_dir) / "facts" / f"{name}.json"
        write_text(path, text)


def publish_rows(settings: ReportSettings, tables: Mapping[str, ibis.Table]) -> None:
    """Write ``rows.parquet``: a digest of each row that was read, for a comparison of runs.

    Parameters
    ----------
    settings : ReportSettings
        Without a run folder nothing is written.
    tables : mapping of str to ibis.Table
        Of the book.
    """
    if settings.run_dir:
        digests = row_digests(tables)
        path = Path(settings.run_dir) / ROWS
        write_file(path, lambda aside: digests.to_parquet(aside, index=False))


def publish_answer(settings: ReportSettings, answer: Answer, caution: str = "") -> Answer:
    """Write the answer as ``facts/answer.json`` and return it, to be shown by a cell tagged so.

    Parameters
    ----------
    settings : ReportSettings
        Without a run folder nothing is written.
    answer : Answer
    caution : str
        What a reader must know before believing it, in Markdown; empty leaves the answer's own.

    Returns
    -------
    Answer
        The one that was given, with its caution.
    """
    answer = replace(answer, caution=caution or answer.caution)
    publish_facts(settings, "answer", answer.facts())
    return answer


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)
