"""What an audit found as sentences: what contradicts, what was lost, what is missing."""

from __future__ import annotations

import pandas as pd

from workbench.core.calendar import month_label, month_number
from workbench.core.names import FEW_ENDINGS
from workbench.data.book import Book
from workbench.data.contracts.successions import FOLLOWED
from workbench.data.leaks import Leak
from workbench.data.schema import FAR_YEAR
from workbench.data.source.checks.advice import hint_for
from workbench.data.source.checks.check import CELL_LOST
from workbench.data.source.checks.losses import grave_losses, loss_sentences
from workbench.data.source.checks.staging import FAR_DATE
from workbench.data.source.shape.snapshot import is_snapshot

# A share of rows at fault above which a finding says so in the verdict.
_NOTABLE_SHARE = 0.05
_LONGEST_USUAL_TERM_MONTHS = 180
_REASONS_NAMED = 3


def snapshot_finding(book: Book, spans: pd.DataFrame) -> list[str]:
    """Name data that show one day, by the rule that the models go by.

    Parameters
    ----------
    book : Book
    spans : DataFrame
        One row per subscription, with started_on and ended_on.

    Returns
    -------
    list of str
        Sentences; none where there is nothing to say.
    """
    started, ended = spans["started_on"], spans["ended_on"]
    if spans.empty or not is_snapshot(started, ended, book.snapshot_on is not None):
        return []
    stated = (
        f" The mapping states that it was taken on {book.snapshot_on.date()}."
        if book.snapshot_on is not None
        else ""
    )
    count = int(ended.notna().sum())
    fall = (
        f"all {count:,} endings fall in {month_label(month_number(ended.max()))}"
        if count
        else ("no ending is on record")
    )
    span = month_number(started.max()) - month_number(started.min()) + 1
    sentence = (
        f"This is a snapshot, not a history: {fall}, while "
        f"contracts began over {span} months.{stated} Whoever left earlier is not in the data, "
        "so customers can be ranked, but the level of survival is not real."
    )
    return [sentence]


def no_endings_finding(spans: pd.DataFrame, as_of: pd.Timestamp) -> list[str]:
    """Name a book from which leaving cannot be learnt.

    Parameters
    ----------
    spans : DataFrame
        One row per subscription, with started_on and ended_on.
    as_of : Timestamp
        The day of reading.

    Returns
    -------
    list of str
        Sentences; none where there is nothing to say.
    """
    if spans.empty or spans["ended_on"].notna().any():
        return []
    return [
        f"Not one of {len(spans):,} subscriptions had ended by {as_of.date()}: a forecast of "
        "leaving would be what was believed before, not what this book teaches. Reports stop at "
        "their gate unless min_endings is 0."
    ]


def few_endings_finding(spans: pd.DataFrame, as_of: pd.Timestamp) -> list[str]:
    """Say what a book with a handful of endings cannot teach.

    Parameters
    ----------
    spans : DataFrame
        One row per subscription, with started_on and ended_on.
    as_of : Timestamp
        The day of reading.

    Returns
    -------
    list of str
        Sentences; none where nobody ended, or at least `core.names.FEW_ENDINGS` did.
    """
    ended = int(spans["ended_on"].notna().sum())
    if not 0 < ended < FEW_ENDINGS:
        return []
    return [
        f"Only {ended:,} of {len(spans):,} subscriptions had ended by {as_of.date()}: that tells "
        "how often customers leave, within a wide interval, and hardly who or why. What a report "
        "says of single customers and of drivers is mostly what was believed before."
    ]


def leak_findings(leaks: tuple[Leak, ...]) -> list[str]:
    """Name the columns that tell the outcome, why, and how to keep one nevertheless.

    Parameters
    ----------
    leaks : tuple of Leak
        See `workbench.data.leaks`.

    Returns
    -------
    list of str
        Sentences; none where there is nothing to say.
    """
    return [
        f"{leak}. accounts has today's values only, and this one looks set at the ending or made "
        f"from it; to keep it, name it in covariates or groups."
        for leak in leaks
    ]


