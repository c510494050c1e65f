"""A report's run: its parameters, the book that it reads, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
from IPython.display import display

from workbench.analysis.backtest.archive import EarlierForecasts, score_earlier
from workbench.analysis.book import ShownBook, shown
from workbench.analysis.card import Card, Shown
from workbench.analysis.prepare import PreparedData
from workbench.core import gates
from workbench.core.project import archive_folder, fits_folder
from workbench.core.settings import ContractSettings, ReportSettings, SourceSettings
from workbench.data.open_book import open_book
from workbench.data.reach import default_as_of
from workbench.features.hazard_data import hazard_data, specification_of
from workbench.forecast.backtest.forecast_record import ForecastRecord
from workbench.plans.planbook.book import Planbook
from workbench.report.output import publish
from workbench.report.output.answer import Answer
from workbench.report.output.page_figure import draw
from workbench.report.output.tables import gate_report, with_names
from workbench.report.output.workbook import publish_workbook
from workbench.report.style import Figure


@dataclass(frozen=True, repr=False)
class ReportRun(Shown):
    """A run of a report: its parameters, its book, and the folder that receives what it finds.

    Without a run folder, as when a notebook is run by hand, nothing is written.

    Parameters
    ----------
    settings : ReportSettings
        What the report may be told, checked.
    fits, archive : Path
        Folders of stored fits, and of published forecasts.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.report.renewals.settings import RenewalsSettings
    >>> run = wb.open_run(RenewalsSettings(simulated_accounts=20, simulated_months=24))
    >>> run.prepare().as_of
    '2026-01-01'
    """

    settings: ReportSettings
    fits: Path
    archive: Path

    @cached_property
    def book(self) -> ShownBook:
        """The book that the parameters name, read once; only who forecasts needs contracts."""
        assert isinstance(self.settings, SourceSettings)
        needed = isinstance(self.settings, ContractSettings)
        return shown(open_book(self.settings, needs_contracts=needed))

    @property
    def as_of(self) -> str:
        """ISO date: that of the parameters, or the day up to which the data reach."""
        named = getattr(self.settings, "as_of", "")
        return named or default_as_of(self.book).date().isoformat()

    def prepare(self) -> PreparedData:
        """Prepare the book for the models, and leave the day and the content behind as facts.

        Returns
        -------
        PreparedData
        """
        settings = self.settings
        assert isinstance(settings, ContractSettings)
        asked = specification_of(settings)
        data = PreparedData(self.book, asked, hazard_data(self.book, asked))
        self.facts("data", as_of=data.as_of, fingerprint=self.book.fingerprint)
        publish.publish_rows(settings, self.book.tables)
        return data

    @cached_property
    def _accounts(self) -> pd.DataFrame:
        return self.book.frame("accounts") if "accounts" in self.book.tables else pd.DataFrame()

    def _named(self, table: pd.DataFrame) -> pd.DataFrame:
        """Put the names of accounts beside their ids: a sheet is read without the page."""
        if "account_id" not in table or not isinstance(self.settings, SourceSettings):
            return table
        return with_names(table, self._accounts)

    def facts(self, name: str, /, **facts: Any) -> None:
        """Leave facts for the manifest.

        Parameters
        ----------
        name : str
            Of the entry.
        **facts
            Plain values, NumPy numbers and dates.
        """
        publish.publish_facts(self.settings, name, facts)

    def tables(self, **tables: pd.DataFrame | None) -> None:
        """Leave tables, as Parquet and CSV.

        Parameters
        ----------
        **tables
            DataFrames by the name of the file; None where nothing was asked, as by a setting that
            is off, and nothing is left. An empty one says that there is none.
        """
        for name, table in tables.items():
            if table is not None:
                publish.publish_table(self.settings, name, self._named(table))

    def workbook(self, name: str, sheets: Mapping[str, pd.DataFrame | None], currency: str) -> None:
        """Leave tables, each by itself and all in one Excel file.

        Parameters
        ----------
        name : str
            Of the Excel file.
        sheets : mapping of str to DataFrame
            By the name of the table; None as in `tables`.
        currency : str
            Code shown with amounts; may be empty.
        """
        asked = {name: self._named(each) for name, each in sheets.items() if each is not None}
        self.tables(**asked)
        publish_workbook(self.settings, name, asked, currency)

    def posteriors(self, **posteriors: xr.DataTree) -> None:
        """Leave posteriors, as NetCDF.

        Parameters
        ----------
        **posteriors
            With a group ``posterior``, by the name of the file.
        """
        for name, tree in posteriors.items():
            publish.publish_posterior(self.settings, name, tree["posterior"].to_dataset())

    def show(self, **figures: Figure | None) -> None:
        """Show figures, and leave them as PNG and SVG.

        Parameters
        ----------
        **figures
            By the name of the file; where there is none, there is nothing to show.
        """
        for name, figure in figures.items():
            if figure is not None:
                drawn = draw(figure)
                publish.publish_figure(self.settings, name, drawn)
                display(drawn)

    def answer(self, answer: Answer) -> None:
        """Show the answer, which the page begins with, and leave its numbers for the manifest.

        Parameters
        ----------
        answer : Answer
        """
        spend = self.book.spend if isinstance(self.settings, ContractSettings) else None
        if spend:
            caution = f"**Made out of spend:** {spend.short_text} {answer.caution}".strip()
            answer = replace(answer, caution=caution)
        display(publish.publish_answer(self.settings, answer))

    def planbook(self, book: Planbook) -> None:
        """Leave the planbook on which account plans are evaluated.

        Parameters
        ----------
        book : Planbook
        """
        publish.publish_planbook(self.settings, book)

    def require(
        self, judged: tuple[gates.Gate, ...], *, failed_only: bool = False, **facts: Any
    ) -> None:
        """Show gates and leave them as facts; stop unless all passed, or it is a smoke run.

        Parameters
        ----------
        judged : tuple of Gate
        failed_only : bool
            Show those that failed, and nothing where all passed.
        **facts
            To be left beside them.

        Raises
        ------
        GateError
            Naming every gate that failed, where, and what to do.
        """
        table = gates.gate_table(judged)
        self.facts("gates", gates=table.to_dict("records"), **facts)
        rows = table[~table["passed"].astype(bool)] if failed_only else table
        if len(rows):
            display(gate_report(rows))
        if not getattr(self.settings, "smoke", False):
            gates.require(judged)

    def keep(self, forecast: ForecastRecord, data: PreparedData, report: str) -> EarlierForecasts:
        """Leave a forecast for the ledger, and score the earlier ones of the same book.

        Parameters
        ----------
        forecast : ForecastRecord
        data : PreparedData
            What tells how the earlier ones came out.
        report : str
            Whose earlier forecasts are scored.

        Returns
        -------
        EarlierForecasts
        """
        publish.publish_forecast(self.settings, forecast)
        prob = getattr(self.settings, "interval_prob", 0.9)
        earlier = score_earlier(self.archive, report, data, prob)
        publish.publish_archive(self.settings, earlier.scored)
        return earlier

    def card(self) -> Card:
        """Return what is shown."""
        where = self.settings.run_dir or "nowhere: the runner names a folder"
        source = getattr(self.settings, "source", "")
        facts = {"reads": source, "writes to": where, "fits are kept in": self.fits}
        return Card(
            "Run of a report", facts, ("run.book", "run.prepare()", "run.show(book=figure)")
        )


def open_run(settings: ReportSettings) -> ReportRun:
    """Return a run of the report that some settings are of, in the project of the working folder.

    Parameters
    ----------
    settings : ReportSettings
        From `workbench.core.parameters.read_parameters`.

    Returns
    -------
    ReportRun

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.report.renewals.settings import RenewalsSettings
    >>> wb.open_run(RenewalsSettings()).settings.run_dir
    ''
    """
    here = Path.cwd()
    return ReportRun(settings, fits_folder(here), archive_folder(here))
