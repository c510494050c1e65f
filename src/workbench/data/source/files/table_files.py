"""Which files of a source hold which table, and what reads each kind of them."""

from __future__ import annotations

import os
import tempfile
import weakref
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import ibis
import pandas as pd

from workbench.core.errors import DataError, Problem
from workbench.data.source.cells.cast import AT_ONCE
from workbench.data.source.files.csv_file import read_csv
from workbench.data.source.files.text_file import LARGEST_UNPACKED, refused, too_large
from workbench.data.source.files.workbook_file import read_workbook
from workbench.data.source.mapping.spec import Mapping
from workbench.data.source.names import ROW

_TEXT = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
_WORKBOOK = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
SUFFIXES = (*_TEXT, ".parquet", *_WORKBOOK, ".zip")


@dataclass(frozen=True)
class TableFile:
    """A file, or a folder of Parquet files, that holds a table or several.

    Parameters
    ----------
    path : Path
    shown : str
        The file as messages name it.
    """

    path: Path
    shown: str

    @property
    def suffix(self) -> str:
        """The ending that tells the kind, or nothing."""
        name = self.path.name.lower()
        return max((s for s in SUFFIXES if name.endswith(s)), key=len, default="")

    @property
    def table(self) -> str:
        """The file's name without that ending."""
        return self.path.name[: len(self.path.name) - len(self.suffix)]


@dataclass
class FoundTables:
    """Tables by name, as they are found.

    Parameters
    ----------
    tables : dict of str to ibis.Table
    aliases : dict of str to str
        Further names of tables: the one sheet of a spreadsheet that is called by its file.
    sheets : set of str
        Tables that come from a spreadsheet.
    rejects : list of DataFrame
    problems : list of Problem
    """

    tables: dict[str, ibis.Table] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    sheets: set[str] = field(default_factory=set)
    rejects: list[pd.DataFrame] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_files(con: ibis.BaseBackend, path: Path, stated: Mapping) -> FoundTables:
    """Read the table files at a path: a file, or a folder of them.

    Parameters
    ----------
    con : BaseBackend
        Receives the tables.
    path : Path
        Of a table file, an archive of them, or a folder.
    stated : Mapping
        What is stated about files.

    Returns
    -------
    FoundTables
        Also lines that could not be read, and the sheets among the tables.

    Raises
    ------
    DataError
        All problems together.
    """
    found = FoundTables()
    listed = _listed(path)
    files = [member for file in listed for member in _unpacked(con, file, found)]
    for file in files:
        try:
            _read(con, file, stated, found, alone=len(files) == 1 and path.is_file())
        except DataError as error:
            found.problems += error.problems
    if found.problems:
        raise DataError("The source could not be read.", found.problems)
    found.tables = {name: _without_blanks(con, name, t) for name, t in found.tables.items()}
    return found


def _read(
    con: ibis.BaseBackend, file: TableFile, stated: Mapping, found: FoundTables, alone: bool
) -> None:
    if file.suffix in _WORKBOOK:
        sheets = read_workbook(con, file.path, file.shown, stated.file)
        if len(sheets) == 1 and not alone:
            [(sheet, table)] = sheets.items()
            found.aliases[sheet] = file.table
            sheets = {file.table: table}
        found.sheets |= set(sheets)
        for name, table in sheets.items():
            _add(found, name, table, file)
        return
    if file.suffix in _TEXT:
        spec = stated.file(file.table)
        table, rejects = read_csv(con, file.path, file.table, file.shown, spec)
        found.rejects.append(rejects)
    else:
        table = _read_parquet(con, file)
    _add(found, file.table, table, file)


def _add(found: FoundTables, name: str, table: ibis.Table, file: TableFile) -> None:
    if name.casefold() in map(str.casefold, found.tables):
        found.problems.append(Problem("two files for one table", f"{file.shown}, {name}"))
    found.tables[name] = table


def _listed(path: Path) -> list[TableFile]:
    """Return the table files at a path; a folder of Parquet parts counts as one."""
    whole = TableFile(path, str(path))
    if path.is_file():
        if not whole.suffix:
            expected = f"one of {', '.join(SUFFIXES)}, .duckdb, .ddb, .db"
            raise refused(
                "not a kind of file that can be read",
                str(path),
                expected=expected,
                found=repr(path.suffix),
            )
        return [whole]
    try:
        entries = sorted(p for p in path.iterdir() if not p.name.startswith((".", "_", "~$")))
    except PermissionError:
        raise refused("no permission to read", str(path)) from None
    if whole.suffix == ".parquet" or _is_parts(path, entries):
        return [whole]
    if whole.suffix or path.suffix.lower() in (".duckdb", ".ddb", ".db"):
        what = "a directory where a file is expected"
        raise refused(what, str(path), expected="a file", found="a directory")
    files = [TableFile(p, str(p)) for p in entries]
    files = [f for f in files if f.suffix or (f.path.is_dir() and _parquet_below(f.path))]
    if not files:
        raise refused(
            "holds no tables", str(path), expected="CSV, Excel or Parquet files", found="none"
        )
    _refuse_clashes(files)
    return files


