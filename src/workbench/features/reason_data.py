"""From endings on record to the counts that the model of reasons learns from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.errors import DataError, Problem
from workbench.core.names import EXIT_KINDS, LEAVING
from workbench.core.reason_names import EXIT, OTHER, SORTS, exit_sort
from workbench.features.hazard_data import HazardData

MOST_REASONS = 8
SORT_OF_KIND = np.array([SORTS.index(exit_sort(kind)) for kind in EXIT_KINDS])


@dataclass(frozen=True)
class ReasonData:
    """Why customers left, as far as it is on record.

    Parameters
    ----------
    reasons : tuple of str
        The reasons told apart, the most frequent first and the pooled ones last.
    pooled : tuple of str
        Reasons that count as `OTHER` because they are rare.
    endings : DataFrame
        One row per ending in the window: subscription_id, account_id, month (month number),
        exit_kind, stated (as on record, one spelling each; empty when unknown), reason (one of
        `reasons`, or empty).
    groupings : tuple of str
        What reasons may go with: the way of leaving, then the hazard model's groupings.
    group_levels : tuple of tuple of str
        Levels of each.
    kind_idx : ndarray of int, shape (cell,)
        Position among `core.names.EXIT_KINDS`; endings alike in all that is known share a cell.
    level_idx : ndarray of int, shape (cell, grouping)
        Position among all levels, those of one grouping side by side; one past the last where
        the level is unknown.
    count : ndarray of int, shape (cell, reason)
        Endings with a known reason.
    """

    reasons: tuple[str, ...]
    pooled: tuple[str, ...]
    endings: pd.DataFrame
    groupings: tuple[str, ...]
    group_levels: tuple[tuple[str, ...], ...]
    kind_idx: np.ndarray
    level_idx: np.ndarray
    count: np.ndarray

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of all levels, `grouping: level`."""
        pairs = zip(self.groupings, self.group_levels, strict=True)
        return tuple(f"{grouping}: {level}" for grouping, own in pairs for level in own)

    @property
    def level_grouping(self) -> np.ndarray:
        """Position of the grouping of each level."""
        sizes = [len(levels) for levels in self.group_levels]
        return np.repeat(np.arange(len(sizes)), sizes)

    @property
    def unknown(self) -> int:
        """How many endings have no reason on record."""
        return int((self.endings["reason"] == "").sum())


def reason_data(data: HazardData, min_endings: int = 5) -> ReasonData:
    """Prepare the endings of a book for the model of reasons.

    Parameters
    ----------
    data : HazardData
        Its contracts hold no reason that became known on or after the as-of date.
    min_endings : int
        Reasons given less often count as `OTHER`; once any does, so do those beyond the most
        frequent seven. Eight stand alone if no other is given. Endings without a reason are left
        out of the counts.

    Returns
    -------
    ReasonData
        Spellings that differ in capitals or outer spaces are one reason.

    Raises
    ------
    DataError
        When fewer than two reasons can be told apart.
    """
    ended = np.flatnonzero(data.rows["event"].to_numpy(bool) & data.rows["observed"].to_numpy(bool))
    endings = data.rows.iloc[ended][["subscription_id", "account_id", "month", "exit_kind"]]
    spans = data.subscriptions.spans.set_index("subscription_id")
    endings = endings.assign(
        stated=_one_spelling(endings["subscription_id"].map(spans["end_reason"]))
    )
    kept, pooled = _distinct_reasons(endings["stated"], min_endings)
    reason = endings["stated"].mask(endings["stated"].isin(pooled), OTHER)
    endings = endings.assign(reason=reason).reset_index(drop=True)
    _refuse_single(endings, kept, min_endings)
    known = (endings["reason"] != "").to_numpy()
    group_idx = data.design.group_idx[data.design.subscription_idx[ended]]
    kind_idx = data.design.cell_exit_idx[data.design.cell_idx[ended]]
    keys = np.column_stack([kind_idx, level_positions(SORT_OF_KIND[kind_idx], group_idx)])[known]
    cells, cell_idx = np.unique(keys, axis=0, return_inverse=True)
    count = np.zeros((len(cells), len(kept)), dtype="int64")
    np.add.at(count, (cell_idx.ravel(), pd.Index(kept).get_indexer(endings["reason"][known])), 1)
    return ReasonData(
        reasons=kept,
        pooled=pooled,
        endings=endings,
        groupings=(EXIT, *data.coding.groupings),
        group_levels=(SORTS, *data.coding.group_levels),
        kind_idx=cells[:, 0],
        level_idx=cells[:, 1:],
        count=count,
    )


