"""SQLite files beside the runs: one for the journal, one for the alerts, one for the outbox."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from workbench.core.files import hold

FOLDER = ".operations"  # in the folder of all runs
_LOCK_SECONDS = 60


def open_database(folder: Path, name: str, tables: sa.MetaData) -> sa.Engine:
    """Return a database with its tables, made where they are not there.

    Parameters
    ----------
    folder : Path
        Holds the file; made if it is not there.
    name : str
        Of the file, without suffix.
    tables : MetaData
        What it holds.

    Returns
    -------
    Engine
        Opens the file for each transaction and waits up to a minute for others'.
    """
    folder.mkdir(parents=True, exist_ok=True)
    address = sa.URL.create("sqlite", database=str(folder / f"{name}.sqlite"))
    engine = sa.create_engine(
        address, connect_args={"timeout": _LOCK_SECONDS}, poolclass=sa.NullPool
    )
    with hold(folder / f"{name}.lock"):  # two that begin at once would both make the tables
        tables.create_all(engine)
    return engine
