"""Canonical tables as DataFrames, and the fingerprint of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import ibis
import numpy as np
import pandas as pd

from workbench.data.schema import ATTRIBUTE_PREFIX, TABLES

_DTYPES = {
    "text": "str",
    "number": "float64",
    "flag": "boolean",
    "date": "datetime64[us]",
    "month": "datetime64[us]",
    "time": "datetime64[us]",
}
_ROWS_AT_ONCE = 500_000


def normalised(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a canonical table with the dtypes that hold whatever engine it came from.

    Parameters
    ----------
    name : str
        Canonical table.
    frame : DataFrame
        With every column of the table, and attributes beside them.
    """
    kinds = {column.name: _DTYPES[column.kind] for column in TABLES[name].columns}
    for column in frame.columns:
        if column.startswith(ATTRIBUTE_PREFIX):
            kinds[column] = _attribute_dtype(frame[column])
    return frame.astype(kinds)


def _attribute_dtype(values: pd.Series) -> str:
    # True and false with a gap between them come as objects.
    if pd.api.types.is_bool_dtype(values) or pd.api.types.infer_dtype(values) == "boolean":
        return "boolean"
    return "float64" if pd.api.types.is_numeric_dtype(values) else "str"


def sort_frame(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in the order of its key, and of all columns where keys may repeat.

    Parameters
    ----------
    name : str
        Of the canonical table.
    frame : DataFrame
        With at least the key's columns.
    """
    by = list(TABLES[name].key)
    if not TABLES[name].unique:
        by += [column for column in frame.columns if column not in by]
    return frame.sort_values(by, ignore_index=True)


def fingerprint(tables: Mapping[str, ibis.Table]) -> str:
    """Return the sha256 of the content of canonical tables.

    Neither the engine, the file format nor the order of rows or tables changes it: rows are
    hashed one by one, the hashes sorted, and the sorted hashes digested with table and column
    names.

    Parameters
    ----------
    tables : mapping of str to ibis.Table
        By canonical name.
    """
    digest = hashlib.sha256()
    for name in sorted(tables):
        table = tables[name]
        digest.update(f"{name}({','.join(table.columns)})".encode())
        parts = [
            pd.util.hash_pandas_object(normalised(name, batch.to_pandas()), index=False).to_numpy()
            for batch in table.to_pyarrow().to_batches(max_chunksize=_ROWS_AT_ONCE)
        ]
        hashes = np.sort(np.concatenate(parts)) if parts else np.empty(0, "uint64")
        digest.update(hashes.astype("<u8").tobytes())
    return digest.hexdigest()


def row_digests(tables: Mapping[str, ibis.Table]) -> pd.DataFrame:
    """Return a digest of each row, by which two states of a book can be compared.

    Parameters
    ----------
    tables : mapping of str to ibis.Table
        By canonical name.

    Returns
    -------
    DataFrame
        table; key, row: 64-bit digests of the key's cells and of all cells. Tables of more than
        500,000 rows are left out: their digests would outweigh the report.
    """
    parts = []
    for name in sorted(tables):
        frame = normalised(name, tables[name].head(_ROWS_AT_ONCE + 1).to_pandas())
        if len(frame) <= _ROWS_AT_ONCE:
            key = pd.util.hash_pandas_object(frame[list(TABLES[name].key)], index=False)
            row = pd.util.hash_pandas_object(frame, index=False)
            parts.append(pd.DataFrame({"table": name, "key": key, "row": row}))
    if not parts:
        return pd.DataFrame({"table": [], "key": [], "row": []})
    return pd.concat(parts).drop_duplicates(["table", "key"], ignore_index=True)