def announced_reasons(
    given: ReasonData, signed: pd.DataFrame, contracts: pd.DataFrame
) -> pd.Series:
    """Return which reasons customers gave who have left notice.

    Parameters
    ----------
    given : ReasonData
        Tells the reasons apart.
    signed : DataFrame
        From `workbench.features.hazard_data.HazardData`.
    contracts : DataFrame
        Canonical contracts as they stand today.

    Returns
    -------
    Series of int
        Position among ``given.reasons`` by subscription: that of `OTHER`, where it is there, for a
        reason that does not stand alone; -1 where no reason is on record.
    """
    leaving = signed[signed["change"] == LEAVING].set_index("subscription_id")["contract_id"]
    stated = leaving.map(contracts.set_index("contract_id")["end_reason"])
    key = stated.fillna("").astype("str").str.strip().str.casefold()
    position = {name.casefold(): at for at, name in enumerate(given.reasons)}
    other = position.get(OTHER.casefold(), -1)
    return key.map(lambda text: position.get(text, other) if text else -1).astype("int64")


def level_positions(sort_idx: np.ndarray, group_idx: np.ndarray) -> np.ndarray:
    """Join the sort of exit and the hazard model's group positions to positions among all levels.

    Parameters
    ----------
    sort_idx : ndarray of int, shape (row,)
        Position among `core.reason_names.SORTS`.
    group_idx : ndarray of int, shape (row, grouping)
        See `workbench.features.design.Design`.

    Returns
    -------
    ndarray of int, shape (row, 1 + grouping)
        Sorts stand first, the levels of groupings after them.
    """
    return np.column_stack([sort_idx, group_idx + len(SORTS)])


def _one_spelling(stated: pd.Series) -> pd.Series:
    text = stated.fillna("").astype("str").str.strip()
    key = text.str.casefold()
    usual = text.groupby(key).agg(lambda spellings: spellings.value_counts().index[0])
    return key.map(usual).mask(key == OTHER, OTHER)


def _distinct_reasons(
    stated: pd.Series, min_endings: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    counts = stated[stated != ""].value_counts()
    counts = counts.sort_index().sort_values(ascending=False, kind="stable")
    own = counts.drop(OTHER, errors="ignore")
    frequent = own.index[own.to_numpy() >= min_endings]
    complete = len(frequent) == len(counts) <= MOST_REASONS
    kept = list(frequent if complete else frequent[: MOST_REASONS - 1])
    pooled = tuple(name for name in own.index if name not in kept)
    return (*kept, *(() if complete else (OTHER,))), pooled


def _refuse_single(endings: pd.DataFrame, kept: tuple[str, ...], min_endings: int) -> None:
    if len(kept) > 1:
        return
    known = int((endings["stated"] != "").sum())
    stated = endings.loc[endings["stated"] != "", "stated"].value_counts()
    named = ", ".join(f"{name} ({count})" for name, count in stated.head(8).items())
    problem = Problem(
        "reasons for leaving are not on record",
        "contracts, column end_reason",
        f"at least two reasons, each given for {min_endings} endings or more",
        f"{len(endings)} endings, {known} of them with a reason{f': {named}' if named else ''}",
        "Map the column in which the source keeps why a contract ended to contracts.end_reason, "
        "or lower min_reason_endings; the other reports do without it.",
    )
    raise DataError("Reasons for leaving cannot be told apart.", [problem])
