"""Levels: the parts of the book for which a forecast adds up, from the whole to single owners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.forecast.simulation.lines import Lines

BOOK = "book"
EVERYTHING = "all"
OTHERS = "(others)"
NEWCOMERS = "(new customers)"
MOST_LEVELS = 30


@dataclass(frozen=True)
class Levels:
    """Which lines count where.

    Parameters
    ----------
    table : DataFrame
        ``grouping`` and ``level``, in the order of the totals' second dimension.
    line : ndarray of int, shape (line, grouping)
    source : ndarray of int, shape (source, grouping)
        Where customers to come count: in their segment, else as new customers.
    """

    table: pd.DataFrame
    line: np.ndarray
    source: np.ndarray

    def __len__(self) -> int:
        return len(self.table)

    @property
    def groupings(self) -> tuple[str, ...]:
        """Names of the groupings, the whole book first."""
        return tuple(dict.fromkeys(self.table["grouping"]))


def levels_of(
    lines: Lines, accounts: pd.DataFrame, groupings: tuple[str, ...], sources: tuple[str, ...]
) -> Levels:
    """Lay out the levels of a forecast.

    Parameters
    ----------
    lines : Lines
    accounts : DataFrame
        With account_id and the groupings as columns.
    groupings : tuple of str
        Columns of ``accounts``, or "product"; what neither has is left out. The
        30 largest levels of each stand alone, the rest are added up as others.
    sources : tuple of str
        Where new customers come from: levels of the segment.

    Returns
    -------
    Levels
    """
    rows = [(BOOK, EVERYTHING)]
    columns, newcomers = [np.zeros(len(lines), "int64")], [np.zeros(len(sources), "int64")]
    facts = accounts.set_index("account_id")
    for grouping in groupings:
        if grouping == "product":
            label = pd.Series(lines.product)
        elif grouping in facts:
            label = facts[grouping].reindex(lines.account_id)
        else:
            continue
        text = (
            label.astype("str").where(label.notna().to_numpy(), "(missing)").reset_index(drop=True)
        )
        worth = pd.Series(lines.cents).groupby(text).sum().sort_values(ascending=False)
        kept = list(worth.index[:MOST_LEVELS])
        position = pd.Index(kept).get_indexer(text)
        names = [*kept, *([OTHERS] if (position < 0).any() else [])]
        of_source = pd.Index(kept).get_indexer(
            list(sources) if grouping == "segment" else [""] * len(sources)
        )
        if (of_source < 0).any():
            names.append(NEWCOMERS)
        columns.append(len(rows) + np.where(position < 0, len(kept), position))
        newcomers.append(len(rows) + np.where(of_source < 0, len(names) - 1, of_source))
        rows += [(grouping, name) for name in names]
    return Levels(
        table=pd.DataFrame(rows, columns=["grouping", "level"]),
        line=np.stack(columns, axis=1),
        source=np.stack(newcomers, axis=1),
    )
