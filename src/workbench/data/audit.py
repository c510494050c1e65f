"""What a book of tables is worth: counts first, then sentences that a planner can read.

Everything here is computed from a loaded `Book`; nothing is drawn and nothing printed.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import pandas as pd

from workbench.core.calendar import month_label, month_number
from workbench.data.book import Book
from workbench.data.consistency import chain_faults, timing_contradictions
from workbench.data.schema import TABLES
from workbench.data.source.checks import CELL_LOST

MOMENTS = {
    "accounts": "created_on",
    "contracts": "start_on",
    "usage": "month",
    "invoices": "issued_on",
    "tickets": "opened_at",
    "surveys": "taken_on",
    "messages": "sent_at",
    "contacts": "joined_on",
    "opportunities": "opened_on",
    "opportunity_stages": "entered_on",
    "account_events": "on",
    "metrics": "month",
    "actions": "done_on",
}
"""The moment of each table's rows, for coverage by month."""

# Fewer endings than this can fall in one month by chance.
_FEWEST_ENDINGS = 10
_SPREAD_STARTS_MONTHS = 6
# A share of rows at fault above which a finding says so in the verdict.
_NOTABLE_SHARE = 0.05


@dataclass(frozen=True)
class Audit:
    """What was found in a book.

    Parameters
    ----------
    tables : dict of str to DataFrame
        ``rows`` (table, rows_in, rows_kept, rows_lost) ·
        ``quarantine`` (table, column, reason, count, first_row, example) ·
        ``signals`` (table, present, rows, account_share) ·
        ``fill`` (table, column, filled_share) ·
        ``coverage`` (table, month, rows) ·
        ``chains`` (fault, contracts, accounts, share, median_days) ·
        ``timing`` (paradox, rows, of, share) ·
        ``endings`` (month, starts, endings).
    findings : list of str
        Sentences in plain words, the gravest first.
    verdict : str
        One sentence on what the data can bear.
    """

    tables: dict[str, pd.DataFrame]
    findings: list[str]
    verdict: str


def audit(book: Book) -> Audit:
    """Audit a book.

    Parameters
    ----------
    book : Book

    Returns
    -------
    Audit
    """
    tables = {
        "rows": book.rows,
        "quarantine": quarantined(book.quarantine),
        "signals": signals(book),
        "fill": fill(book),
        "coverage": coverage(book),
        "chains": chain_faults(book.tables["contracts"].execute()),
        "timing": timing_contradictions(book.tables),
        "endings": endings(book),
    }
    grave = [*_snapshot_finding(book, tables["endings"]), *_share_findings(tables)]
    findings = [*grave, *_loss_findings(tables), *_signal_findings(book, tables)]
    return Audit(
        tables, findings, _verdict(grave, bool(_snapshot_finding(book, tables["endings"])))
    )


def quarantined(quarantine: pd.DataFrame) -> pd.DataFrame:
    """Count the quarantine by table, column and reason, with the first row and its value."""
    grouped = quarantine.groupby(["table", "column", "reason"], sort=False)
    return grouped.agg(
        count=("row", "size"), first_row=("row", "first"), example=("value", "first")
    ).reset_index()


def signals(book: Book) -> pd.DataFrame:
    """Say of every canonical table whether it is there, and for what share of accounts."""
    accounts = int(book.tables["accounts"].count().execute())
    rows = []
    for name in TABLES:
        table = book.tables.get(name)
        if table is None:
            rows.append((name, False, 0, 0.0))
            continue
        count = int(table.count().execute())
        rows.append((name, bool(count), count, _accounts_in(table, book) / accounts))
    return pd.DataFrame(rows, columns=["table", "present", "rows", "account_share"])


def _accounts_in(table: ibis.Table, book: Book) -> int:
    """Count the accounts of a table; stages name an offer, and the offer its account."""
    if "account_id" not in table.columns:
        if "opportunities" not in book.tables:
            return 0
        table = table.inner_join(book.tables["opportunities"], "opportunity_id")
    return int(table.account_id.nunique().execute())


def fill(book: Book) -> pd.DataFrame:
    """Return the share of filled cells per column of the tables present."""
    parts = []
    for name, table in book.tables.items():
        counts = table.agg(**{c: table[c].count() for c in table.columns}, n_=table.count())
        row = counts.execute().iloc[0]
        total = max(row.pop("n_"), 1)
        parts.append(
            pd.DataFrame({"table": name, "column": row.index, "filled_share": row / total})
        )
    return pd.concat(parts, ignore_index=True).astype({"filled_share": "float64"})


