"""Where a round of reports keeps the book that all of them read, and what it was read from."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from workbench.core.fingerprint import files_digest, files_within
from workbench.core.masking import shown_source
from workbench.core.settings import SIMULATED, SourceSettings

BOOKS_VARIABLE = "WORKBENCH_ROUND_BOOKS"
"""Environment variable: the folder of a round's books; nothing outside of a round."""
DIGEST_FILE = "source.txt"


def book_place(settings: SourceSettings, books: Path | None = None) -> Path | None:
    """Return where a round keeps a book, whether or not it is there already.

    Parameters
    ----------
    settings : SourceSettings
        With its paths resolved.
    books : Path, optional
        Folder of the round's books; by default what the environment names.

    Returns
    -------
    Path or None
        None outside of a round.
    """
    named = books or os.environ.get(BOOKS_VARIABLE)
    if not named:
        return None
    simulated = [
        settings.simulated_accounts, settings.simulated_months, settings.data_seed,
        getattr(settings, "simulated_forecasts", False),
    ]  # fmt: skip
    made_of = [
        shown_source(settings.source), settings.mapping, settings.max_lost_share,
        simulated if settings.source == SIMULATED else [],
    ]  # fmt: skip
    return Path(named) / hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]


def source_digest(settings: SourceSettings) -> str:
    """Return a digest of the files that a book is read from, as they were when it was.

    Parameters
    ----------
    settings : SourceSettings
        With its paths resolved; a database has no files.

    Returns
    -------
    str
        Over source and mapping; in a round, as they were before its book was loaded.
    """
    place = book_place(settings)
    if place is not None and (place / DIGEST_FILE).exists():
        return (place / DIGEST_FILE).read_text(encoding="utf-8")
    named = [settings.source if settings.source != SIMULATED else None, settings.mapping]
    there = [Path(name) for name in named if name and Path(name).exists()]
    return files_digest([file for path in there for file in files_within(path)])
