"""A book that was loaded and checked once, kept as files: whoever opens it has the same rows."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from workbench.core.book_place import DIGEST_FILE
from workbench.data.book import Book
from workbench.data.contracts.currency import Rates
from workbench.data.source.open import open_engine
from workbench.data.source.shape.spend import SpendRecord

_FACTS = "book.json"


def write_book(folder: Path, book: Book, digest: str) -> None:
    """Write a book into a folder.

    Parameters
    ----------
    folder : Path
        Empty; see `workbench.core.files.write_folder`.
    book : Book
        Its tables are read once, from wherever they are.
    digest : str
        Of the files that it was read from, as they were before.
    """
    for name, table in book.tables.items():
        table.to_parquet(_table(folder, name))
    book.quarantine.to_parquet(folder / "quarantine.parquet")
    book.rows.to_parquet(folder / "rows.parquet")
    facts = {
        "tables": list(book.tables),
        "fingerprint": book.fingerprint,
        "source": book.source,
        "mapping": book.mapping,
        "snapshot_on": _text(book.snapshot_on),
        "ignored": book.ignored,
        "read_on": _text(book.read_on),
        "rates": {"to": book.rates.to, "per_unit": dict(book.rates.per_unit)}
        if book.rates
        else None,
        "grave_losses": book.grave_losses,
        "spend": asdict(book.spend) if book.spend else None,
    }
    (folder / _FACTS).write_text(json.dumps(facts, default=_text), encoding="utf-8")
    (folder / DIGEST_FILE).write_text(digest, encoding="utf-8")


def read_book(folder: Path) -> Book:
    """Return a book that `write_book` has written.

    Parameters
    ----------
    folder : Path
        Must stay for as long as the book is used: its tables are read where they are.

    Returns
    -------
    Book
        With an engine of its own, in memory, wherever the first one's tables were.
    """
    facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
    engine = open_engine()
    spend = facts["spend"]
    dates = ("first_on", "as_of", "last_on")
    return Book(
        {name: engine.read_parquet(_table(folder, name)) for name in facts["tables"]},
        pd.read_parquet(folder / "quarantine.parquet"),
        facts["fingerprint"],
        pd.read_parquet(folder / "rows.parquet"),
        facts["source"],
        facts["mapping"],
        _day(facts["snapshot_on"]),
        tuple(facts["ignored"]),
        _day(facts["read_on"]),
        Rates(**facts["rates"]) if facts["rates"] else None,
        tuple(facts["grave_losses"]),
        SpendRecord(**spend | {name: _day(spend[name]) for name in dates}) if spend else None,
    )


def _table(folder: Path, name: str) -> Path:
    return folder / f"table-{name}.parquet"


def _text(day: pd.Timestamp | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> pd.Timestamp | None:
    return None if text is None else pd.Timestamp(text)