def no_contracts_finding(book: Book) -> list[str]:
    """Say what a book without contracts bears, and how it may come by some.

    Parameters
    ----------
    book : Book
        What can be read from it, and what is advised, follow from which tables it has.

    Returns
    -------
    list of str
        One paragraph; none where the book has contracts.
    """
    if book.has_contracts:
        return []
    has = set(book.tables)
    bears = [sentence for table, sentence in _BEARS.items() if table in has]
    can = f" What can be read from it: {'; '.join(bears)}." if bears else ""
    how = (
        "contracts_from in the mapping makes subscriptions of what was invoiced"
        if "invoices" in has
        else "won offers can stand in for contracts where each is a sale that runs on"
        if "opportunities" in has
        else "a table of contracts, a snapshot with tenures, or spend by month will do"
    )
    return [
        f"No contracts: nothing says who is a customer from when to when.{can} To forecast: {how}."
    ]


_BEARS = {
    "opportunities": "offers, by stage and age, and how often they are won",
    "invoices": "how late is paid and what is disputed",
    "tickets": "how many tickets, how severe, how fast they are solved",
    "usage": "who uses how much, and whether it grows",
    "surveys": "what customers say",
    "messages": "how often there is talk, and who starts it",
}


def spend_finding(book: Book) -> list[str]:
    """Say what it means that contracts were made out of spend, if they were.

    Parameters
    ----------
    book : Book
        Its `spend` is the record of how contracts were made, or None.

    Returns
    -------
    list of str
        One paragraph; none where contracts are not made out of spend.
    """
    return [] if book.spend is None else [book.spend.text]


def rates_finding(book: Book) -> list[str]:
    """Say at which rates money was converted, if it was.

    Parameters
    ----------
    book : Book
    """
    if book.rates is None:
        return []
    rates = ", ".join(f"{code} at {rate:g}" for code, rate in sorted(book.rates.per_unit.items()))
    return [f"Money is converted to {book.rates.to} at fixed rates: {rates}."]


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
        f"{row.rows:,} of {row.of:,} {row.paradox} ({row.share:.0%})."
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
        See `workbench.data.audit.misplaced`.

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
        See `workbench.data.audit.misplaced`.

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


def long_terms_finding(contracts: pd.DataFrame) -> list[str]:
    """Name terms so long that their end may stand for no end.

    Parameters
    ----------
    contracts : DataFrame
        Canonical contracts.

    Returns
    -------
    list of str
        One sentence; none where there is nothing to say.
    """
    months = month_number(contracts["end_on"]) - month_number(contracts["start_on"])
    long = contracts[months > _LONGEST_USUAL_TERM_MONTHS]
    if long.empty:
        return []
    usual = long["end_on"].mode().iloc[0]
    first = long[long["end_on"] == usual].iloc[0]
    return [
        f"{len(long):,} contracts are written to run for more than "
        f"{_LONGEST_USUAL_TERM_MONTHS // 12} years, most often until {usual.date()} (first: "
        f"{first['contract_id']}), and none of them falls due before. If that day stands for no "
        f'end, state missing: ["{usual.date()}"] in a mapping: then they run from month to month.'
    ]


def no_currency_finding(contracts: pd.DataFrame) -> list[str]:
    """Say in which money contracts are counted that state none, where others do.

    Parameters
    ----------
    contracts : DataFrame
        Canonical contracts, in one currency.

    Returns
    -------
    list of str
        One sentence; none where there is nothing to say.
    """
    blank = contracts["currency"].fillna("") == ""
    if blank.all() or not blank.any():
        return []
    first = contracts.loc[blank, "contract_id"].iloc[0]
    return [
        f"{blank.sum():,} of {len(contracts):,} contracts state no currency (first: {first}) and "
        f"are counted in {contracts.loc[~blank, 'currency'].iloc[0]}, the only one that is stated."
    ]


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
