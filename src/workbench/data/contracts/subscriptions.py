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
    dates,
    first_of,
    in_order,
    last_of,
    stretches,
)
from workbench.data.contracts.currency import Rates, convert, refuse_mixed
from workbench.data.contracts.known import known_contracts, usable_contracts
from workbench.data.contracts.links import sound_links
from workbench.data.contracts.successions import Chained, chained
from workbench.data.contracts.terms import runs, term_table, with_contract_facts, written_months

_SPAN_COLUMNS = [
    "subscription_id", "account_id", "product", "currency", "arr", "started_on", "ended_on",
    "end_reason", "merged_into", "split_from", "line_id", "reactivated", "n_terms",
]  # fmt: skip
_TERM_COLUMNS = [
    "subscription_id", "term_idx", "contract_id", "start_on", "end_on", "planned_end_on",
    "term_months", "month_to_month", "implied", "arr", "arr_at_start", "entitlement", "auto_renew",
    "notice_days", "notice_by",
]  # fmt: skip
_STEP_COLUMNS = [
    "subscription_id", "account_id", "held_by", "product", "contract_id", "from_on", "until_on",
    "change", "arr", "entitlement", "contract_months",
]  # fmt: skip


@dataclass(frozen=True)
class Subscriptions:
    """What the contracts of a book amount to, as known at a date.

    Parameters
    ----------
    spans : DataFrame
        One row per subscription: ``subscription_id`` (its first contract), ``account_id``,
        ``product`` and ``arr`` (of the contract in force today, or of the last), ``currency``,
        ``started_on``, ``ended_on`` (exclusive; missing while it runs), ``end_reason`` ('' when
        unknown), ``merged_into`` (the subscription in which it went on when it ended; '' for none),
        ``split_from`` (the one that it was a part of; '' for none), ``line_id`` (the first
        subscription of its line), ``reactivated`` (the line had ended), ``n_terms``.
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
        ``subscription_id``, ``account_id`` (the subscription's), ``held_by`` (the account in whose
        name it was then), ``product``, ``contract_id``, ``from_on``,
        ``until_on`` (exclusive; missing while it runs), ``change`` (start, renewal or amendment),
        ``arr``, ``entitlement``, ``contract_months`` (months the entitlement is for).
    problems : DataFrame
        ``contract_id`` and ``reason``: contracts that could not be placed, links that were ignored
        or that lead to another account.
    as_of : Timestamp
        Nothing on or after it is known.
    """

    spans: pd.DataFrame
    terms: pd.DataFrame
    steps: pd.DataFrame
    problems: pd.DataFrame
    as_of: pd.Timestamp


