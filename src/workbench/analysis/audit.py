"""What is wrong with a book, and what it can bear."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown
from workbench.core.plain_text import plain
from workbench.data.audit.audit import Audit
from workbench.data.audit.audit import audit as examine
from workbench.data.book import Book
from workbench.report.data_audit import figures, tables
from workbench.report.data_audit.answer import audit_answer
from workbench.report.output.answer import Answer
from workbench.report.style import Figure


@dataclass(frozen=True, repr=False)
class DataAudit(Shown):
    """What was found in a book.

    Parameters
    ----------
    found : Audit
        See `workbench.data.audit.audit.Audit`.
    quarantine : DataFrame
        Rows and cells that were left out, each with its reason.

    Examples
    --------
    >>> import workbench as wb
    >>> found = wb.audit(wb.simulate(20, months=24))
    >>> found.tables["rows"].columns.tolist()
    ['table', 'rows_in', 'rows_kept', 'rows_lost']
    """

    found: Audit
    quarantine: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What was found, by subject."""
        return self.found.tables

    @property
    def sheets(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        return {f"audit_{name}": table for name, table in self.tables.items()}

    @property
    def findings(self) -> Prose:
        """What was found in sentences, the gravest first."""
        return Prose("\n".join(f"- {plain(sentence)}" for sentence in self.found.findings))

    def answer(self) -> Answer:
        """Answer in a sentence and headline numbers whether the data can carry a forecast.

        Returns
        -------
        Answer
        """
        return audit_answer(self.found)

    def report(self, subject: str) -> GT:
        """Return what was found of a subject as a table for a page.

        Parameters
        ----------
        subject : str
            ``rows``, ``quarantine``, ``signals``, ``chains`` or ``timing``.

        Returns
        -------
        GT
        """
        return tables.audit_report(subject, self.tables[subject], len(self.quarantine))

    def plot_coverage(self) -> Figure:
        """Draw rows by table and month: gaps and sudden starts show what was not recorded.

        Returns
        -------
        Figure
        """
        return figures.coverage_figure(self.tables["coverage"])

    def plot(self) -> Figure:
        """Draw starts and endings by month: survival is learnt where endings are on record.

        Returns
        -------
        Figure
        """
        return figures.endings_figure(self.tables["endings"])

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"verdict": self.found.verdict, "in quarantine": len(self.quarantine)}
        calls = ("audit.findings", 'audit.tables["quarantine"]', "audit.plot()")
        return Card("Data audit", facts, calls)


def audit(book: Book) -> DataAudit:
    """Audit a book: what is wrong with it, and what it can bear.

    Parameters
    ----------
    book : Book
        It may be without contracts.

    Returns
    -------
    DataAudit

    Examples
    --------
    >>> import workbench as wb
    >>> len(wb.audit(wb.simulate(20, months=24)).found.verdict) > 0
    True
    """
    return DataAudit(examine(book), book.quarantine)