def coverage(book: Book) -> pd.DataFrame:
    """Count rows per table and month; months without rows between the first and last are 0."""
    parts = []
    for name, table in book.tables.items():
        moment = table[MOMENTS[name]]
        counted = (
            table.filter(moment.notnull())
            .group_by(month=moment.truncate("M"))
            .agg(rows=ibis._.count())
        )
        months = counted.execute()
        if months.empty:
            continue
        whole = pd.date_range(months["month"].min(), months["month"].max(), freq="MS")
        rows = months.set_index("month")["rows"].reindex(whole, fill_value=0)
        parts.append(pd.DataFrame({"table": name, "month": whole, "rows": rows.to_numpy()}))
    return pd.concat(parts, ignore_index=True).astype({"month": "datetime64[us]"})


def endings(book: Book) -> pd.DataFrame:
    """Count contracts that started and that really stopped, by month."""
    contracts = book.tables["contracts"].select("start_on", "ended_on").execute()
    starts = contracts["start_on"].dt.to_period("M").value_counts()
    stops = contracts["ended_on"].dropna().dt.to_period("M").value_counts()
    both = pd.DataFrame({"starts": starts, "endings": stops}).fillna(0).astype("int64").sort_index()
    both.index = both.index.to_timestamp()
    return both.rename_axis("month").reset_index().astype({"month": "datetime64[us]"})


def _snapshot_finding(book: Book, ends: pd.DataFrame) -> list[str]:
    """Name data that saw endings in one month only."""
    stopped = ends[ends["endings"] > 0]
    started = ends.loc[ends["starts"] > 0, "month"]
    count = int(stopped["endings"].sum())
    if len(stopped) != 1 or count < _FEWEST_ENDINGS or len(started) < _SPREAD_STARTS_MONTHS:
        return []
    month = month_label(month_number(stopped["month"].iloc[0]))
    span = month_number(started.max()) - month_number(started.min()) + 1
    stated = (
        f" The mapping states that it was taken on {book.snapshot_on.date()}."
        if book.snapshot_on is not None
        else ""
    )
    sentence = (
        f"This is a snapshot, not a history: all {count:,} endings fall in {month}, while "
        f"contracts began over {span} months.{stated} Whoever left earlier is not in the data, "
        "so customers can be ranked, but the level of survival is not real."
    )
    return [sentence]


def _share_findings(tables: dict[str, pd.DataFrame]) -> list[str]:
    found = [
        f"{row.contracts:,} contracts ({row.share:.0%}) {row.fault} (same account and product; "
        f"{row.accounts:,} accounts, median {row.median_days:.0f} days)."
        for row in tables["chains"].itertuples()
        if row.share > _NOTABLE_SHARE
    ]
    found += [
        f"{row.rows:,} of {row.of:,} {row.paradox} ({row.share:.0%})."
        for row in tables["timing"].itertuples()
        if row.share > _NOTABLE_SHARE
    ]
    return found


def _loss_findings(tables: dict[str, pd.DataFrame]) -> list[str]:
    lost = tables["rows"][tables["rows"]["rows_lost"] > 0]
    found = [
        f"{row.rows_lost:,} of {row.rows_in:,} rows of {row.table} are in quarantine."
        for row in lost.itertuples()
    ]
    cells = tables["quarantine"]
    cells = cells[cells["reason"].str.endswith(CELL_LOST)]
    found += [
        f"{row.count_:,} cells of {row.table}.{row.column} were set to missing: "
        f"{row.reason.removesuffix(CELL_LOST)} (first in row {row.first_row:,}: {row.example!r})."
        for row in cells.rename(columns={"count": "count_"}).itertuples()
    ]
    return found


def _signal_findings(book: Book, tables: dict[str, pd.DataFrame]) -> list[str]:
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


def _verdict(grave: list[str], is_snapshot: bool) -> str:
    if is_snapshot:
        return "Fit for ranking customers; not for the level of churn or its timing."
    if grave:
        return (
            f"To be used with care: {len(grave)} findings contradict what contracts, usage or "
            "tickets should look like. Doubt a model that finds strong signals here."
        )
    return "No contradiction found between contracts and the other tables."