def subscriptions(
    contracts: pd.DataFrame,
    as_of: pd.Timestamp,
    gap_days: int = 30,
    rates: Rates | None = None,
    *,
    unsigned_ahead: bool = False,
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
    unsigned_ahead : bool
        See :func:`known_contracts`.

    Returns
    -------
    Subscriptions
        Spans, terms and what could not be placed.

    Raises
    ------
    DataError
        When a chain mixes currencies, or a currency has no rate.
    ParameterError
        When ``gap_days`` is negative.

    Examples
    --------
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
    today = int(pd.Timestamp(as_of).to_datetime64().astype("datetime64[D]").astype("int64"))
    usable, unusable = usable_contracts(
        known_contracts(contracts, as_of, unsigned_ahead=unsigned_ahead)
    )
    if rates is None:
        refuse_mixed(usable, ["account_id", "product"])
    else:
        usable = convert(usable, rates)
    found, problems = _placed(usable, gap_days, today)
    refuse_mixed(_by_subscription(found), ["account_id", "product"])
    spans, terms, steps = _tables(found, gap_days, today)
    return Subscriptions(spans, terms, steps, _sorted(unusable, problems), pd.Timestamp(as_of))


def placement(contracts: pd.DataFrame, gap_days: int = 30) -> tuple[pd.Series, pd.DataFrame]:
    """Say to which line each contract belongs, and what is odd about the others.

    Parameters
    ----------
    contracts : DataFrame
        Canonical contracts, of any currencies.
    gap_days : int
        A hole of at most this many days is a late renewal; 0 or more.

    Returns
    -------
    lines : Series of str
        By ``contract_id``, the first contract of its line, with everything that the contracts say
        known. What cannot be placed is left out.
    problems : DataFrame
        See :class:`Subscriptions`.
    """
    usable, unusable = usable_contracts(known_contracts(contracts, pd.Timestamp.max))
    found, problems = _placed(usable, gap_days, FAR)
    names = found.contracts.frame["contract_id"]
    heads = np.flatnonzero(first_of(found.contracts.group))
    line = names.iloc[heads[found.line[found.contracts.group]]]
    return pd.Series(line.array, index=names.array), _sorted(unusable, problems)


def _placed(usable: pd.DataFrame, gap_days: int, today: int) -> tuple[Chained, pd.DataFrame]:
    sound, bad_links = sound_links(usable)
    ordered = in_order(sound)
    ran = ordered.stop > ordered.start
    replaced = ordered.frame.loc[~ran, ["contract_id"]].assign(
        reason="another contract replaces it on the day it starts"
    )
    found = chained(ordered.take(np.flatnonzero(ran)), gap_days, today)
    return found, pd.concat([bad_links, replaced, found.problems])


def _by_subscription(found: Chained) -> pd.DataFrame:
    """Return the contracts under the account and products of the subscription's first one."""
    contracts = found.contracts
    heads = np.flatnonzero(first_of(contracts.group))
    whole = contracts.frame[["account_id", "product"]].iloc[heads[contracts.group]]
    return contracts.frame.assign(**{name: whole[name].array for name in whole})


def _sorted(*problems: pd.DataFrame) -> pd.DataFrame:
    every = pd.concat(problems, ignore_index=True)
    return every.sort_values(list(every.columns), ignore_index=True)


def _tables(
    found: Chained, gap_days: int, today: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    contracts = found.contracts
    pieces = stretches(contracts)
    row = pieces["row"].to_numpy()
    chain = contracts.group[row]
    pieces["chain"] = chain
    anchor = runs(contracts, pieces)
    heads, tails = first_of(chain), last_of(chain)
    first, last = row[heads], row[tails]
    frame = contracts.frame
    names = frame["contract_id"].iloc[first].reset_index(drop=True)
    terms = with_contract_facts(term_table(contracts, pieces, anchor, today), contracts, pieces)
    terms["subscription_id"] = names.iloc[terms["chain"]].array
    spans = frame.iloc[row[_in_force(pieces, today)]][["account_id", "product", "arr"]]
    spans = spans.reset_index(drop=True).assign(
        subscription_id=names,
        currency=frame["currency"].iloc[row].groupby(chain).max().array,
        started_on=dates(pieces["from_day"].to_numpy()[heads]),
        ended_on=dates(_end_days(found, last, gap_days, today)),
        end_reason=frame["end_reason"].iloc[last].array,
        merged_into=_named(names, found.merged_into),
        split_from=_named(names, found.split_from),
        line_id=names.iloc[found.line].array,
        reactivated=found.line != np.arange(len(names)),
        n_terms=np.bincount(terms["chain"], minlength=len(first)),
    )
    steps = _steps(contracts, pieces, anchor, spans)
    return spans[_SPAN_COLUMNS], terms[_TERM_COLUMNS], steps[_STEP_COLUMNS]


def _in_force(pieces: pd.DataFrame, today: int) -> np.ndarray:
    """Return the stretch of each chain that holds today: its last one begun, else its first."""
    chain = pieces["chain"].to_numpy()
    first = np.flatnonzero(first_of(chain))
    begun = np.bincount(chain, pieces["from_day"].to_numpy() < today).astype("int64")
    return first + np.maximum(begun - 1, 0)


def _named(names: pd.Series, which: np.ndarray) -> pd.Series:
    """Return the names at some positions, '' where there is none."""
    return names.iloc[np.maximum(which, 0)].reset_index(drop=True).where(which >= 0, "")


def _end_days(found: Chained, last: np.ndarray, gap_days: int, today: int) -> np.ndarray:
    """Return the day each chain ended: at a known end, or at a written one that nobody renewed."""
    contracts = found.contracts
    stop = contracts.stop[last]
    # A renewal that starts on the last day of grace is known only after that day.
    lapsed = stop + gap_days < today
    over = (stop == contracts.ended[last]) | lapsed | (found.merged_into >= 0)
    return np.where(over, stop, FAR)


def _steps(
    contracts: Contracts, pieces: pd.DataFrame, anchor: np.ndarray, spans: pd.DataFrame
) -> pd.DataFrame:
    chain, row = pieces["chain"].to_numpy(), pieces["row"].to_numpy()
    begun = pieces["from_day"].to_numpy()
    until = np.append(begun[1:], FAR)[: len(begun)]
    begins = np.where(first_of(chain), "start", "renewal")
    change = np.where(anchor == np.arange(len(row)), begins, "amendment")
    columns = ["account_id", "product", "contract_id", "arr", "entitlement"]
    steps = contracts.frame.iloc[row][columns].reset_index(drop=True)
    steps = steps.rename(columns={"account_id": "held_by"})
    until_on = dates(until).where(~last_of(chain), spans["ended_on"].iloc[chain].array)
    return steps.assign(
        subscription_id=spans["subscription_id"].iloc[chain].array,
        account_id=spans["account_id"].iloc[chain].array,
        from_on=dates(begun),
        until_on=until_on,
        change=pd.Series(change, dtype="str"),
        contract_months=written_months(contracts)[row],
    )
