"""A source of any kind, its tables checked, as a book."""

from __future__ import annotations

from collections.abc import Mapping as Frames
from datetime import date
from pathlib import Path

import ibis
import pandas as pd

from workbench.core.errors import DataError
from workbench.data.book import Book
from workbench.data.contracts.rates import in_one_currency, stated_rates
from workbench.data.fitted_mapping import fitted_mapping, ignored_columns
from workbench.data.frames import fingerprint
from workbench.data.schema import TABLES
from workbench.data.source.checks.check import Checked, check, quarantine_frame
from workbench.data.source.checks.doubts import amount_problems
from workbench.data.source.checks.losses import grave_losses, loss_sentences, refuse_heavy_losses
from workbench.data.source.checks.staging import TYPES
from workbench.data.source.mapping.file import load_mapping
from workbench.data.source.mapping.spec import Mapping, TableSpec
from workbench.data.source.matching.combined import combined
from workbench.data.source.open import Source, open_frames, open_source
from workbench.data.source.shape.arrange import arrange


def load_book(
    source: str | Path,
    mapping: str | Path | None = None,
    max_lost_share: float = 0.05,
    read_on: date | None = None,
    needs_contracts: bool = True,
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
        The load stops when a table loses more than this share of its rows, or of the cells of
        a column without which a row means something else, such as a contract's end.
    read_on : date, optional
        Today: dates after it are planned or mistyped, and do not tell how far the data reach.
    needs_contracts : bool
        Whether to refuse a source without contracts. If not, the book has none: an empty table.

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
    today = None if read_on is None else pd.Timestamp(read_on)
    opened = open_source(source, stated)
    with opened.one_state():
        return _load(opened, stated, name, max_lost_share, today, needs_contracts)


def require_structure(
    source: str | Path, mapping: str | Path | None = None, needs_contracts: bool = True
) -> None:
    """Refuse a source that lacks a table or column, without reading its cells.

    Parameters
    ----------
    source, mapping, needs_contracts
        As in `load_book`.

    Raises
    ------
    DataError, ParameterError
        As in `load_book`.
    """
    stated = None if mapping is None else load_mapping(mapping)
    opened = open_source(source, stated)
    if stated is not None:
        opened, stated = combined(opened, stated)
    fitted_mapping(opened, stated, needs_contracts)


def book_from_frames(
    frames: Frames[str, pd.DataFrame],
    mapping: str | Path | None = None,
    max_lost_share: float = 0.05,
    read_on: date | None = None,
) -> Book:
    """Load tables that are already in memory, under the same checks as any source.

    Parameters
    ----------
    frames : Frames of str and DataFrame
        By the names that the mapping knows, or the canonical ones.
    mapping : str or Path, optional
        A shipped mapping's name or a YAML file.
    max_lost_share : float, default 0.05
        Share of a table's rows that may be lost before loading stops, 0 to 1.
    read_on : date, optional
        The day on which the frames were read; no record is later.

    Returns
    -------
    Book
        As `load_book` returns it.

    Examples
    --------
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
    today = None if read_on is None else pd.Timestamp(read_on)
    return _load(open_frames(frames), stated, name, max_lost_share, today)


def _load(
    source: Source,
    stated: Mapping | None,
    name: str,
    max_lost_share: float,
    read_on: pd.Timestamp | None,
    needs_contracts: bool = True,
) -> Book:
    if stated is not None:
        source, stated = combined(source, stated)
    mapping = fitted_mapping(source, stated, needs_contracts)
    raw = {
        entry: arrange(source, mapping, entry, read_on)
        for entry in TABLES
        if entry in mapping.tables
    }
    doubts = [problem for table in raw.values() for problem in amount_problems(table)]
    if doubts:
        raise DataError(f"{source.name} cannot be loaded.", doubts)
    checked: dict[str, Checked] = {}
    for entry, table in raw.items():
        spec = _merged(mapping, entry)
        checked[entry] = check(source.con, table, checked.get("accounts"), spec)
    rejects = _rejects(source, mapping)
    quarantine = pd.concat([*(c.quarantine for c in checked.values()), *rejects.values()])
    quarantine = quarantine_frame(quarantine).reset_index(drop=True)
    rows = _rows(checked, {table: len(rejected) for table, rejected in rejects.items()})
    tables = {table: c.table for table, c in checked.items()}
    losses = grave_losses(tables, quarantine)
    refuse_heavy_losses(source.name, rows, losses, quarantine, max_lost_share)
    contracts = tables.get("contracts", _no_contracts(source))
    tables["contracts"] = contracts.mutate(
        currency=contracts.currency.upper().fill_null(mapping.currency.upper())
    )
    rates = stated_rates(source, mapping)
    tables = in_one_currency(tables, rates, source.name)
    return Book(
        tables,
        quarantine,
        fingerprint(tables),
        rows,
        source.name,
        name,
        pd.Timestamp(mapping.snapshot_on) if mapping.snapshot_on else None,
        ignored_columns(source, mapping),
        read_on,
        rates,
        loss_sentences(losses),
        raw["contracts"].spend if "contracts" in raw else None,
    )


def _merged(mapping: Mapping, name: str) -> TableSpec:
    """Return an entry; accounts out of a table of something else are named on many rows."""
    spec = mapping.tables[name]
    shared = [other for other in mapping.tables.values() if other.source == spec.source]
    if name == "accounts" and len(shared) > 1 and not (spec.aggregate or spec.repeated):
        return spec.model_copy(update={"repeated": "first"})
    return spec


def _no_contracts(source: Source) -> ibis.Table:
    """Return the contracts of a book without any."""
    schema = ibis.schema(
        {column.name: TYPES[column.kind] for column in TABLES["contracts"].columns}
    )
    return source.con.create_table("no_contracts", schema=schema, temp=True, overwrite=True)


def _rejects(source: Source, mapping: Mapping) -> dict[str, pd.DataFrame]:
    """Return the unreadable lines of each canonical table's own source table."""
    return {
        name: source.rejects[source.rejects["table"] == spec.source].assign(table=name)
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
