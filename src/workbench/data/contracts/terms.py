"""Stretches of contracts to terms: where a term begins, where it ends, what changed inside it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.data.contracts.chains import FAR, Contracts, dates, first_of, key, last_of
from workbench.data.contracts.months import add_months, day_of_month, periods_until

_DAYS_PER_MONTH = 365.25 / 12


def end_day_of_month(contracts: Contracts) -> np.ndarray:
    """Return the day of the month on which each contract's further terms end.

    It is that of the written end. Where the month of that end is too short for the day on which
    the subscription, or else the contract, began, it is that day: from 31 January a month ends on
    29 February, the next one on 31 March.

    Parameters
    ----------
    contracts : Contracts
        In order, see `workbench.data.contracts.chains.in_order`.
    """
    fixed = np.where(contracts.planned < FAR, contracts.planned, 0)
    wanted = day_of_month(fixed)
    first = first_of(contracts.group)
    for start in (contracts.start, contracts.start[first][np.cumsum(first) - 1]):
        begun = day_of_month(start)
        same = add_months(fixed, np.zeros_like(fixed), begun) == fixed
        wanted = np.where(same, np.maximum(begun, wanted), wanted)
    return wanted


def written_months(contracts: Contracts) -> np.ndarray:
    """Return each contract's written length in whole months, at least 1; 1 when open-ended.

    Parameters
    ----------
    contracts : Contracts
        In order, see `workbench.data.contracts.chains.in_order`.
    """
    length = np.rint((contracts.planned - contracts.start) / _DAYS_PER_MONTH)
    return np.where(contracts.planned < FAR, np.maximum(length, 1), 1).astype("int64")


def runs(contracts: Contracts, pieces: pd.DataFrame) -> np.ndarray:
    """Return, for each stretch, the position of the stretch that began its run of terms.

    A stretch stays in the run before it when it changes a running term without moving the term's
    end (an amendment), or lies inside a longer term that goes on underneath. Everything else
    (a renewal, early, on time or late; a change to or from month to month) begins a run.

    Parameters
    ----------
    contracts : Contracts
        In order, see `workbench.data.contracts.chains.in_order`.
    pieces : DataFrame
        See `workbench.data.contracts.chains.stretches`; with the chain of each.
    """
    chain, row = pieces["chain"].to_numpy(), pieces["row"].to_numpy()
    day = pieces["from_day"].to_numpy()
    length = written_months(contracts), end_day_of_month(contracts)
    older = np.maximum.accumulate(key(contracts.group, contracts.stop))
    shelter = np.append(-1, older[:-1])[: len(older)][row]
    underneath = shelter > key(contracts.group[row], day)
    begins = first_of(chain)
    opening = begins.copy()
    begins[:] = True
    anchor = np.arange(len(row))
    before = np.maximum(np.arange(len(row)) - 1, 0)
    while True:
        base = row[anchor[before]]
        end = _term_end(contracts, length, base, row[before], day)
        planned = contracts.planned[row]
        inside = (planned == end) | ((planned < end) & (end < FAR) & underneath)
        begins = opening | ~inside
        moved = np.maximum.accumulate(np.where(begins, np.arange(len(row)), 0))
        if np.array_equal(moved, anchor):
            return anchor
        anchor = moved


def _term_end(
    contracts: Contracts,
    length: tuple[np.ndarray, np.ndarray],
    base: np.ndarray,
    running: np.ndarray,
    day: np.ndarray,
) -> np.ndarray:
    """Return the end of the term that a day falls in, −1 when the term was over by then."""
    planned = contracts.planned[base]
    itself = renews_itself(contracts)
    renewed = itself[running] | itself[base]
    fixed = np.where(planned < FAR, planned, 0)
    months, of_month = (each[base] for each in length)
    count = periods_until(fixed, months, day + 1, of_month)
    further = np.where(renewed, add_months(fixed, count * months, of_month), -1)
    return np.where(planned > day, planned, further)


def renews_itself(contracts: Contracts) -> np.ndarray:
    """Flag contracts that ran on beyond their written end in further terms.

    Parameters
    ----------
    contracts : Contracts
        In order, see `workbench.data.contracts.chains.in_order`.

    Returns
    -------
    ndarray of bool, shape (contract,)
    """
    renews = contracts.frame["auto_renew"].to_numpy(dtype=bool)
    return renews & (contracts.planned < FAR) & (contracts.stop > contracts.planned)


def term_table(
    contracts: Contracts, pieces: pd.DataFrame, anchor: np.ndarray, today: int
) -> pd.DataFrame:
    """Cut each run of stretches into its terms (see :class:`Subscriptions` for the columns).

    Parameters
    ----------
    contracts : Contracts
        In order, see `workbench.data.contracts.chains.in_order`.
    pieces : DataFrame
        See `workbench.data.contracts.chains.stretches`; with the chain of each.
    anchor : ndarray of int, shape (stretch,)
        Position of the stretch that began the run, see `runs`.
    today : int
        Days since 1970; a term that ends on that day has not renewed itself yet.

    Returns
    -------
    DataFrame
        One row per term, in order of time within a chain.
    """
    run = _run_table(contracts, pieces, anchor, today)
    further = run["further"].to_numpy()
    each = run.loc[run.index.repeat(further + 1)]
    nth = np.arange(len(each)) - np.repeat(np.cumsum(further + 1) - further - 1, further + 1)
    planned, begun = each["planned"].to_numpy(), each["begun"].to_numpy()
    fixed = np.where(planned < FAR, planned, 0)
    months, of_month = each["months"].to_numpy(), each["of_month"].to_numpy()
    overrun = (nth > 0) & ~each["itself"].to_numpy()
    start = np.where(nth == 0, begun, add_months(fixed, (nth - 1) * months, of_month))
    plan = np.where(nth == 0, planned, add_months(fixed, nth * months, of_month))
    plan = np.where(overrun, FAR, plan)
    term_months = np.where(overrun, 1, months)
    table = each[["chain", "base"]].assign(
        implied=nth > 0,
        start_day=np.maximum(start, begun),
        end_day=np.minimum(plan, each["next_begun"]),
        planned_day=plan,
        term_months=term_months,
        month_to_month=(plan == FAR) | (term_months == 1),
    )
    # A contract that speaks again after its own written end has no first term left.
    return table[table["end_day"] > table["start_day"]].reset_index(drop=True)


def _run_table(
    contracts: Contracts, pieces: pd.DataFrame, anchor: np.ndarray, today: int
) -> pd.DataFrame:
    """Describe each run of terms, with how many ``further`` terms follow the written one."""
    row, chains = pieces["row"].to_numpy(), pieces["chain"].to_numpy()
    begins, ends = pieces["from_day"].to_numpy(), pieces["until_day"].to_numpy()
    last = np.flatnonzero(last_of(anchor))
    first = anchor[last]
    base, chain, begun, until = row[first], chains[first], begins[first], ends[last]
    next_begun = np.append(np.where(chain[1:] == chain[:-1], begun[1:], FAR), FAR)[: len(chain)]
    planned, months = contracts.planned[base], written_months(contracts)[base]
    of_month = end_day_of_month(contracts)[base]
    # A term that ends today has not renewed itself yet: that is known only tomorrow.
    seen = np.where(until < FAR, until, np.maximum(today, begun))
    fixed = np.where(planned < FAR, planned, 0)
    further = np.where(planned < seen, periods_until(fixed, months, seen, of_month), 0)
    itself = renews_itself(contracts)[row[last]]
    return pd.DataFrame(
        {
            "chain": chain,
            "base": base,
            "begun": begun,
            "next_begun": next_begun,
            "planned": planned,
            "months": months,
            "of_month": of_month,
            "itself": itself,
            # What runs over without renewing itself goes on month to month: one open term.
            "further": np.where(itself, further, np.minimum(further, 1)),
        }
    )


def with_contract_facts(
    terms: pd.DataFrame, contracts: Contracts, pieces: pd.DataFrame
) -> pd.DataFrame:
    """Add what the contracts in force on a term's first and last day say.

    Parameters
    ----------
    terms : DataFrame
        From `term_table`.
    contracts : Contracts
        In order, see `workbench.data.contracts.chains.in_order`.
    pieces : DataFrame
        See `workbench.data.contracts.chains.stretches`; with the chain of each.

    Returns
    -------
    DataFrame
        The terms with their contract, revenue, notice and what else the contracts state.
    """
    moments = key(pieces["chain"].to_numpy(), pieces["from_day"].to_numpy())
    row = pieces["row"].to_numpy()
    chain, end = terms["chain"].to_numpy(), terms["end_day"].to_numpy()
    at_start = row[np.searchsorted(moments, key(chain, terms["start_day"].to_numpy()), "right") - 1]
    at_end = row[np.searchsorted(moments, key(chain, end - 1), "right") - 1]
    frame = contracts.frame
    notice = frame["notice_days"].to_numpy(dtype="float64")[at_end]
    notice_day = end - np.where(np.isnan(notice), 0, notice).astype("int64")
    notice_day = np.where(np.isnan(notice) | (end == FAR), FAR, notice_day)
    return terms.assign(
        contract_id=frame["contract_id"].iloc[terms["base"]].reset_index(drop=True),
        start_on=dates(terms["start_day"].to_numpy()),
        end_on=dates(end),
        planned_end_on=dates(terms["planned_day"].to_numpy()),
        arr=frame["arr"].to_numpy(dtype="float64")[at_end],
        arr_at_start=frame["arr"].to_numpy(dtype="float64")[at_start],
        entitlement=frame["entitlement"].to_numpy(dtype="float64")[at_end],
        auto_renew=frame["auto_renew"].to_numpy(dtype=bool)[at_end],
        notice_days=notice,
        notice_by=dates(notice_day),
        term_idx=np.arange(len(terms))
        - np.flatnonzero(first_of(chain))[np.cumsum(first_of(chain)) - 1],
    )
