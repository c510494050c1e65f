"""A report's source is read before a kernel starts: what cannot be loaded is said in seconds."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.core.book_place import BOOKS_VARIABLE
from workbench.core.fingerprint import files_within
from workbench.core.project import resolve_source
from workbench.core.settings import Report, SourceSettings
from workbench.data.aggregates.table import load_aggregates
from workbench.data.load import require_structure
from workbench.data.open_book import open_book
from workbench.data.retention.cohort_table import load_retention

MOST_BYTES = 30_000_000
WITHOUT_CONTRACTS = ("data_audit",)

# Reports whose source is one table of another kind.
_SINGLE_TABLES: dict[str, Callable[[str, Any], object]] = {
    "cohorts": lambda source, settings: load_retention(source, settings.cohort_size),
    "aggregates": lambda source, settings: load_aggregates(source, settings.years_before),
}


def check_source(report: Report, settings: SourceSettings, most_bytes: int = MOST_BYTES) -> None:
    """Refuse a source of which the report could not be made, as its notebook would.

    Files of ordinary size, and what a round of reports loads once, are loaded whole, so that cells
    in a wrong form are found as well; of larger ones and of a database, tables and columns are
    looked at.

    Parameters
    ----------
    report : Report
    settings : SourceSettings
        Of a source of one's own; the simulated book has no faults.
    most_bytes : int
        Of a source's files, up to which every cell is read twice rather than a kernel be waited
        for.

    Raises
    ------
    DataError
        All that is wrong with it.
    ParameterError
        When the mapping or the environment variable of the source is not there.
    """
    source = resolve_source(settings.source, Path.cwd())
    contracts = report.name not in WITHOUT_CONTRACTS
    if report.name in _SINGLE_TABLES:
        _SINGLE_TABLES[report.name](source, settings)
    elif BOOKS_VARIABLE in os.environ or _bytes(source) <= most_bytes:
        given = settings.model_copy(update={"source": source})
        open_book(given, needs_contracts=contracts)
    else:
        require_structure(source, settings.mapping, contracts)


def _bytes(source: str) -> float:
    path = Path(source)
    if not path.exists():
        # A database tells no size; a path that is not there is refused by either way.
        return float("inf")
    return sum(file.stat().st_size for file in files_within(path))
