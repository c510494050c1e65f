"""At-risk rows to the arrays of the hazard model, and the rules to encode later rows alike."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.calendar import quarter_number
from workbench.core.names import EXIT_KINDS
from workbench.features.encode import Encoder, encode, fit_encoder

# More levels would each have too few customers to tell a quarter of theirs from luck.
MOST_SHAKEN_LEVELS = 20


@dataclass(frozen=True)
class Coding:
    """Everything learnt from the training rows that later rows must be coded with.

    Parameters
    ----------
    signals : Encoder
        Columns read at a lead; their effect fades with it.
    attributes : Encoder
        Columns fixed for a subscription; their effect does not fade.
    groupings : tuple of str
        Grouping columns, in the order of `group_levels`.
    group_levels : tuple of tuple of str
        Levels of each grouping.
    quarters : tuple of int
        Calendar quarters (`year * 4 + quarter - 1`) from the first to the last in which someone was
        at risk; none if all endings fall into one of them, as in a snapshot: then they carry no
        calendar effect.
    max_tenure_months : int
        Longest tenure seen; beyond it the tenure effect stays level.
    """

    signals: Encoder
    attributes: Encoder
    groupings: tuple[str, ...]
    group_levels: tuple[tuple[str, ...], ...]
    quarters: tuple[int, ...]
    max_tenure_months: int

    @property
    def flat_levels(self) -> tuple[str, ...]:
        """Names of all group levels, `grouping: level`, in the model's order."""
        return tuple(
            f"{grouping}: {level}"
            for grouping, levels in zip(self.groupings, self.group_levels, strict=True)
            for level in levels
        )

    @property
    def shaken_levels(self) -> tuple[str, ...]:
        """Names of the levels that have shocks of their own: those of the first grouping."""
        many = not self.quarters or not self.groupings
        levels = () if many else self.group_levels[0]
        return self.flat_levels[: len(levels)] if len(levels) <= MOST_SHAKEN_LEVELS else ()

    def shaken_idx(self, group_idx: np.ndarray) -> np.ndarray:
        """Return the position among `shaken_levels`, their number for whoever has none of them.

        Parameters
        ----------
        group_idx : ndarray of int, shape (row, grouping)
            Positions among the flat levels; see `Design`.
        """
        shaken = len(self.shaken_levels)
        first = group_idx[:, 0] if shaken else np.zeros(len(group_idx), "int64")
        return np.minimum(first, shaken)

    @property
    def level_grouping(self) -> np.ndarray:
        """Position of the grouping of each flat level."""
        sizes = [len(levels) for levels in self.group_levels]
        return np.repeat(np.arange(len(sizes)), sizes)


