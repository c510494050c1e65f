"""The book: all tables of a source, canonical and checked, ready for features."""

from __future__ import annotations

from collections.abc import Mapping as Frames
from dataclasses import dataclass, field
from pathlib import Path

import ibis
import pandas as pd

from workbench.core.errors import DataError, Problem
from workbench.data.frames import fingerprint, normalised, sort_frame
from workbench.data.schema import ATTRIBUTE_PREFIX, REQUIRED_TABLES, TABLES
from workbench.data.source.arrange import arrange, source_columns, source_table, structure_problems
from workbench.data.source.cells import ContentType, content_type
from workbench.data.source.checks import CELL_LOST, Checked, check, problems_of, quarantine_frame
from workbench.data.source.mapping import Mapping, canonical_mapping
from workbench.data.source.mapping_file import load_mapping
from workbench.data.source.open import ROW, Source, open_frames, open_source


@dataclass(frozen=True)
class Book:
    """Checked canonical tables.

    Parameters
    ----------
    tables : dict of str to ibis.Table
        Only the tables that the source has. Each has every canonical column, missing where the
        source has none; accounts may have more, under the prefix ``attr_``.
    quarantine : DataFrame
        What was not taken: table, row (1-based data row of the source), column, reason, value.
        A reason that ends in "cell set to missing" cost a cell, any other its row.
    fingerprint : str
        sha256 of the content. The same content has the same fingerprint whatever the source's
        form and the order of its rows.
    rows : DataFrame
        Per table: rows_in, rows_kept, rows_lost.
    source : str
        The source as it may be shown, without a password.
    mapping : str
        Name of the mapping, or empty.
    snapshot_on : Timestamp, optional
        The day of a snapshot, where the mapping states one.
    ignored : tuple of str
        Tables (``name``) and columns (``table.column``) of the source that nothing reads.
    """

    tables: dict[str, ibis.Table]
    quarantine: pd.DataFrame
    fingerprint: str
    rows: pd.DataFrame
    source: str = ""
    mapping: str = ""
    snapshot_on: pd.Timestamp | None = None
    ignored: tuple[str, ...] = field(default_factory=tuple)

    def table(self, name: str) -> ibis.Table:
        """Return a table as an Ibis expression.

        Raises
        ------
        KeyError
            When the source has no such table; ask ``name in book.tables`` first.
        """
        return self.tables[name]

    def frame(self, name: str) -> pd.DataFrame:
        """Return a table as a DataFrame with normalised types, sorted by key."""
        return sort_frame(name, normalised(name, self.tables[name].to_pandas()))


def load_book(
    source: str | Path, mapping: str | Path | None = None, max_lost_share: float = 0.05
) -> Book:
    """Load, check and fingerprint a source.

    Parameters
    ----------
    source : str or Path
        See `workbench.data.source.open.open_source`.
    mapping : str or Path, optional
        Name of a shipped mapping or a YAML file; without one the source must use the canonical
        names and ISO dates.
    max_lost_share : float, 0 to 1
        The load stops when a table loses more than this share of its rows.

    Returns
    -------
    Book

    Raises
    ------
    DataError
        All problems together: what cannot be read, what is missing, and for every table that
        loses too many rows each reason with its first place.
    ParameterError
        When there is no such mapping.
    """
    stated = None if mapping is None else load_mapping(mapping)
    name = "" if mapping is None else Path(mapping).stem
    return _load(open_source(source), stated, name, max_lost_share)


def book_from_frames(
    frames: Frames[str, pd.DataFrame],
    mapping: str | Path | None = None,
    max_lost_share: float = 0.05,
) -> Book:
    """Load tables that are already in memory, under the same checks as any source.

    >>> accounts = pd.DataFrame({"account_id": ["a"]})
    >>> contracts = pd.DataFrame({"contract_id": ["c"], "account_id": ["a"], "product": ["p"],
    ...                           "start_on": ["2024-01-01"], "arr": [1200.0]})
    >>> book = book_from_frames({"accounts": accounts, "contracts": contracts})
    >>> book.frame("contracts")[["contract_id", "start_on", "arr"]]
      contract_id   start_on     arr
    0           c 2024-01-01  1200.0
    """
    stated = None if mapping is None else load_mapping(mapping)
    name = "" if mapping is None else Path(mapping).stem
    return _load(open_frames(frames), stated, name, max_lost_share)


