"""The books of a round: loaded by whoever comes first, read by all its reports, gone with it."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = "books"
LOCK = "books.lock"
"""Held by whoever opens or removes the books of a round."""
LONGEST = timedelta(days=7)
"""After which nobody goes on with a round that was killed."""


def books_of(operations: Path, content: Any) -> Path:
    """Return the folder of a round's books; the same after the round was killed and begun again.

    Parameters
    ----------
    operations : Path
        Where the journal is.
    content : any
        What JSON can hold, and what makes this round another one than the next.
    """
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode())
    return operations / FOLDER / digest.hexdigest()[:16]


def abandoned_books(operations: Path, now: datetime) -> list[Path]:
    """Return the books of rounds that were killed and that nobody has gone on with for a week.

    Parameters
    ----------
    operations : Path
        Where the journal is.
    now : datetime
        With a time zone.
    """
    limit = (now - LONGEST).timestamp()
    return [each for each in (operations / FOLDER).glob("*") if each.stat().st_mtime < limit]


def remove_books(books: Path) -> None:
    """Remove the books of a round; none of its reports may be under way.

    Parameters
    ----------
    books : Path
        As `books_of` returns it; it need not be there.
    """
    shutil.rmtree(books, ignore_errors=True)