def _refuse_clashes(files: list[TableFile]) -> None:
    names = Counter(f.table.casefold() for f in files if f.suffix not in (".zip", *_WORKBOOK))
    folder = files[0].path.parent
    problems = [
        Problem("two files for one table", str(folder / name))
        for name, count in sorted(names.items())
        if count > 1
    ]
    problems += [
        Problem("a directory where a file is expected", f.shown, "a file", "a directory")
        for f in files
        if f.path.is_dir() and f.suffix not in ("", ".parquet")
    ]
    if problems:
        raise DataError("The source could not be read.", problems)


def _is_parts(path: Path, entries: list[Path]) -> bool:
    """Tell whether a folder is one table in parts, as distributed engines write it."""
    parts = [p for p in entries if p.suffix.lower() == ".parquet"]
    named = bool(parts) and all(p.name.lower().startswith("part-") for p in parts)
    return named or (bool(parts) and (path / "_SUCCESS").exists())


def _parquet_below(path: Path) -> bool:
    return any(path.rglob("*.parquet"))


def _read_parquet(con: ibis.BaseBackend, file: TableFile) -> ibis.Table:
    parts = sorted(file.path.rglob("*.parquet")) if file.path.is_dir() else [file.path]
    parts = [part for part in parts if part.is_file() and not part.name.startswith((".", "_"))]
    if not parts:
        raise refused("holds no Parquet files", file.shown)
    for part in parts:
        shown = str(part) if file.path.is_dir() else file.shown
        if not os.access(part, os.R_OK):
            raise refused("no permission to read", shown)
        if part.stat().st_size == 0:
            raise refused("is empty (0 bytes)", shown, expected="a Parquet file")
    try:
        options = {"hive_partitioning": True, "union_by_name": True} if file.path.is_dir() else {}
        table = con.read_parquet([str(part) for part in parts], **options)
    except duckdb.Error as error:
        found = str(error).strip().splitlines()[0]
        raise refused("not a readable Parquet file", file.shown, found=found) from None
    return table.mutate(**{ROW: ibis.row_number() + 1})


def _unpacked(con: ibis.BaseBackend, file: TableFile, found: FoundTables) -> list[TableFile]:
    """Return a file, or the members of a .zip, unpacked for as long as the connection lives."""
    if file.suffix != ".zip":
        return [file]
    folder = tempfile.TemporaryDirectory(prefix="workbench-")
    weakref.finalize(con, folder.cleanup)
    members = []
    try:
        with zipfile.ZipFile(file.path) as packed:
            wanted = [entry for entry in packed.infolist() if _is_table(entry)]
            if sum(entry.file_size for entry in wanted) > LARGEST_UNPACKED:
                found.problems.append(too_large(file.shown))
                return []
            for position, entry in enumerate(wanted):
                # A folder each, so that a member's own path can lead nowhere else.
                target = Path(folder.name) / str(position) / Path(entry.filename).name
                target.parent.mkdir()
                target.write_bytes(packed.read(entry))
                members.append(TableFile(target, f"{file.shown}/{entry.filename}"))
    except PermissionError:
        found.problems.append(Problem("no permission to read", file.shown))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        problem = Problem("not a readable .zip file", file.shown, found=str(error))
        found.problems.append(problem)
    if not members and not found.problems:
        found.problems.append(
            Problem("holds no tables", file.shown, "CSV, Excel or Parquet files", "none")
        )
    return members


def _is_table(entry: zipfile.ZipInfo) -> bool:
    path = Path(entry.filename)
    hidden = path.name.startswith((".", "_", "~$")) or "__MACOSX" in path.parts
    kind = TableFile(path, "").suffix
    return not entry.is_dir() and not hidden and kind not in ("", ".zip")


def _without_blanks(con: ibis.BaseBackend, name: str, table: ibis.Table) -> ibis.Table:
    """Drop rows in which nothing is filled, and columns without a name in which nothing is."""
    nameless = [name for name in table.columns if name.startswith("(column ")]
    if nameless:
        counts = table.agg(**{name: _filled(table[name]).sum() for name in nameless}).execute()
        table = table.drop(*[name for name in nameless if not counts[name].iloc[0]])
    cells = [_filled(table[name]) for name in table.columns if name != ROW]
    if not cells:
        return table
    # By blocks, since a chain of a thousand is nested a thousand deep.
    blocks = [cells[at : at + AT_ONCE] for at in range(0, len(cells), AT_ONCE)]
    filled = ibis.or_(*(ibis.or_(*block) for block in blocks))
    if len(blocks) == 1:
        return table.filter(filled)
    # Every later query of a wide table would look at all columns again, to find the same rows.
    blank = table.filter(~filled).count().execute()
    return con.create_table(f"filled_{name}", table.filter(filled), temp=True) if blank else table


def _filled(cell: ibis.Value) -> ibis.Value:
    return (cell.strip().nullif("") if cell.type().is_string() else cell).notnull()
