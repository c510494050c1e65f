"""Open any source as named Ibis tables: a folder, a file, a DuckDB file, a PostgreSQL URL.

Nothing is ever written to a source. Checked tables live in memory beside a file source, and as
temporary tables of the session in PostgreSQL.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import psycopg

from workbench.core.errors import DataError, MachineError, Problem
from workbench.core.masking import (
    POSTGRES,
    is_address,
    is_like_address,
    shown_source,
    without_secrets,
)
from workbench.data.source.files.table_files import read_files
from workbench.data.source.mapping.spec import Mapping as Stated
from workbench.data.source.names import ROW

DATABASE_SUFFIXES = (".duckdb", ".ddb", ".db")


_HINT = (
    "Write postgresql://USER@HOST:PORT/DATABASE, and in it @ : / ? # as %40 %3A %2F %3F %23; "
    "better, leave the password to PGPASSWORD or the password file."
)


@dataclass(frozen=True)
class Source:
    """An open source.

    Parameters
    ----------
    con : ibis backend
        Where the tables are, and where the checked tables go.
    tables : dict of str to ibis.Table
        The source's own tables with a row number column ``row_`` (1-based).
    name : str
        The source as it may be shown: without a password.
    rejects : DataFrame
        Lines of text files that are not table rows: table, row, column, reason, value.
    aliases : dict of str to str
        Further names under which a table may be asked for.
    sheets : frozenset of str
        Tables from a spreadsheet, whose columns may hold numbers and dates among texts.
    """

    con: ibis.BaseBackend
    tables: dict[str, ibis.Table]
    name: str
    rejects: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["table", "row", "column", "reason", "value"])
    )
    aliases: dict[str, str] = field(default_factory=dict)
    sheets: frozenset[str] = frozenset()

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """Read a database as it is at one moment, whatever is written to it meanwhile.

        Accounts read before and contracts read after somebody's commit would not belong together.
        What was made in the session stays; the transaction ends with the block, so that a long
        report holds nothing up on the server.
        """
        session = getattr(self.con, "con", None)
        if isinstance(session, psycopg.Connection):
            with session.transaction():
                yield
        else:  # files are opened for reading, and DuckDB lets nobody write meanwhile
            yield


def is_url(source: str | Path) -> bool:
    """Tell whether a source is a PostgreSQL URL.

    Parameters
    ----------
    source : str or Path
        As given by the user.
    """
    return str(source).startswith(tuple(f"{scheme}://" for scheme in POSTGRES))


def open_source(source: str | Path, stated: Stated | None = None) -> Source:
    """Open a source.

    Parameters
    ----------
    source : str or Path
        A folder of CSV, Excel or Parquet files, one such file, a .zip of them, a folder of
        Parquet parts, a DuckDB file, or a ``postgresql://`` URL. A password is better left out
        of the URL: libpq's ``PGPASSWORD``, password file and service file are honoured.
    stated : Mapping, optional
        What it says of files: encoding, delimiter, header line.

    Returns
    -------
    Source

    Raises
    ------
    DataError
        When it is missing, unreadable, empty or not what its name says. Messages never contain a
        password.
    """
    if is_url(source) and is_address(source):
        return _open_postgres(str(source))
    if is_like_address(source):
        expected = "a folder, a file or a postgresql:// URL"
        hint = "" if is_address(source) else _HINT
        raise _refused("not a source", shown_source(source), expected, hint=hint)
    path = Path(source)
    where = str(path)
    if not path.exists():
        beside = sorted(p.name for p in path.parent.glob("*"))[:8] if path.parent.is_dir() else []
        found = f"beside it: {', '.join(beside)}" if beside else "nothing there"
        raise _refused("no such file or folder", where, "an existing source", found)
    if path.is_file() and path.suffix.lower() in DATABASE_SUFFIXES:
        return _open_duckdb(path)
    return _open_files(path, stated or Stated())


def open_frames(frames: Mapping[str, pd.DataFrame]) -> Source:
    """Open tables that are already in memory as a source.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        By the name that a mapping may use.

    Returns
    -------
    Source
        With an engine of its own, in memory.
    """
    con = open_engine()
    tables = {
        name: con.create_table(f"raw_{name}", _numbered(frame), temp=True)
        for name, frame in frames.items()
    }
    return Source(con, tables, "frames in memory")


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{ROW: range(1, len(frame) + 1)})


def _refused(what: str, where: str, expected: str = "", found: str = "", hint: str = ""):
    return DataError("The source could not be read.", [Problem(what, where, expected, found, hint)])


def open_engine() -> ibis.BaseBackend:
    """Return an engine of its own, in memory, in UTC; what it spills goes to the temporary folder.

    Returns
    -------
    ibis backend
        DuckDB.
    """
    con = ibis.duckdb.connect()
    # The default spill folder would be created in the working directory.
    con.raw_sql(f"SET temp_directory='{tempfile.gettempdir()}/workbench-{os.getpid()}'")
    con.raw_sql("SET TimeZone='UTC'")
    # In a notebook a slow query would draw a bar, and reports keep what is drawn.
    con.raw_sql("SET enable_progress_bar=false")
    return con


def _open_files(path: Path, stated: Stated) -> Source:
    con = open_engine()
    found = read_files(con, path, stated)
    opened = Source(
        con, found.tables, str(path), aliases=found.aliases, sheets=frozenset(found.sheets)
    )
    return replace(opened, rejects=pd.concat(found.rejects)) if found.rejects else opened


def _open_duckdb(path: Path) -> Source:
    con = open_engine()
    try:
        con.attach(str(path), name="source_file", read_only=True)
    except duckdb.Error as error:
        what = "not a readable DuckDB file" if os.access(path, os.R_OK) else "no permission to read"
        raise _refused(what, str(path), found=_first(error)) from None
    names = con.raw_sql(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_catalog = 'source_file' AND table_schema = 'main'"
    ).fetchall()
    tables = {name: con.table(name, database=("source_file", "main")) for (name,) in names}
    return Source(con, _with_rows(tables), str(path))


def _open_postgres(url: str) -> Source:
    name = shown_source(url)
    try:
        session = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        found = without_secrets(_first(error), url)
        refused = _refused("no connection to the database", name, found=found)
        if _may_pass(found):
            raise MachineError(refused.headline, refused.problems) from None
        raise refused from None
    # For `Source.one_state`: outside of it, each statement is a transaction of its own.
    session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    con = ibis.postgres.from_connection(session)
    # A book lives as long as its tables; with the last of them the session ends.
    weakref.finalize(con, session.close)
    tables = {table: con.table(table) for table in con.list_tables()}
    return Source(con, _with_rows(tables), name)


def _may_pass(message: str) -> bool:
    # A server that answers and refuses says FATAL; one that does not answer may do so later.
    passing = ("starting up", "shutting down", "recovery mode", "too many", "remaining connection")
    return "FATAL:" not in message or any(each in message for each in passing)


def _with_rows(tables: dict[str, ibis.Table]) -> dict[str, ibis.Table]:
    return {name: t.mutate(**{ROW: ibis.row_number() + 1}) for name, t in tables.items()}


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
