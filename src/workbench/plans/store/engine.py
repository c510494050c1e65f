"""The database behind the store: opened by path or address, its faults told in words."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from workbench.core.errors import ParameterError, Problem, WorkbenchError
from workbench.core.masking import POSTGRES, is_like_address, shown_source, without_secrets

PATIENCE = 5.0
_LOCK_SECONDS = 0.5  # SQLite waits so long by itself, then patience decides
_ANSWER_SECONDS = 10  # a server that does not answer by then is away
_READ_ONLY = "-c default_transaction_read_only=on"
_AWAY_STATES = ("08", "53", "57P", "55000", "55P03", "40")  # SQLSTATE: lost, full, shut, busy


class StoreError(WorkbenchError):
    """The plan store could not do what was asked."""


class StoreAway(StoreError):
    """The plan store cannot be reached, or is busy; later the same may succeed."""


def engine_of(place: str) -> sa.Engine:
    """Return an engine; nothing is opened yet.

    Parameters
    ----------
    place : str
        Path of an SQLite file, ``sqlite:///PATH``, or ``postgresql://USER:PASSWORD@HOST/DATABASE``.

    Raises
    ------
    ParameterError
        When it is neither.
    """
    scheme = place.partition("://")[0].partition("+")[0]
    if scheme in POSTGRES and "://" in place:
        url = sa.make_url(place).set(drivername="postgresql+psycopg")
        options = {"connect_timeout": _ANSWER_SECONDS}
        return sa.create_engine(url, pool_pre_ping=True, connect_args=options)
    if is_like_address(place) and scheme != "sqlite":
        problem = Problem("no database that the plan store knows", shown_source(place),
                          "a path, sqlite:///PATH or postgresql://...")  # fmt: skip
        raise ParameterError("The plan store cannot be opened.", [problem])
    path = Path(place.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    url = sa.URL.create("sqlite+pysqlite", database=str(path))
    made = sa.create_engine(url, connect_args={"timeout": _LOCK_SECONDS})
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def reading_engine(engine: sa.Engine) -> sa.Engine:
    """Return another engine of the same database, whose connections refuse to write.

    Parameters
    ----------
    engine : Engine
    """
    if engine.dialect.name == "postgresql":
        options = {"connect_timeout": _ANSWER_SECONDS, "options": _READ_ONLY}
        return sa.create_engine(engine.url, pool_pre_ping=True, connect_args=options)
    made = sa.create_engine(engine.url, connect_args={"timeout": _LOCK_SECONDS})
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "connect", lambda opened, _: opened.execute("PRAGMA query_only=ON"))
    event.listen(made, "begin", _begin_sqlite)
    return made


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver's guess
    connection.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: sa.Connection) -> None:
    # Two that read first and write then would wait for one another.
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def run_patiently[Result](
    engine: sa.Engine,
    work: Callable[[sa.Connection], Result],
    patience: float = PATIENCE,
    *,
    writes: bool = True,
) -> Result:
    """Do something in one transaction, again while the database is away.

    Parameters
    ----------
    engine : Engine
    work : callable
        Takes the connection; may be called several times, so it says of what it writes by a key of
        its own whether that is written already.
    patience : float
        Seconds to go on trying.
    writes : bool
        False where nothing is written.

    Returns
    -------
    Result
        What the work returns.

    Raises
    ------
    StoreAway
        When the database cannot be reached for so long.
    StoreError
        When it refuses.
    """
    until, pause = time.monotonic() + patience, 0.05
    while True:
        try:
            opened = engine.connect().execution_options(writes=writes)
            with opened as connection, connection.begin():
                return work(connection)
        except (DBAPIError, PoolTimeout) as error:
            if isinstance(error, IntegrityError):
                raise
            if not _is_away(error):
                raise _store_error(engine, error) from None
            if time.monotonic() >= until:
                raise _away(engine, error) from None
        except SQLAlchemyError as error:
            raise _store_error(engine, error) from None
        time.sleep(pause)
        pause = min(2 * pause, 1.0)


def _is_away(error: SQLAlchemyError) -> bool:
    if isinstance(error, PoolTimeout):
        return True
    assert isinstance(error, DBAPIError)
    cause = error.orig
    state = getattr(cause, "sqlstate", None)
    if error.connection_invalidated or (state or "").startswith(_AWAY_STATES):
        return True
    # Without a state: a server that did not answer, or an SQLite file that is locked or not there.
    busy = ("locked", "busy", "unable to open", "disk i/o")
    text = str(cause).lower()
    return isinstance(error, OperationalError) and (
        any(word in text for word in busy) if _is_sqlite(error) else state is None
    )


def _is_sqlite(error: DBAPIError) -> bool:
    return type(error.orig).__module__ == "sqlite3"


def _place_text(engine: sa.Engine) -> str:
    return shown_source(str(engine.url.render_as_string(hide_password=True)))


def _cause_text(engine: sa.Engine, error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    text = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    return without_secrets(text, engine.url.render_as_string(hide_password=False))


def _away(engine: sa.Engine, error: SQLAlchemyError) -> StoreAway:
    hint = (
        "Nothing is lost: what is saved stays, and what you have open can be saved once it is back."
    )
    problem = Problem("cannot be reached, or is busy", _place_text(engine),
                      found=_cause_text(engine, error), hint=hint)  # fmt: skip
    return StoreAway("The plan store is away.", [problem])


def _store_error(engine: sa.Engine, error: SQLAlchemyError) -> StoreError:
    problem = Problem("refused", _place_text(engine), found=_cause_text(engine, error))
    return StoreError("The plan store could not do that.", [problem])