@dataclass(frozen=True)
class Design:
    """The arrays of the hazard model.

    Rows are ordered by subscription and month. Months that share tenure, exit kind, quarter and
    level of the grouping that has shocks share a cell, so the model computes such a sum once per
    cell instead of once per row.

    Parameters
    ----------
    coding : Coding
    signal_value : ndarray, shape (row, signal)
    lead_months : ndarray of int, shape (row,)
    cell_idx, subscription_idx : ndarray of int, shape (row,)
    cell_tenure, cell_exit_idx, cell_quarter, cell_quarter_idx : ndarray of int, shape (cell,)
        The calendar quarter and its position among those that were seen, -1 for any other.
    cell_level : ndarray of int, shape (cell,)
        Position among the coding's `shaken_levels`, their number for none.
    attribute_value : ndarray, shape (subscription, attribute)
    group_idx : ndarray of int, shape (subscription, grouping)
        Position of the level among the flat levels; the position after the last one stands for a
        missing or unseen level, whose effect is the average, zero.
    row_end, entry_end : ndarray of int, shape (subscription,)
        Rows of a subscription end before `row_end`; those before `entry_end` were survived
        before the window began.
    event : ndarray of bool, shape (subscription,)
        The subscription ended in its last row.
    subscription_id : ndarray of str, shape (subscription,)
    """

    coding: Coding
    signal_value: np.ndarray
    lead_months: np.ndarray
    cell_idx: np.ndarray
    subscription_idx: np.ndarray
    cell_tenure: np.ndarray
    cell_exit_idx: np.ndarray
    cell_quarter: np.ndarray
    cell_quarter_idx: np.ndarray
    cell_level: np.ndarray
    attribute_value: np.ndarray
    group_idx: np.ndarray
    row_end: np.ndarray
    entry_end: np.ndarray
    event: np.ndarray
    subscription_id: np.ndarray

    @property
    def row_start(self) -> np.ndarray:
        """Where the rows of each subscription begin."""
        return np.concatenate([[0], self.row_end[:-1]])

    @property
    def cell_level_quarter(self) -> np.ndarray:
        """Position of each cell's level and quarter among all, level by level; the last for none.

        Shape (cell,).
        """
        levels, quarters = len(self.coding.shaken_levels), len(self.coding.quarters)
        known = (self.cell_quarter_idx >= 0) & (self.cell_level < levels)
        place = self.cell_level * quarters + self.cell_quarter_idx
        return np.where(known, place, levels * quarters)

    def with_quarter_idx(self, positions: np.ndarray) -> Design:
        """Return the same design with other quarter positions, one per cell.

        Parameters
        ----------
        positions : ndarray of int, shape (cell,)
            Positions among the quarters of the model, from 0.
        """
        return replace(self, cell_quarter_idx=positions)


def fit_coding(
    rows: pd.DataFrame,
    signals: list[str],
    attributes: list[str],
    groupings: list[str],
    running: pd.DataFrame | None = None,
    *,
    curves: bool = False,
) -> Coding:
    """Learn the coding from the observed at-risk rows.

    Parameters
    ----------
    rows : DataFrame
        At-risk rows with the named columns joined on.
    signals, attributes, groupings : list of str
        Columns of `rows`. Groupings with fewer than two levels are left out.
    running : DataFrame, optional
        Rows to forecast. A level that only they have, such as an owner who came this month, gets
        an effect of its own, of which the data say nothing but how much its grouping's levels
        differ: the forecast is as unsure of it as it should be.
    curves : bool
        Whether signals and attributes may bend; see `workbench.features.encode.fit_encoder`.

    Returns
    -------
    Coding
    """
    seen = rows[rows["observed"]]
    kept = tuple(name for name in groupings if seen[name].nunique() > 1)
    known = seen if running is None else pd.concat([seen[list(kept)], running[list(kept)]])
    levels = {name: tuple(sorted(map(str, known[name].dropna().unique()))) for name in kept}
    first = seen.drop_duplicates("subscription_id")
    quarters = quarter_number(seen["month"])
    shaken = len(np.unique(quarters[seen["event"].to_numpy(bool)])) > 1
    return Coding(
        signals=fit_encoder(seen[signals], curves=curves),
        attributes=fit_encoder(first[attributes], curves=curves),
        groupings=kept,
        group_levels=tuple(levels[name] for name in kept),
        quarters=tuple(range(int(quarters.min()), int(quarters.max()) + 1)) if shaken else (),
        max_tenure_months=int(rows["tenure_months"].max()),
    )


