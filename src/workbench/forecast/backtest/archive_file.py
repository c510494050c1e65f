"""A frozen forecast as one Parquet file, and the folder of them: the ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.forecast.backtest.archive_stamp import FACTS, write_stamped
from workbench.forecast.backtest.forecast_record import ForecastRecord

_LINE, _BOOK = "line", "book"
_SCHEMA = pa.schema(
    {
        "kind": pa.string(),
        "subscription_id": pa.string(),
        "account_id": pa.string(),
        "arr": pa.float64(),
        "due": pa.int64(),
        "probability": pa.float64(),
        "naive": pa.float64(),
        "quantity": pa.string(),
        "horizon_months": pa.int64(),
        "points": pa.list_(pa.float64()),
    }
)


@dataclass(frozen=True)
class ArchiveEntry:
    """A forecast in the ledger.

    Parameters
    ----------
    report, run_id : str
        Who published it; run ids sort by time.
    forecast : ForecastRecord
    facts : dict
        Data fingerprint, code version and the like.
    """

    report: str
    run_id: str
    forecast: ForecastRecord
    facts: dict[str, Any]


def write_forecast(forecast: ForecastRecord, path: Path) -> None:
    """Write a forecast, thinned, to a file.

    Parameters
    ----------
    forecast : ForecastRecord
        Its draws are kept as 200 points per month, see `ForecastRecord.thinned`.
    path : Path
        Of a Parquet file, written over where it is there; its folder must exist.
    """
    thin = forecast.thinned()
    lines = thin.lines.assign(kind=_LINE)
    book = pd.DataFrame(
        [
            (_BOOK, name, at + 1, values[:, at], thin.naive.get(name, _nothing(thin.months))[at])
            for name, values in thin.book.items()
            for at in range(thin.months)
        ],
        columns=["kind", "quantity", "horizon_months", "points", "naive"],
    )
    columns = {name: pd.Series(dtype=object) for name in _SCHEMA.names}
    parts = [
        pa.Table.from_pandas(
            pd.DataFrame(columns | {name: part[name] for name in part}),
            schema=_SCHEMA,
            preserve_index=False,
        )
        for part in (lines, book)
    ]
    facts = {"as_of": thin.as_of.date().isoformat(), "months": thin.months}
    write_stamped(pa.concat_tables(parts), facts, path)


def read_forecast(path: Path) -> tuple[ForecastRecord, dict[str, Any]]:
    """Read a forecast and its facts.

    Parameters
    ----------
    path : Path
        Of a file from `write_forecast`.

    Returns
    -------
    ForecastRecord, dict
        The forecast, thinned as it was written, and what its file says of the run; at least
        ``as_of`` (ISO date) and ``months``.
    """
    table = pq.read_table(path)
    facts = json.loads(table.schema.metadata[FACTS])
    frame = table.replace_schema_metadata().to_pandas()
    lines = frame[frame["kind"] == _LINE].reset_index(drop=True)
    lines["due"] = lines["due"].astype("Int64")
    columns = ["subscription_id", "account_id", "arr", "due", "probability", "naive"]
    book, naive = {}, {}
    book_rows = frame[frame["kind"] == _BOOK].sort_values("horizon_months")
    for name, rows in book_rows.groupby("quantity"):
        book[str(name)] = np.stack(rows["points"].tolist(), axis=1)
        if rows["naive"].notna().any():
            naive[str(name)] = rows["naive"].to_numpy(float)
    as_of = pd.Timestamp(facts["as_of"])
    return ForecastRecord(as_of, lines[columns], int(facts["months"]), book, naive), facts


def read_archive(folder: Path, report: str) -> tuple[ArchiveEntry, ...]:
    """Return the forecasts that a report's published runs made, the earliest first.

    Parameters
    ----------
    folder : Path
        The ledger; none yet is an empty one.
    report : str
        Name of the report.
    """
    entries = []
    for path in sorted((folder / report).glob("[!.]*.parquet")):
        forecast, facts = read_forecast(path)
        entries.append(ArchiveEntry(report, path.stem, forecast, facts))
    return tuple(entries)


def _nothing(months: int) -> np.ndarray:
    return np.full(months, np.nan)