def _load(source: Source, stated: Mapping | None, name: str, max_lost_share: float) -> Book:
    mapping = stated or _canonical(source)
    problems = structure_problems(source, mapping)
    if problems:
        raise DataError(f"{source.name} cannot be loaded.", problems)
    checked: dict[str, Checked] = {}
    for table in TABLES:
        if table in mapping.tables:
            raw = arrange(source, mapping, table)
            accounts = checked.get("accounts")
            checked[table] = check(source.con, raw, accounts, dict(mapping.tables[table].aggregate))
    rejects = _rejects(source, mapping)
    quarantine = pd.concat([*(c.quarantine for c in checked.values()), *rejects.values()])
    quarantine = quarantine_frame(quarantine).reset_index(drop=True)
    rows = _rows(checked, {table: len(rejected) for table, rejected in rejects.items()})
    _refuse_heavy_losses(source.name, rows, quarantine, max_lost_share)
    tables = {table: c.table for table, c in checked.items()}
    contracts = tables["contracts"]
    tables["contracts"] = contracts.mutate(
        currency=contracts.currency.upper().fill_null(mapping.currency)
    )
    return Book(
        tables,
        quarantine,
        fingerprint(tables),
        rows,
        source.name,
        name,
        pd.Timestamp(mapping.snapshot_on) if mapping.snapshot_on else None,
        _ignored(source, mapping),
    )


def _canonical(source: Source) -> Mapping:
    attributes: dict[str, ContentType] = {}
    if (accounts := source.tables.get("accounts")) is not None:
        extra = [name for name in accounts.columns if name.startswith(ATTRIBUTE_PREFIX)]
        attributes = {name: content_type(accounts[name]) for name in extra}
    return canonical_mapping({n: list(t.columns) for n, t in source.tables.items()}, attributes)


def _rejects(source: Source, mapping: Mapping) -> dict[str, pd.DataFrame]:
    """Return the unreadable lines of each canonical table's own source table."""
    return {
        name: source.rejects[source.rejects["table"] == source_table(source, spec)].assign(
            table=name
        )
        for name, spec in mapping.tables.items()
    }


def _rows(checked: dict[str, Checked], rejected: dict[str, int]) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "table": list(checked),
            "rows_in": [c.rows_in + rejected[name] for name, c in checked.items()],
            "rows_kept": [c.rows_kept for c in checked.values()],
        }
    )
    return rows.assign(rows_lost=rows["rows_in"] - rows["rows_kept"])


def _refuse_heavy_losses(
    name: str, rows: pd.DataFrame, quarantine: pd.DataFrame, max_lost_share: float
) -> None:
    problems = []
    for row in rows.itertuples():
        if row.table in REQUIRED_TABLES and row.rows_in == 0:
            problems.append(Problem("no data rows", row.table, "at least one row", "none"))
        elif row.rows_lost > max_lost_share * row.rows_in or (
            row.table in REQUIRED_TABLES and row.rows_kept == 0
        ):
            share = f"{row.rows_lost:,} of {row.rows_in:,} rows ({row.rows_lost / row.rows_in:.1%})"
            problems.append(
                Problem("too many rows lost", row.table, f"at most {max_lost_share:.1%}", share)
            )
            own = quarantine[quarantine["table"] == row.table]
            problems += problems_of(own[~own["reason"].str.endswith(CELL_LOST)])
    if problems:
        raise DataError(f"{name} cannot be loaded.", problems)


def _ignored(source: Source, mapping: Mapping) -> tuple[str, ...]:
    used: dict[str, set[str]] = {}
    for spec in mapping.tables.values():
        used.setdefault(source_table(source, spec) or "", set()).update(source_columns(spec))
    ignored = []
    for name, table in source.tables.items():
        if name not in used:
            ignored.append(name)
            continue
        ignored += [f"{name}.{c}" for c in table.columns if c not in used[name] and c != ROW]
    return tuple(ignored)