def build_design(rows: pd.DataFrame, coding: Coding) -> Design:
    """Arrange rows as the model's arrays.

    Parameters
    ----------
    rows : DataFrame
        At-risk or future rows with the coding's columns joined on. Columns `observed`, `event` and
        `lead_months` may be absent: then every row is observed, without event, and the lead is
        `horizon - 1`.
    coding : Coding
        How columns become numbers, learnt from the at-risk rows.

    Returns
    -------
    Design
    """
    codes, ids = pd.factorize(rows["subscription_id"])
    last = np.append(np.flatnonzero(np.diff(codes)), len(rows) - 1)
    row_end = last + 1
    observed = rows["observed"].to_numpy(bool) if "observed" in rows else np.ones(len(rows), bool)
    lead = rows["lead_months"] if "lead_months" in rows else rows["horizon"] - 1
    event = rows["event"].to_numpy(bool)[last] if "event" in rows else np.zeros(len(last), bool)
    start = np.concatenate([[0], row_end[:-1]])
    before = np.add.reduceat((~observed).astype("int64"), start)
    signal = encode(coding.signals, rows)
    signal[~observed] = 0.0  # before the window no signal was read: the average stands in
    firsts = rows.iloc[start + np.minimum(before, row_end - start - 1)]
    group_idx = _group_positions(firsts, coding)
    cells, cell_idx = _cells(rows, coding, observed, coding.shaken_idx(group_idx)[codes])
    return Design(
        coding=coding,
        signal_value=signal,
        lead_months=lead.to_numpy("int64"),
        cell_idx=cell_idx,
        subscription_idx=codes.astype("int64"),
        cell_tenure=cells[:, 0],
        cell_exit_idx=cells[:, 1],
        cell_quarter=cells[:, 2],
        cell_quarter_idx=pd.Index(coding.quarters).get_indexer(cells[:, 2]),
        cell_level=cells[:, 3],
        attribute_value=encode(coding.attributes, firsts),
        group_idx=group_idx,
        row_end=row_end,
        entry_end=start + before,
        event=event,
        subscription_id=np.asarray(ids, dtype=object),
    )


def take_subscriptions(design: Design, which: np.ndarray) -> Design:
    """Return the rows of some subscriptions, in the order asked for.

    Parameters
    ----------
    design : Design
    which : ndarray of int, shape (chosen,)
        Positions among the design's subscriptions.

    Returns
    -------
    Design
        Cells stay whole.
    """
    start = design.row_start[which]
    length = design.row_end[which] - start
    end = np.cumsum(length)
    row = np.arange(end[-1] if len(end) else 0) + np.repeat(start - (end - length), length)
    return replace(
        design,
        signal_value=design.signal_value[row],
        lead_months=design.lead_months[row],
        cell_idx=design.cell_idx[row],
        subscription_idx=np.repeat(np.arange(len(which)), length),
        attribute_value=design.attribute_value[which],
        group_idx=design.group_idx[which],
        row_end=end,
        entry_end=end - length + design.entry_end[which] - start,
        event=design.event[which],
        subscription_id=design.subscription_id[which],
    )


def _cells(
    rows: pd.DataFrame, coding: Coding, observed: np.ndarray, level: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    tenure = np.minimum(rows["tenure_months"].to_numpy("int64"), coding.max_tenure_months)
    kind = pd.Categorical(rows["exit_kind"], categories=list(EXIT_KINDS)).codes
    # Months before the window have no quarter of their own: their shocks were never seen.
    quarter = np.where(observed & bool(coding.quarters), quarter_number(rows["month"]), -1)
    level = np.where(quarter < 0, len(coding.shaken_levels), level)
    keys = np.column_stack([tenure, kind.astype("int64"), quarter, level])
    packed = (keys[:, 0] * len(EXIT_KINDS) + keys[:, 1]) * 100_000 + keys[:, 2] + 1
    packed = packed * (MOST_SHAKEN_LEVELS + 1) + level
    _, first, cell_idx = np.unique(packed, return_index=True, return_inverse=True)
    return keys[first], cell_idx


def _group_positions(firsts: pd.DataFrame, coding: Coding) -> np.ndarray:
    none = len(coding.flat_levels)
    positions = np.full((len(firsts), len(coding.groupings)), none)
    offset = 0
    for column, (name, levels) in enumerate(
        zip(coding.groupings, coding.group_levels, strict=True)
    ):
        codes = pd.Index(levels).get_indexer(firsts[name].astype("str"))
        positions[:, column] = np.where(codes < 0, none, codes + offset)
        offset += len(levels)
    return positions
