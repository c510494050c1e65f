"""Facts that cannot all be true: overlapping contracts, usage before the contract, and the like."""

from __future__ import annotations

import ibis
import pandas as pd

_FOREVER = pd.Timestamp("2262-01-01")


def chain_faults(contracts: pd.DataFrame, lines: pd.Series) -> pd.DataFrame:
    """Count overlaps between the contracts of one account and product, and gaps within a line.

    Parameters
    ----------
    contracts : DataFrame
        Canonical contracts.
    lines : Series of str
        By contract, from `data.contracts.subscriptions.placement`: who changes product leaves
        no gap.

    Returns
    -------
    DataFrame
        fault, contracts (that begin so), accounts, share (of all contracts), median_days.

    Examples
    --------
    >>> day = pd.to_datetime(["2024-01-01", "2024-06-01"])
    >>> two = pd.DataFrame({"contract_id": ["1", "2"], "account_id": "a", "product": "p",
    ...                     "start_on": day, "end_on": pd.to_datetime(["2024-05-22", "2025-01-01"]),
    ...                     "ended_on": pd.NaT})
    >>> lines = pd.Series("1", index=["1", "2"])
    >>> chain_faults(two, lines)[["contracts", "median_days"]].to_numpy().tolist()
    [[0.0, nan], [1.0, 10.0]]
    """
    ordered = contracts.sort_values(["account_id", "product", "start_on", "contract_id"])
    end = ordered["ended_on"].fillna(ordered["end_on"]).fillna(_replaced(ordered)).fillna(_FOREVER)
    before = _latest_end(end, [ordered["account_id"], ordered["product"]])
    shared_end = end.where(end < before, before)
    overlap = shared_end.where(shared_end < _FOREVER) - ordered["start_on"]
    line = ordered["contract_id"].map(lines)
    in_line = ordered.assign(line=line, end=end)[line.notna()].sort_values(
        ["line", "start_on", "contract_id"]
    )
    gap = in_line["start_on"] - _latest_end(in_line["end"], [in_line["line"]])
    faults = {
        "begin before the one before has ended": overlap[ordered["start_on"] < before],
        "begin after a gap": gap[gap > pd.Timedelta(0)],
    }
    return pd.DataFrame(
        {
            "fault": list(faults),
            "contracts": [len(days) for days in faults.values()],
            "accounts": [ordered.loc[d.index, "account_id"].nunique() for d in faults.values()],
            "share": [len(days) / max(len(ordered), 1) for days in faults.values()],
            "median_days": [days.dt.days.median() for days in faults.values()],
        }
    )


def _replaced(contracts: pd.DataFrame) -> pd.Series:
    """Return when an open-ended contract was replaced by one that names it; missing otherwise."""
    if "previous_contract_id" not in contracts:
        return pd.Series(pd.NaT, contracts.index, dtype="datetime64[us]")
    line = ["account_id", "product"]
    heirs = contracts[[*line, "previous_contract_id", "start_on"]].dropna()
    first = heirs.groupby([*line, "previous_contract_id"])["start_on"].min()
    own = pd.MultiIndex.from_frame(contracts[[*line, "contract_id"]])
    return pd.Series(first.reindex(own).to_numpy(), contracts.index)


def _latest_end(end: pd.Series, groups: list[pd.Series]) -> pd.Series:
    """Return how far the contracts before each one reach: an earlier may outlast a later one."""
    return end.groupby(groups).cummax().groupby(groups).shift()


def timing_contradictions(tables: dict[str, ibis.Table]) -> pd.DataFrame:
    """Count rows whose moment contradicts the account's contracts.

    Parameters
    ----------
    tables : dict of str to ibis.Table
        Canonical tables.

    Returns
    -------
    DataFrame
        check, rows, of (rows compared), share. Only tables that are present are compared.
    """
    contracts = tables["contracts"]
    stop = ibis.coalesce(contracts.ended_on, contracts.end_on)
    by_account = contracts.group_by("account_id").agg(
        first=contracts.start_on.min(),
        # One contract without an end keeps the account alive.
        last=ibis.ifelse(stop.isnull().any(), ibis.null(stop.type()), stop.max()),
        running=contracts.ended_on.isnull().any(),
    )
    rows = []
    for name, moment, broken, finding in _rules(tables):
        joined = tables[name].inner_join(by_account, "account_id")
        counted = joined.filter(joined[moment].notnull())
        broken_rows = broken(counted)
        found = counted.agg(of=counted.count(), rows=broken_rows.sum()).execute()
        rows.append((finding, int(found["rows"].fillna(0).iloc[0]), int(found["of"].iloc[0])))
    if "usage" in tables:
        rows.append(_usage_before_product(tables["usage"], contracts))
    frame = pd.DataFrame(rows, columns=["check", "rows", "of"])
    return frame.assign(share=(frame["rows"] / frame["of"].clip(lower=1)).astype("float64"))


def _rules(tables: dict[str, ibis.Table]) -> list:
    """Return (table, moment, broken, words) of the rules whose table is present."""
    rules = [
        (
            "accounts",
            "created_on",
            lambda t: t.created_on > t["first"],
            "accounts were created after their first contract began",
        ),
        (
            "usage",
            "month",
            lambda t: t.month < t["first"].truncate("M"),
            "usage rows lie before the account's first contract",
        ),
        (
            "usage",
            "month",
            lambda t: t.month >= t["last"],
            "usage rows lie after the account's last contract ended",
        ),
        (
            "tickets",
            "opened_at",
            lambda t: t.opened_at < t["first"],
            "tickets were opened before the account's first contract",
        ),
        (
            "tickets",
            "opened_at",
            lambda t: t.opened_at >= t["last"],
            "tickets were opened after the account's last contract ended",
        ),
        (
            "invoices",
            "issued_on",
            lambda t: t.issued_on < t["first"],
            "invoices were issued before the account's first contract",
        ),
        (
            "account_events",
            "on",
            lambda t: t.kind.contains("churn") & t.running,
            "events that report or concern churn are of accounts whose contracts still run",
        ),
    ]
    return [rule for rule in rules if rule[0] in tables]


def _usage_before_product(usage: ibis.Table, contracts: ibis.Table) -> tuple[str, int, int]:
    first = contracts.group_by("account_id", "product").agg(first=contracts.start_on.min())
    joined = usage.inner_join(first, ["account_id", "product"])
    found = joined.agg(
        of=joined.count(), rows=(joined.month < joined["first"].truncate("M")).sum()
    ).execute()
    finding = "usage rows lie before the first contract for that product"
    return finding, int(found["rows"].fillna(0).iloc[0]), int(found["of"].iloc[0])
