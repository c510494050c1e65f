"""What an audit found as sentences: what contradicts, what was lost, what is missing."""

from __future__ import annotations

import pandas as pd

from workbench.data.book import Book
from workbench.data.contracts.successions import FOLLOWED
from workbench.data.schema import FAR_YEAR
from workbench.data.source.checks.advice import hint_for
from workbench.data.source.checks.check import CELL_LOST
from workbench.data.source.checks.losses import grave_losses, loss_sentences
from workbench.data.source.checks.staging import FAR_DATE

# A share of rows at fault above which a finding says so in the verdict.
_NOTABLE_SHARE = 0.05
_REASONS_NAMED = 3


def share_findings(tables: dict[str, pd.DataFrame]) -> list[str]:
    """Name faults of chains and timing that more than one row in twenty has.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Of the audit, by name.

    Returns
    -------
    list of str
        Sentences; none where there is nothing to say.
    """
    found = [
        f"{row.contracts:,} contracts ({row.share:.0%}) {row.fault} (same account and product; "
        f"{row.accounts:,} accounts, {_length(row.median_days)})."
        for row in tables["chains"].itertuples()
        if row.share > _NOTABLE_SHARE
    ]
    placed = tables["placement"]
    found += placement_findings(placed[is_grave(placed)])
    found += [
        f"{row.rows:,} of {row.of:,} {row.check} ({row.share:.0%})."
        for row in tables["timing"].itertuples()
        if row.share > _NOTABLE_SHARE
    ]
    return found


def _length(median_days: float) -> str:
    """Say how long; what never ends overlaps for ever, and has no median."""
    return "without an end on record" if pd.isna(median_days) else f"median {median_days:.0f} days"


def is_grave(placed: pd.DataFrame) -> pd.Series:
    """Flag the problems of placement that more than one contract in twenty has.

    Parameters
    ----------
    placed : DataFrame
        See `workbench.data.audit.audit.misplaced`.

    Returns
    -------
    Series of bool
        By row.
    """
    return (placed["share"] > _NOTABLE_SHARE) & (placed["problem"] != FOLLOWED)


def placement_findings(placed: pd.DataFrame) -> list[str]:
    """Name contracts that no subscription holds, and links that are not what they seem.

    Parameters
    ----------
    placed : DataFrame
        See `workbench.data.audit.audit.misplaced`.

    Returns
    -------
    list of str
        Sentences; none where there is nothing to say.
    """
    return [
        f"contracts: {row.problem} ({row.contracts:,} of them, accounts: {row.accounts:,}, "
        f"first: {row.first})."
        for row in placed.itertuples()
    ]


def grave_loss_findings(book: Book) -> list[str]:
    """Name the lost cells without which a row means something else.

    Parameters
    ----------
    book : Book

    Returns
    -------
    list of str
        Sentences; none where there is nothing to say.
    """
    losses = grave_losses(book.tables, book.quarantine)
    return [
        f"{sentence} First in row {row.row:,}: {row.value!r} is {row.reason}. "
        f"{hint_for(row.reason, str(row.value))}".rstrip()
        for sentence, row in zip(loss_sentences(losses), losses.itertuples(), strict=True)
    ]


def loss_findings(book: Book, tables: dict[str, pd.DataFrame]) -> list[str]:
    """Count the rows and cells that were not taken.

    Parameters
    ----------
    book : Book
    tables : dict of str to DataFrame
        Of the audit, by name.

    Returns
    -------
    list of str
        Sentences; none where there is nothing to say.
    """
    lost = tables["rows"][tables["rows"]["rows_lost"] > 0]
    cells = tables["quarantine"].rename(columns={"count": "count_"})
    is_cell = cells["reason"].str.endswith(CELL_LOST)
    found = [
        f"{row.rows_lost:,} of {row.rows_in:,} rows of {row.table} are in quarantine"
        f"{_reasons(cells[~is_cell & (cells['table'] == row.table)])}."
        for row in lost.itertuples()
    ]
    cells = cells[is_cell]
    far = cells["reason"] == FAR_DATE + CELL_LOST
    found += [
        f"{row.count_:,} dates in {row.table}.{row.column} lie in {FAR_YEAR} or later and were "
        f"read as no date (first in row {row.first_row:,}: {row.example!r})."
        for row in cells[far].itertuples()
    ]
    grave = grave_losses(book.tables, book.quarantine)["column"]
    found += [
        f"{row.count_:,} cells of {row.table}.{row.column} were set to missing: "
        f"{row.reason.removesuffix(CELL_LOST)} (first in row {row.first_row:,}: {row.example!r}). "
        f"{hint_for(row.reason, str(row.example))}".rstrip()
        for row in cells[~far & ~cells["column"].isin(grave)].itertuples()
    ]
    return found


def _reasons(rows: pd.DataFrame) -> str:
    """Name the most frequent reasons for which rows of a table were lost, each with its place."""
    most = rows.sort_values("count_", ascending=False, kind="stable").head(_REASONS_NAMED)
    named = [
        f"{row.count_:,} for {f'{row.column} ' if row.column else ''}{row.reason} "
        f"(first in row {row.first_row:,}{'' if pd.isna(row.example) else f': {row.example!r}'})"
        for row in most.itertuples()
    ]
    more = len(rows) - len(most)
    return f": {', '.join(named)}{f', and {more} more reasons' if more else ''}" if named else ""


def signal_findings(book: Book, tables: dict[str, pd.DataFrame]) -> list[str]:
    """Name tables that are absent or thin, and what nothing reads.

    Parameters
    ----------
    book : Book
    tables : dict of str to DataFrame
        Of the audit, by name.

    Returns
    -------
    list of str
        Sentences; none where there is nothing to say.
    """
    table = tables["signals"]
    absent = table.loc[~table["present"], "table"]
    found = [f"Without {', '.join(absent)}: their signals are missing."] if len(absent) else []
    thin = table[table["present"] & (table["account_share"] < 0.5)]
    found += [
        f"{row.table} covers {row.account_share:.0%} of accounts." for row in thin.itertuples()
    ]
    if book.ignored:
        found.append(f"Not read from the source: {', '.join(book.ignored)}.")
    return found


def verdict_text(
    grave: list[str],
    is_snapshot: bool,
    no_endings: bool,
    has_contracts: bool = True,
    contradicting: int = 0,
) -> str:
    """Say in one sentence what the data can bear.

    Parameters
    ----------
    grave : list of str
        Findings that put the data in doubt.
    is_snapshot : bool
        The data show one day, not a history.
    no_endings : bool
        Nobody left.
    has_contracts : bool
        Without them there is nothing to forecast.
    contradicting : int
        Rows out of order with another table, too few of a kind to be grave.
    """
    if not has_contracts:
        return "Fit for a look at offers, invoices and tickets; not for a forecast: no contracts."
    if no_endings:
        return "Not fit for a forecast of leaving: no ending is on record."
    if is_snapshot:
        return "Fit for ranking customers; not for the level of churn or its timing."
    if grave:
        return (
            f"To be used with care: {len(grave)} findings contradict what contracts, usage or "
            "tickets should look like, or cost cells that decide what a row means. Doubt a model "
            "that finds strong signals here."
        )
    if contradicting:
        return (
            f"Fit for a forecast. {contradicting:,} rows contradict another table, few of each "
            "kind: they are listed."
        )
    return "Fit for a forecast: no contradiction found between contracts and the other tables."
