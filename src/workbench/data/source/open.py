"""Open any source as named Ibis tables: a folder, a file, a DuckDB file, a PostgreSQL URL.

Nothing is ever written to a source. Checked tables live in memory beside a file source, and as
temporary tables of the session in PostgreSQL.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import duckdb
import ibis
import pandas as pd
import psycopg

from workbench.core.errors import DataError, Problem
from workbench.data.source.csv_file import read_csv

ROW = "row_"
"""Name of the source's 1-based row number, carried until the checks are done."""

SUFFIXES = (".csv", ".parquet")
DATABASE_SUFFIXES = (".duckdb", ".ddb", ".db")


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
    """

    con: ibis.BaseBackend
    tables: dict[str, ibis.Table]
    name: str
    rejects: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["table", "row", "column", "reason", "value"])
    )


def is_url(source: str | Path) -> bool:
    """Tell whether a source is a PostgreSQL URL."""
    return str(source).startswith(("postgresql://", "postgres://"))


def describe_source(source: str | Path) -> str:
    """Return the source as it may be shown and stored: a password becomes ``***``.

    >>> describe_source("postgresql://ann:secret@db.example/crm?sslmode=require")
    'postgresql://ann:***@db.example/crm?sslmode=require'
    """
    if "://" not in str(source):
        return str(source)
    parts = urlsplit(str(source))
    login, at, host = parts.netloc.rpartition("@")
    user, colon, _ = login.partition(":")
    query = [(k, "***" if "password" in k else v) for k, v in parse_qsl(parts.query)]
    netloc = f"{user}{':***' if colon else ''}{at}{host}"
    return urlunsplit(parts._replace(netloc=netloc, query=urlencode(query, safe="*/")))


def open_source(source: str | Path) -> Source:
    """Open a source.

    Parameters
    ----------
    source : str or Path
        A folder of CSV or Parquet files, one such file, a DuckDB file, or a ``postgresql://``
        URL. A password is better left out of the URL: libpq's ``PGPASSWORD``, password file and
        service file are honoured.

    Returns
    -------
    Source

    Raises
    ------
    DataError
        When it is missing, unreadable, empty or not what its name says. Messages never contain a
        password.
    """
    if is_url(source):
        return _open_postgres(str(source))
    if "://" in str(source):
        expected = "a folder, a file or a postgresql:// URL"
        raise _refused("not a source", describe_source(source), expected)
    path = Path(source)
    where = str(path)
    if not path.exists():
        beside = sorted(p.name for p in path.parent.glob("*"))[:8] if path.parent.is_dir() else []
        found = f"beside it: {', '.join(beside)}" if beside else "nothing there"
        raise _refused("no such file or folder", where, "an existing source", found)
    if path.is_file() and path.suffix.lower() in DATABASE_SUFFIXES:
        return _open_duckdb(path)
    return _open_files(path)


def open_frames(frames: Mapping[str, pd.DataFrame]) -> Source:
    """Open tables that are already in memory as a source."""
    con = _memory()
    tables = {
        name: con.create_table(f"raw_{name}", _numbered(frame), temp=True)
        for name, frame in frames.items()
    }
    return Source(con, tables, "frames in memory")


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{ROW: range(1, len(frame) + 1)})


def _refused(what: str, where: str, expected: str = "", found: str = "", hint: str = ""):
    return DataError("The source could not be read.", [Problem(what, where, expected, found, hint)])


def _memory() -> ibis.BaseBackend:
    con = ibis.duckdb.connect()
    # The default spill folder would be created in the working directory.
    con.raw_sql(f"SET temp_directory='{tempfile.gettempdir()}/workbench-{os.getpid()}'")
    con.raw_sql("SET TimeZone='UTC'")
    # In a notebook a slow query would draw a bar, and reports keep what is drawn.
    con.raw_sql("SET enable_progress_bar=false")
    return con


def _open_files(path: Path) -> Source:
    files = _table_files(path)
    con = _memory()
    tables: dict[str, ibis.Table] = {}
    rejects: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for file in files:
        try:
            if file.suffix.lower() == ".csv":
                tables[file.stem], rejected = read_csv(con, file, ROW)
                rejects.append(rejected)
            else:
                tables[file.stem] = _read_parquet(con, file)
        except DataError as error:
            problems.extend(error.problems)
    if problems:
        raise DataError("The source could not be read.", problems)
    opened = Source(con, tables, str(path))
    return Source(con, tables, str(path), pd.concat(rejects)) if rejects else opened


def _table_files(path: Path) -> list[Path]:
    if path.is_file():
        if path.suffix.lower() not in SUFFIXES:
            raise _refused(
                "not a kind of file that can be read",
                str(path),
                f"one of {', '.join(SUFFIXES + DATABASE_SUFFIXES)}",
                repr(path.suffix),
            )
        return [path]
    try:
        files = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
    except PermissionError:
        raise _refused("no permission to read", str(path)) from None
    if path.suffix.lower() in SUFFIXES + DATABASE_SUFFIXES:
        raise _refused("a directory where a file is expected", str(path), "a file", "a directory")
    if not files:
        raise _refused("holds no tables", str(path), "CSV or Parquet files", "none")
    twice = {p.stem for p in files if sum(q.stem == p.stem for q in files) > 1}
    problems = [Problem("two files for one table", str(path / name)) for name in sorted(twice)]
    problems += [
        Problem("a directory where a file is expected", str(p), "a file", "a directory")
        for p in files
        if p.is_dir()
    ]
    if problems:
        raise DataError("The source could not be read.", problems)
    return files


def _read_parquet(con: ibis.BaseBackend, file: Path) -> ibis.Table:
    if file.stat().st_size == 0:
        raise _refused("is empty (0 bytes)", str(file), "a Parquet file")
    if not os.access(file, os.R_OK):
        raise _refused("no permission to read", str(file))
    try:
        table = con.read_parquet(str(file))
    except duckdb.Error as error:
        raise _refused("not a readable Parquet file", str(file), found=_first(error)) from None
    return table.mutate(**{ROW: ibis.row_number() + 1})


def _open_duckdb(path: Path) -> Source:
    con = _memory()
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
    name = describe_source(url)
    try:
        session = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        found = _without_password(_first(error), url)
        raise _refused("no connection to the database", name, found=found) from None
    con = ibis.postgres.from_connection(session)
    # A book lives as long as its tables; with the last of them the session ends.
    weakref.finalize(con, session.close)
    tables = {table: con.table(table) for table in con.list_tables()}
    return Source(con, _with_rows(tables), name)


def _with_rows(tables: dict[str, ibis.Table]) -> dict[str, ibis.Table]:
    return {name: t.mutate(**{ROW: ibis.row_number() + 1}) for name, t in tables.items()}


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def _without_password(text: str, url: str) -> str:
    password = urlsplit(url).password
    for secret in filter(None, {password, quote(password or "", safe="")}):
        text = text.replace(secret, "***")
    return text
