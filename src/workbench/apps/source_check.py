"""A report's source is read before a kernel starts: what cannot be loaded is said in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.core.fingerprint import files_within
from workbench.core.project import resolve_source
from workbench.core.settings import SIMULATED, Report, SourceSettings
from workbench.data.book import require_structure
from workbench.data.open_book import open_book
from workbench.data.retention import load_retention

MOST_BYTES = 30_000_000
"""Of a source's files, up to which every cell is read twice rather than a kernel be waited for."""


@dataclass(frozen=True)
class _Needs:
    contracts: bool = True
    retention: bool = False


_NEEDS = {"data_audit": _Needs(contracts=False), "cohorts": _Needs(retention=True)}


def check_source(report: Report, settings: SourceSettings) -> None:
    """Refuse a source of which the report could not be made, as its notebook would.

    Files of ordinary size are loaded whole, so that cells in a wrong form are found as well; of
    larger ones and of a database, tables and columns are looked at.

    Parameters
    ----------
    report : Report
    settings : SourceSettings

    Raises
    ------
    DataError
        All that is wrong with it.
    ParameterError
        When the mapping or the environment variable of the source is not there.
    """
    if settings.source == SIMULATED:
        return
    source = resolve_source(settings.source, Path.cwd())
    needs = _NEEDS.get(report.name, _Needs())
    if needs.retention:
        load_retention(source, getattr(settings, "cohort_size", 1000))
    elif _bytes(source) <= MOST_BYTES:
        given = settings.model_copy(update={"source": source})
        open_book(given, needs_contracts=needs.contracts)
    else:
        require_structure(source, settings.mapping, needs.contracts)


def _bytes(source: str) -> float:
    path = Path(source)
    if not path.exists():
        # A database tells no size; a path that is not there is refused by either way.
        return float("inf")
    return sum(file.stat().st_size for file in files_within(path))
