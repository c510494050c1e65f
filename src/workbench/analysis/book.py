"""The book: from a source, from tables in memory, or simulated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd

from workbench.analysis.card import Card, Shown
from workbench.analysis.settings import settings_from
from workbench.core.project import resolve_source
from workbench.core.settings import SourceSettings
from workbench.data import book as checked
from workbench.data import load
from workbench.data.open_book import open_book
from workbench.data.reach import default_as_of

_SIZES = ("simulated_accounts", "simulated_months", "data_seed")


@dataclass(frozen=True, repr=False)
class ShownBook(Shown, checked.Book):
    """Checked tables, as `workbench.data.book.Book`, that show themselves in a notebook.

    >>> import workbench as wb
    >>> book = wb.simulate(20, months=24)
    >>> book.frame("accounts").shape[0]
    20
    >>> sorted(book.tables)[:3]
    ['account_events', 'accounts', 'actions']
    """

    def card(self) -> Card:
        """Return what is shown."""
        lost = int(self.rows["rows_lost"].sum())
        return Card(
            f"Book of {self.source}",
            {
                "as of": f"{default_as_of(self):%Y-%m-%d} (the data reach no further)",
                "accounts": f"{int(self.rows.set_index('table').at['accounts', 'rows_kept']):,}",
                "tables": ", ".join(self.tables),
                "in quarantine": f"{lost:,} rows",
                "fingerprint": self.fingerprint[:12],
            },
            ('book.frame("contracts")', "book.quarantine", "wb.prepare(book)"),
            self.grave_losses,
        )


def load_book(
    source: str | Path,
    mapping: str | Path | None = None,
    *,
    max_lost_share: float = 0.05,
    needs_contracts: bool = True,
) -> ShownBook:
    """Load, check and fingerprint a source, read today.

    Parameters
    ----------
    source : str or Path
        Folder, file, DuckDB file, database address, or ``env:NAME`` for an address in an
        environment variable.
    mapping : str or Path, optional
        Name of a shipped mapping or a YAML file; without one the source uses the canonical names.
    max_lost_share : float, 0 to 1
        The load stops when a table loses more than this share of its rows.
    needs_contracts : bool
        Whether to refuse a source without contracts. Without them, `wb.fit_pipeline` and what is
        told of the data are left.

    Returns
    -------
    Book

    Raises
    ------
    DataError
        All problems of the source together.
    ParameterError
        When there is no such mapping or environment variable.

    Examples
    --------
    >>> import tempfile
    >>> import workbench as wb
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tables = wb.simulate(10, months=12)
    ...     for name in ("accounts", "contracts"):
    ...         tables.frame(name).to_csv(f"{folder}/{name}.csv", index=False)
    ...     book = wb.load_book(folder)
    >>> len(book.frame("accounts"))
    10
    """
    text = str(source)
    where = resolve_source(text, Path.cwd()) if text.startswith("env:") else source
    read = load.load_book(where, mapping, max_lost_share, date.today(), needs_contracts)
    return shown(read)


def book_from_frames(
    frames: Mapping[str, pd.DataFrame],
    mapping: str | Path | None = None,
    *,
    max_lost_share: float = 0.05,
) -> ShownBook:
    """Load tables that are already in memory, under the same checks as any source.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        By canonical name; ``accounts`` and ``contracts`` are required.
    mapping : str or Path, optional
        Name of a shipped mapping or a YAML file; without one the tables use the canonical names.
    max_lost_share : float, 0 to 1
        The load stops when a table loses more than this share of its rows.

    Returns
    -------
    Book

    Raises
    ------
    DataError
        All problems of the tables together.

    Examples
    --------
    >>> import pandas as pd
    >>> import workbench as wb
    >>> accounts = pd.DataFrame({"account_id": ["a", "b"]})
    >>> contracts = pd.DataFrame({"contract_id": ["1", "2"], "account_id": ["a", "b"],
    ...     "product": "Core", "start_on": ["2024-03-01", "2024-05-01"],
    ...     "end_on": ["2025-03-01", "2025-05-01"], "arr": [1200.0, 800.0]})
    >>> wb.book_from_frames({"accounts": accounts, "contracts": contracts}).quarantine.empty
    True
    """
    return shown(load.book_from_frames(frames, mapping, max_lost_share, date.today()))


def simulate(accounts: int = 600, months: int = 48, seed: int | None = None) -> ShownBook:
    """Make a believable company's book, by default the one that the reports use.

    `workbench.data.simulate.simulate` gives the truth that made it as well.

    Parameters
    ----------
    accounts : int
        10 to 1,000,000.
    months : int
        Of history, 12 to 240; it ends with 2025.
    seed : int, optional
        Left out, that of the reports.

    Returns
    -------
    Book

    Raises
    ------
    ParameterError
        When a number is out of its range.

    Examples
    --------
    >>> import workbench as wb
    >>> len(wb.simulate(10, months=12).frame("accounts"))
    10
    """
    stated = {"simulated_accounts": accounts, "simulated_months": months}
    stated |= {} if seed is None else {"data_seed": seed}
    asked = settings_from(SourceSettings, stated)
    return shown(_simulated(*(getattr(asked, name) for name in _SIZES)))


@lru_cache(maxsize=2)  # the same numbers make the same book, and it takes seconds
def _simulated(*numbers: int) -> checked.Book:
    return open_book(settings_from(SourceSettings, dict(zip(_SIZES, numbers, strict=True))))


def shown(book: checked.Book) -> ShownBook:
    """Return a book that shows itself, its tables copied.

    Parameters
    ----------
    book : workbench.data.book.Book
    """
    given = {field.name: getattr(book, field.name) for field in fields(book)}
    own = {"tables": dict(book.tables), "quarantine": book.quarantine.copy()}
    return ShownBook(**(given | own))
