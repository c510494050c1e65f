"""Open the store, and bring its tables up to date."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from workbench.core.errors import Problem
from workbench.plans.store.engine import (
    PATIENCE,
    StoreError,
    engine_of,
    reading_engine,
    run_patiently,
)
from workbench.plans.store.store import Store

NEWEST = "head"
_ONE_AT_A_TIME = 4_771_018  # of PostgreSQL's advisory locks, this one is ours


def open_store(place: str, patience: float = PATIENCE) -> Store:
    """Open a store; tables that are missing or of an older workbench are made and moved on.

    Parameters
    ----------
    place : str
        Path of an SQLite file, or the address of a PostgreSQL database.
    patience : float
        Seconds for which a database that is away is waited for.

    Returns
    -------
    Store

    Raises
    ------
    ParameterError
        When the place is none that the store knows.
    StoreAway
        When the database cannot be reached.
    StoreError
        When its tables are of a newer workbench.
    """
    engine = engine_of(place)
    try:
        migrate(engine, NEWEST, patience)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, patience)


def for_reading(store: Store) -> Store:
    """Return the same store as somebody sees it who may only read: the database refuses the rest.

    Parameters
    ----------
    store : Store
    """
    return replace(store, engine=reading_engine(store.engine))


def migrate(engine: sa.Engine, revision: str = NEWEST, patience: float = PATIENCE) -> None:
    """Move the tables to a revision, up or down; what they hold goes along.

    Parameters
    ----------
    engine : Engine
    revision : str
        Such as ``s0001``; ``head`` for the newest, ``base`` for none.
    patience : float
        Seconds for which a database that is away is waited for.

    Raises
    ------
    StoreError
        When the tables are of a newer workbench.
    """
    config = _config()
    script = ScriptDirectory.from_config(config)
    known = [step.revision for step in script.walk_revisions()]
    target = script.get_current_head() if revision == NEWEST else revision

    def move(connection: sa.Connection) -> None:
        if connection.dialect.name == "postgresql":  # SQLite's writers stand in line already
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
        now = MigrationContext.configure(connection).get_current_revision()
        if now is not None and now not in known:
            hint = "Update the workbench."
            problem = Problem("tables of a newer workbench", "plan store", known[0], now, hint)
            raise StoreError("The plan store cannot be opened.", [problem])
        if now == target:
            return
        config.attributes["connection"] = connection
        ahead = now is None or (target in known and known.index(target) < known.index(now))
        (command.upgrade if ahead else command.downgrade)(config, revision)

    def look(connection: sa.Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    # Whoever only reads need not wait for those who write.
    if run_patiently(engine, look, patience, writes=False) != target:
        run_patiently(engine, move, patience)


def _config() -> Config:
    config: Any = Config()
    config.set_main_option("script_location", str(files("workbench.plans.store") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
