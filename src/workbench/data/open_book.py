"""The book that a report asks for: a source of its own, or the embedded simulated one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from workbench.core.settings import SIMULATED, SourceSettings
from workbench.data.book import Book
from workbench.data.load import book_from_frames, load_book
from workbench.data.simulate import simulate
from workbench.data.simulator.true_process import named_process


def open_book(
    settings: SourceSettings, today: date | None = None, needs_contracts: bool = True
) -> Book:
    """Load the source named in the settings.

    Parameters
    ----------
    settings : SourceSettings
    today : date, optional
        The day on which the source is read; by default the clock's. No record is later.
    needs_contracts : bool
        Whether to refuse a source without contracts.

    Returns
    -------
    Book
        Read from the source, or simulated.

    Raises
    ------
    DataError
        As `workbench.data.load.load_book`.
    """
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
