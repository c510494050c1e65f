"""The book that a report asks for: a source of its own, or the embedded simulated one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from workbench.core.book_place import book_place, source_digest
from workbench.core.files import locked, write_folder
from workbench.core.settings import SIMULATED, SourceSettings
from workbench.data.book import Book
from workbench.data.kept_book import read_book, write_book
from workbench.data.load import book_from_frames, load_book
from workbench.data.simulate import simulate
from workbench.data.simulator.true_process import named_process


def open_book(
    settings: SourceSettings,
    today: date | None = None,
    needs_contracts: bool = True,
    kept: Path | None = None,
) -> Book:
    """Load the source named in the settings; in a round of reports, once for all of them.

    Parameters
    ----------
    settings : SourceSettings
    today : date, optional
        The day on which the source is read; by default the clock's. No record is later.
    needs_contracts : bool
        Whether to refuse a source without contracts.
    kept : Path, optional
        Folder of the books that a round shares: who comes first loads the book and keeps it there,
        the others read what is kept. By default what the environment names, or none.

    Returns
    -------
    Book
        Read from the source, or simulated.

    Raises
    ------
    DataError
        As `workbench.data.load.load_book`.
    """
    place = book_place(settings, kept)
    if place is None:
        return _load(settings, today, needs_contracts)
    place.parent.mkdir(parents=True, exist_ok=True)
    with locked(place.with_suffix(".lock")):
        if not place.exists():
            digest = source_digest(settings)
            book = _load(settings, today, needs_contracts)
            write_folder(place, lambda folder: write_book(folder, book, digest))
    book = read_book(place)
    if needs_contracts and not book.has_contracts:
        return _load(settings, today, needs_contracts)  # which says what it lacks
    return book


def _load(settings: SourceSettings, today: date | None, needs_contracts: bool) -> Book:
    if settings.source != SIMULATED:
        today = today or date.today()
        stated = settings.source, settings.mapping, settings.max_lost_share
        return load_book(*stated, today, needs_contracts)
    forecasts = getattr(settings, "simulated_forecasts", False)
    process = replace(named_process("showcase"), forecasts=forecasts)
    simulation = simulate(
        settings.simulated_accounts, settings.simulated_months, settings.data_seed, process=process
    )
    return book_from_frames(simulation.tables, max_lost_share=settings.max_lost_share)
