"""Contracts to subscriptions: the one place that knows what a renewal, an amendment or a lapse is.

Only what was known strictly before the as-of date is used; docs/contracts.md tells every case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.errors import ParameterError, Problem
from workbench.data.contracts.chains import (
    FAR,
    Contracts,
    chain_numbers,
    dates,
    first_of,
    in_order,
    last_of,
    stretches,
)
from workbench.data.contracts.currency import Rates, convert, refuse_mixed
from workbench.data.contracts.terms import runs, term_table, with_contract_facts, written_months

_TEXT = ("contract_id", "account_id", "product", "currency", "end_reason", "previous_contract_id")
_DATES = ("start_on", "end_on", "ended_on", "signed_on")
_NUMBERS = ("arr", "entitlement", "notice_days")

_SPAN_COLUMNS = [
    "subscription_id", "account_id", "product", "currency", "started_on", "ended_on", "end_reason",
    "reactivated", "n_terms",
]  # fmt: skip
_TERM_COLUMNS = [
    "subscription_id", "term_idx", "contract_id", "start_on", "end_on", "planned_end_on",
    "term_months", "month_to_month", "implied", "arr", "arr_at_start", "entitlement", "auto_renew",
    "notice_days", "notice_by",
]  # fmt: skip
_STEP_COLUMNS = [
    "subscription_id", "account_id", "product", "contract_id", "from_on", "until_on", "change",
    "arr", "entitlement", "contract_months",
]  # fmt: skip


@dataclass(frozen=True)
class Subscriptions:
    """What the contracts of a book amount to, as known at a date.

    Parameters
    ----------
    spans : DataFrame
        One row per subscription: ``subscription_id`` (its first contract), ``account_id``,
        ``product``, ``currency``, ``started_on``, ``ended_on`` (exclusive; missing while it runs),
        ``end_reason`` ('' when unknown), ``reactivated`` (the account had the product before),
        ``n_terms``.
    terms : DataFrame
        One row per term, in order: ``subscription_id``, ``term_idx`` (from 0), ``contract_id``
        (the contract that opened the run of terms), ``start_on``, ``end_on`` (exclusive; earlier
        than planned when renewed early; missing when open-ended), ``planned_end_on`` (as written,
        or as it renewed itself), ``term_months`` (whole months as planned; 1 when open-ended),
        ``month_to_month``, ``implied`` (no contract was written for it), ``arr`` and
        ``entitlement`` (in force on the term's last day), ``arr_at_start``, ``auto_renew``,
        ``notice_days``, ``notice_by`` (last day to give notice).
    steps : DataFrame
        One row per stretch of constant revenue, without holes inside a subscription:
        ``subscription_id``, ``account_id``, ``product``, ``contract_id``, ``from_on``,
        ``until_on`` (exclusive; missing while it runs), ``change`` (start, renewal or amendment),
        ``arr``, ``entitlement``, ``contract_months`` (months the entitlement is for).
    problems : DataFrame
        ``contract_id`` and ``reason``: contracts that could not be placed, links that were ignored.
    """

    spans: pd.DataFrame
    terms: pd.DataFrame
    steps: pd.DataFrame
    problems: pd.DataFrame


def subscriptions(
    contracts: pd.DataFrame,
    as_of: pd.Timestamp,
    gap_days: int = 30,
    rates: Rates | None = None,
) -> Subscriptions:
    """Chain contracts into subscriptions, with only what was known before a date.

    Parameters
    ----------
    contracts : DataFrame
        Canonical contracts; optional columns may be absent.
    as_of : Timestamp
        Signatures, starts and ends on or after this date are unknown.
    gap_days : int, in days, 0 or more
        A hole of at most this length is a late renewal; a longer one is churn and reactivation.
    rates : Rates, optional
        Converts everything to one currency. Without it, a chain in several currencies is refused.

    Raises
    ------
    DataError
        When a chain mixes currencies, or a currency has no rate.
    ParameterError
        When ``gap_days`` is negative.

    >>> book = pd.DataFrame({
    ...     "contract_id": ["c1", "c2"], "account_id": "a", "product": "p", "arr": [100.0, 120.0],
    ...     "start_on": pd.to_datetime(["2024-01-01", "2025-01-01"]),
    ...     "end_on": pd.to_datetime(["2025-01-01", "2026-01-01"]),
    ... })
    >>> subscriptions(book, pd.Timestamp("2025-07-01")).terms[["term_idx", "arr"]].values.tolist()
    [[0.0, 100.0], [1.0, 120.0]]
    """
    if gap_days < 0:
        problem = Problem("negative", "gap_days", "0 or more", str(gap_days))
        raise ParameterError("Contracts cannot be chained.", [problem])
    known = known_contracts(contracts, as_of)
    usable, unusable = _usable(known)
    if rates is None:
        refuse_mixed(usable, ["account_id", "product"])
    else:
        usable = convert(usable, rates)
    ordered = in_order(usable)
    ran = ordered.stop > ordered.start
    replaced = _reason(ordered.frame[~ran], "another contract replaces it on the day it starts")
    problems = pd.concat([unusable, replaced, _odd_links(usable)], ignore_index=True)
    today = int(pd.Timestamp(as_of).to_datetime64().astype("datetime64[D]").astype("int64"))
    spans, terms, steps = _tables(ordered.take(np.flatnonzero(ran)), gap_days, today)
    return Subscriptions(
        spans, terms, steps, problems.sort_values(list(problems.columns), ignore_index=True)
    )


def known_contracts(contracts: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the contracts known before a date, without ends that were not known yet.

    A contract is known when it was signed, or when it started if no signature is given. All
    canonical columns are present in the result, with their canonical types.
    """
    full = contracts.reindex(columns=[*_TEXT, *_DATES, *_NUMBERS, "auto_renew"])
    full = full.astype(dict.fromkeys(_DATES, "datetime64[us]"))
    known_on = full["signed_on"].fillna(full["start_on"])
    full = full[(known_on < as_of) | known_on.isna()].reset_index(drop=True)
    ended = full["ended_on"] < as_of
    text = {name: full[name].astype("str").where(full[name].notna(), "") for name in _TEXT}
    numbers = {name: full[name].astype("float64") for name in _NUMBERS}
    renews = full["auto_renew"].astype("boolean").fillna(False).astype(bool)
    full = full.assign(**text, **numbers, auto_renew=renews)
    return full.assign(
        ended_on=full["ended_on"].where(ended), end_reason=full["end_reason"].where(ended, "")
    )


def _usable(known: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split off the contracts that cannot stand on a time line, each with its first reason."""
    start = known["start_on"]
    checks = [
        ("no start date", start.isna()),
        ("its end is not after its start", known["end_on"] <= start),
        ("it stopped on or before its start, so it never ran", known["ended_on"] <= start),
        ("no yearly revenue", known["arr"].isna()),
        ("the contract_id occurs more than once", known["contract_id"].duplicated(keep=False)),
    ]
    reason = pd.Series("", index=known.index, dtype="str")
    for text, wrong in reversed(checks):
        reason = reason.mask(wrong, text)
    bad = reason != ""
    problems = pd.DataFrame({"contract_id": known["contract_id"][bad], "reason": reason[bad]})
    return known[~bad].reset_index(drop=True), problems


def _odd_links(usable: pd.DataFrame) -> pd.DataFrame:
    """Report links to contracts that are absent, or of another account."""
    named = usable[usable["previous_contract_id"] != ""]
    owner = usable.set_index("contract_id")["account_id"]
    previous = named["previous_contract_id"].map(owner)
    absent = _reason(named[previous.isna()], "its previous contract is not in the table")
    other = previous.notna() & (previous != named["account_id"])
    return pd.concat(
        [absent, _reason(named[other], "its previous contract belongs to another account")]
    )


def _reason(rows: pd.DataFrame, reason: str) -> pd.DataFrame:
    return rows[["contract_id"]].assign(reason=reason)


def _tables(
    contracts: Contracts, gap_days: int, today: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    pieces = stretches(contracts)
    row = pieces["row"].to_numpy()
    pieces["chain"] = chain_numbers(contracts, gap_days)[row]
    anchor = runs(contracts, pieces)
    chain = pieces["chain"].to_numpy()
    heads, tails = first_of(chain), last_of(chain)
    first, last = row[heads], row[tails]
    frame = contracts.frame
    names = frame["contract_id"].iloc[first].reset_index(drop=True)
    terms = with_contract_facts(term_table(contracts, pieces, anchor, today), contracts, pieces)
    terms["subscription_id"] = names.iloc[terms["chain"]].array
    spans = frame.iloc[first][["account_id", "product"]].reset_index(drop=True)
    spans = spans.assign(
        subscription_id=names,
        currency=frame["currency"].iloc[row].groupby(chain).max().array,
        started_on=dates(pieces["from_day"].to_numpy()[heads]),
        ended_on=dates(_end_days(contracts, last, gap_days, today)),
        end_reason=frame["end_reason"].iloc[last].array,
        reactivated=~first_of(contracts.group[first]),
        n_terms=np.bincount(terms["chain"], minlength=len(first)),
    )
    steps = _steps(contracts, pieces, anchor, spans["ended_on"])
    steps["subscription_id"] = names.iloc[chain].array
    return spans[_SPAN_COLUMNS], terms[_TERM_COLUMNS], steps[_STEP_COLUMNS]


def _end_days(contracts: Contracts, last: np.ndarray, gap_days: int, today: int) -> np.ndarray:
    """Return the day each chain ended: at a known end, or at a written one that nobody renewed."""
    stop = contracts.stop[last]
    # A renewal that starts on the last day of grace is known only after that day.
    lapsed = stop + gap_days < today
    return np.where((stop == contracts.ended[last]) | lapsed, stop, FAR)


def _steps(
    contracts: Contracts, pieces: pd.DataFrame, anchor: np.ndarray, ended_on: pd.Series
) -> pd.DataFrame:
    chain, row = pieces["chain"].to_numpy(), pieces["row"].to_numpy()
    begun = pieces["from_day"].to_numpy()
    until = np.append(begun[1:], FAR)[: len(begun)]
    begins = np.where(first_of(chain), "start", "renewal")
    change = np.where(anchor == np.arange(len(row)), begins, "amendment")
    columns = ["account_id", "product", "contract_id", "arr", "entitlement"]
    steps = contracts.frame.iloc[row][columns].reset_index(drop=True)
    until_on = dates(until).where(~last_of(chain), ended_on.iloc[chain].array)
    return steps.assign(
        from_on=dates(begun),
        until_on=until_on,
        change=pd.Series(change, dtype="str"),
        contract_months=written_months(contracts)[row],
    )
