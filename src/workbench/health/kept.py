"""Scores as they were made: the score of a month is the one that that month's data gave.

Each published run leaves its scores beside its tables, and the runner takes them into the ledger,
where no clearing of runs reaches. Of one day the first run counts: a later one may have been made
with hindsight. A customer who has left is in no later table, so its scores stop.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.forecast.backtest.archive_stamp import FACTS, write_stamped
from workbench.forecast.backtest.outcomes import SAME_BOOK, KnownContracts

KEPT_COLUMNS = ("account_id", "arr", "stays", "strength", "strength_low", "strength_high", "band")
KEPT = "as it was made"
_SAME_MONEY = 0.005


def write_scores(scores: pd.DataFrame, as_of: pd.Timestamp, path: Path) -> None:
    """Write the scores of a day, to be kept.

    Parameters
    ----------
    scores : DataFrame
        From `workbench.health.scores.score_table`.
    as_of : Timestamp
        The day.
    path : Path
        Of a Parquet file; its folder must exist.
    """
    table = pa.Table.from_pandas(scores[list(KEPT_COLUMNS)], preserve_index=False)
    write_stamped(table, {"as_of": as_of.date().isoformat()}, path)


def read_scores(folder: Path | None, known: KnownContracts) -> pd.DataFrame:
    """Return what is kept of a book, the earliest day first.

    Parameters
    ----------
    folder : Path, optional
        The ledger's folder of the report; without one, and with an empty one, nothing is kept.
    known : KnownContracts
        The book's contracts as known today; scores of another book, and of its own as-of day or
        later, are passed over.

    Returns
    -------
    DataFrame
        as_of (Timestamp), run_id, by (`KEPT`) and `KEPT_COLUMNS`.
    """
    days: dict[pd.Timestamp, pd.DataFrame] = {}
    for path in sorted(folder.glob("[!.]*.parquet")) if folder else ():
        read = pq.read_table(path)
        as_of = pd.Timestamp(json.loads(read.schema.metadata[FACTS])["as_of"])
        table = read.replace_schema_metadata().to_pandas()
        if as_of < known.as_of and as_of not in days and _confirmed(table, as_of, known):
            days[as_of] = table.assign(as_of=as_of, run_id=path.stem, by=KEPT)
    if not days:
        return pd.DataFrame(columns=["as_of", "run_id", "by", *KEPT_COLUMNS])
    return pd.concat([days[day] for day in sorted(days)], ignore_index=True)


def earlier(kept: pd.DataFrame, as_of: pd.Timestamp, months: int) -> pd.DataFrame:
    """Return the scores of the day that is so many months back, or the nearest to it.

    Parameters
    ----------
    kept : DataFrame
        From `read_scores`.
    as_of : Timestamp
        Today.
    months : int
        1 or more; a day counts that is less than half as far off again.

    Returns
    -------
    DataFrame
        The rows of that day; none where nothing was kept.
    """
    wanted = as_of - pd.DateOffset(months=months)
    off = (kept["as_of"] - wanted).abs() if len(kept) else pd.Series(dtype="timedelta64[us]")
    near = off[off < (as_of - wanted) / 2]  # never nearer to today than to that day
    return kept[kept["as_of"] == kept.loc[near.idxmin(), "as_of"]] if len(near) else kept.iloc[:0]


def _confirmed(table: pd.DataFrame, as_of: pd.Timestamp, known: KnownContracts) -> bool:
    """Tell whether today's contracts say that most of the revenue was there on that day."""
    steps = known.subscriptions.steps
    last_day = as_of - pd.Timedelta(days=1)
    there = (steps["from_on"] <= last_day) & ~(steps["until_on"] <= last_day)
    then = steps[there].groupby("held_by")["arr"].sum()
    stated = table["arr"].to_numpy(float)
    found = table["account_id"].map(then).to_numpy(float)
    same = np.abs(found - stated) <= _SAME_MONEY * np.maximum(stated, 1)
    return bool(stated[same].sum() >= SAME_BOOK * max(stated.sum(), 1e-9))
