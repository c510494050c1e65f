"""The book: all tables of a source, canonical and checked, ready for features."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import ibis
import pandas as pd

from workbench.data.contracts.currency import Rates
from workbench.data.frames import normalised, sort_frame
from workbench.data.reach import Reach, reach
from workbench.data.source.shape.spend import SpendRecord


@dataclass(frozen=True)
class Book:
    """Checked canonical tables.

    Parameters
    ----------
    tables : dict of str to ibis.Table
        Only the tables that the source has. Each has every canonical column, missing where the
        source has none; accounts may have more, under the prefix ``attr_``.
    quarantine : DataFrame
        What was not taken: table, row (1-based data row of the source), column, reason, value.
        A reason that ends in "cell set to missing" cost a cell, any other its row.
    fingerprint : str
        sha256 of the content. The same content has the same fingerprint whatever the source's
        form and the order of its rows.
    rows : DataFrame
        Per table: rows_in, rows_kept, rows_lost.
    source : str
        The source as it may be shown, without a password.
    mapping : str
        Name of the mapping, or empty.
    snapshot_on : Timestamp, optional
        The day of a snapshot, where the mapping states one.
    ignored : tuple of str
        Tables (``name``) and columns (``table.column``) of the source that nothing reads.
    read_on : Timestamp, optional
        The day on which the source was read: nothing later can be on record.
    rates : Rates, optional
        The rates at which money was converted to one currency, where any were stated.
    grave_losses : tuple of str
        Sentences on lost cells without which a row is taken for something else.
    spend : SpendRecord, optional
        How contracts were made, where they come from spend.
    """

    tables: dict[str, ibis.Table]
    quarantine: pd.DataFrame
    fingerprint: str
    rows: pd.DataFrame
    source: str = ""
    mapping: str = ""
    snapshot_on: pd.Timestamp | None = None
    ignored: tuple[str, ...] = field(default_factory=tuple)
    read_on: pd.Timestamp | None = None
    rates: Rates | None = None
    grave_losses: tuple[str, ...] = field(default_factory=tuple)
    spend: SpendRecord | None = None

    @property
    def has_contracts(self) -> bool:
        """Whether the source has contracts, be they made out of spend."""
        return bool((self.rows["table"] == "contracts").any())

    @property
    def stated_as_of(self) -> pd.Timestamp | None:
        """The as-of day that the source itself has: of a snapshot, or of spend."""
        return self.snapshot_on or (self.spend.as_of if self.spend else None)

    @cached_property
    def reach(self) -> Reach:
        """How far the data reach; found once, though a report asks for it in several places."""
        return reach(self)

    def table(self, name: str) -> ibis.Table:
        """Return a table as an Ibis expression.

        Parameters
        ----------
        name : str
            Of a canonical table.

        Raises
        ------
        KeyError
            When the source has no such table; ask ``name in book.tables`` first.
        """
        return self.tables[name]

    def frame(self, name: str) -> pd.DataFrame:
        """Return a table as a DataFrame with normalised types, sorted by key.

        Parameters
        ----------
        name : str
            Of a canonical table that the book has.
        """
        return sort_frame(name, normalised(name, self.tables[name].to_pandas()))
