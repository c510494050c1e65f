"""What a book of tables is worth: counts first, then sentences that a planner can read.

Everything here is computed from a loaded `Book`; nothing is drawn and nothing printed.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import pandas as pd

from workbench.data.audit import contract_findings, ending_findings, findings
from workbench.data.audit.consistency import chain_faults, timing_contradictions
from workbench.data.book import Book
from workbench.data.contracts.subscriptions import placement, subscriptions
from workbench.data.gone_free import gone_free_finding
from workbench.data.leaks import find_leaks
from workbench.data.reach import beyond_findings
from workbench.data.schema import TABLES
from workbench.data.severity import severity_finding
from workbench.data.term_ends import last_days_finding

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
        ``placement`` (problem, contracts, accounts, share, first: contracts that cannot be placed,
        links that are ignored or lead to another account) ·
        ``timing`` (check, rows, of, share) ·
        ``endings`` (month, starts, endings) ·
        ``leaks`` (column, evidence) ·
        ``beyond`` (table, column, row, date): dates later than the data reach.
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
    found = book.reach
    contracts = book.frame("contracts")
    lines, problems = placement(contracts)
    chained = subscriptions(contracts, found.as_of)
    spans = chained.spans
    leaks = find_leaks(book.frame("accounts"), spans, found.as_of)
    tables = {
        "rows": book.rows,
        "quarantine": quarantined(book.quarantine),
        "signals": signals(book),
        "fill": fill(book),
        "coverage": coverage(book),
        "chains": chain_faults(contracts, lines),
        "placement": misplaced(contracts, problems),
        "timing": timing_contradictions(book.tables),
        "endings": endings(book),
        "leaks": pd.DataFrame(
            [(k.name, k.evidence) for k in leaks], columns=["column", "evidence"]
        ),
        "beyond": found.beyond,
    }
    snapshot = ending_findings.snapshot_finding(book, spans)
    no_endings = ending_findings.no_endings_finding(spans, found.as_of)
    grave = [
        *contract_findings.no_contracts_finding(book),
        *snapshot,
        *no_endings,
        *findings.grave_loss_findings(book),
        *ending_findings.leak_findings(leaks),
        *findings.share_findings(tables),
    ]
    placed = tables["placement"]
    minor = findings.placement_findings(placed[~findings.is_grave(placed)])
    spend = contract_findings.spend_finding(book)
    named = [
        *spend,
        *ending_findings.few_endings_finding(spans, found.as_of),
        *minor,
        *beyond_findings(found),
        *gone_free_finding(spans, chained.steps),
        *last_days_finding(contracts),
        *contract_findings.long_terms_finding(contracts),
        *contract_findings.no_currency_finding(contracts),
        *contract_findings.rates_finding(book),
    ]
    sentences = [
        *grave,
        *named,
        *findings.loss_findings(book, tables),
        *severity_finding(book),
        *findings.signal_findings(book, tables),
    ]
    contradicting = int(tables["timing"]["rows"].sum())
    verdict = findings.verdict_text(
        grave, bool(snapshot), bool(no_endings), book.has_contracts, contradicting
    )
    return Audit(tables, sentences, verdict)


def quarantined(quarantine: pd.DataFrame) -> pd.DataFrame:
    """Count the quarantine by table, column and reason, with the first row and its value.

    Parameters
    ----------
    quarantine : DataFrame
        Rows and cells not taken; see `Book`.

    Returns
    -------
    DataFrame
        table, column, reason, count, first_row and example.
    """
    grouped = quarantine.groupby(["table", "column", "reason"], sort=False)
    return grouped.agg(
        count=("row", "size"), first_row=("row", "first"), example=("value", "first")
    ).reset_index()


def signals(book: Book) -> pd.DataFrame:
    """Say of every canonical table whether it is there, and for what share of accounts.

    Parameters
    ----------
    book : Book
    """
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
    """Count the known accounts of a table; stages name an offer, and the offer its account."""
    if "account_id" not in table.columns:
        if "opportunities" not in book.tables:
            return 0
        table = table.inner_join(book.tables["opportunities"], "opportunity_id")
    known = book.tables["accounts"].select("account_id")
    return int(table.semi_join(known, "account_id").account_id.nunique().execute())


def fill(book: Book) -> pd.DataFrame:
    """Return the share of filled cells per column of the tables present.

    Parameters
    ----------
    book : Book
    """
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
    """Count rows per table and month; months without rows between the first and last are 0.

    Parameters
    ----------
    book : Book

    Returns
    -------
    DataFrame
        table, month (its first day) and rows.
    """
    parts = [pd.DataFrame({"table": pd.Series(dtype="str"), "month": [], "rows": []})]
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
    whole = pd.concat(parts[1:] or parts, ignore_index=True)
    return whole.astype({"month": "datetime64[us]", "rows": "int64"})


def misplaced(contracts: pd.DataFrame, problems: pd.DataFrame) -> pd.DataFrame:
    """Count the contracts that no subscription holds, and the links that are not what they seem.

    Parameters
    ----------
    contracts : DataFrame
        The canonical table.
    problems : DataFrame
        With contract_id and reason.

    Returns
    -------
    DataFrame
        problem, contracts, accounts, share (of all contracts) and first, the most frequent
        first.
    """
    found = problems.merge(contracts[["contract_id", "account_id"]])
    found = found.drop_duplicates(["contract_id", "account_id", "reason"])
    counts = found.groupby("reason").agg(
        contracts=("contract_id", "size"),
        accounts=("account_id", "nunique"),
        first=("contract_id", "first"),
    )
    counts = counts.sort_values("contracts", ascending=False, kind="stable")
    counts.insert(2, "share", counts["contracts"] / max(len(contracts), 1))
    return counts.rename_axis("problem").reset_index()


def endings(book: Book) -> pd.DataFrame:
    """Count contracts that started and that really stopped, by month.

    Parameters
    ----------
    book : Book

    Returns
    -------
    DataFrame
        month (its first day), starts and endings.
    """
    contracts = book.tables["contracts"].select("start_on", "ended_on").execute()
    starts = contracts["start_on"].dt.to_period("M").value_counts()
    stops = contracts["ended_on"].dropna().dt.to_period("M").value_counts()
    both = pd.DataFrame({"starts": starts, "endings": stops}).fillna(0).astype("int64").sort_index()
    both.index = both.index.to_timestamp()
    return both.rename_axis("month").reset_index().astype({"month": "datetime64[us]"})
