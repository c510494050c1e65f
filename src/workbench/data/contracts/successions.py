"""Which chain of one product continues another: plan changes, mergers of lines, splits, moves.

docs/contracts.md states the rule. Works on chains of `data.contracts.chains`: positions
are those of chains, days are whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.data.contracts.chains import FAR, Contracts, chain_numbers, first_of, key, last_of
from workbench.data.contracts.links import followed_to, previous_rows

GOES_ON = "its previous contract, of another product, goes on, so both count"
OTHER_ACCOUNT = "its previous contract belongs to another account"
FOLLOWED = "continues a contract of another account, and is followed as one subscription"


@dataclass(frozen=True)
class Chained:
    """Contracts by subscription.

    Parameters
    ----------
    contracts : Contracts
        Whose ``group`` is the number of the subscription, in order.
    line : ndarray of int, shape (subscription,)
        The first subscription of the line: one that comes back to the product that it gave up
        continues the line.
    merged_into, split_from : ndarray of int, shape (subscription,)
        The subscription that took this one up when it ended, or that gave it off when it began;
        −1 for none.
    problems : DataFrame
        ``contract_id`` and ``reason``: links to other products and accounts that were not followed,
        or that were followed to another account.
    """

    contracts: Contracts
    line: np.ndarray
    merged_into: np.ndarray
    split_from: np.ndarray
    problems: pd.DataFrame


@dataclass(frozen=True)
class _Chains:
    """Chains of one product, as arrays over chains; ``number`` is over contracts."""

    number: np.ndarray
    head: np.ndarray  # position of the first contract
    account: np.ndarray
    group: np.ndarray
    start: np.ndarray
    last_start: np.ndarray
    stop: np.ndarray
    first_arr: np.ndarray
    last_arr: np.ndarray


def chained(contracts: Contracts, gap_days: int, today: int) -> Chained:
    """Join the chains of single products to subscriptions.

    Parameters
    ----------
    contracts : Contracts
        By account and product, all of which ran.
    gap_days : int
        A longer hole is no renewal, into whatever product.
    today : int
        Days since 1970; what ends later has not ended yet.

    Returns
    -------
    Chained
        The subscription of each contract, and the links that are not what they seem.
    """
    chains = _chains(contracts, gap_days)
    pairs, problems = _pairs(contracts, chains, gap_days, today)
    continues = pairs[pairs["chosen"]]
    count = len(chains.head)
    before, after = np.full(count, -1), np.full(count, -1)
    before[continues["new"]], after[continues["old"]] = continues["old"], continues["new"]
    merged, split = _beside(pairs, chains, before, after, today)
    root = followed_to(before)
    taken = pd.concat([continues, merged])
    until = np.full(count, FAR)
    until[taken["old"]] = taken["day"]
    stop = np.minimum(contracts.stop, until[chains.number])
    # Subscriptions in order of the account that has them in the end, then of their first contract.
    tail = np.zeros(count, dtype="int64")
    last = np.flatnonzero(after < 0)
    tail[root[last]] = last
    roots = np.unique(root)
    order = roots[np.lexsort((roots, chains.account[tail[roots]]))]
    position = np.full(count, -1)
    position[order] = np.arange(len(order))
    of_chain = position[root]
    of_contract = of_chain[chains.number]
    rows = np.lexsort((np.arange(len(of_contract)), contracts.start, of_contract))
    joined = replace(contracts, group=of_contract, stop=stop).take(rows)
    return Chained(
        contracts=joined,
        line=_lines(chains, root, merged["old"].to_numpy(), after, of_chain, order),
        merged_into=_of(merged["old"], merged["new"], of_chain, len(order)),
        split_from=_of(split["new"], split["old"], of_chain, len(order)),
        problems=problems,
    )


def _of(whose: pd.Series, what: pd.Series, position: np.ndarray, count: int) -> np.ndarray:
    found = np.full(count, -1)
    found[position[whose]] = position[what]
    return found


def _chains(contracts: Contracts, gap_days: int) -> _Chains:
    number = chain_numbers(contracts, gap_days)
    account = pd.factorize(contracts.frame["account_id"], sort=True)[0]
    number = number + np.cumsum(_filled_holes(contracts, number, account))
    head, tail = np.flatnonzero(first_of(number)), np.flatnonzero(last_of(number))
    outlasts = np.lexsort((np.arange(len(number)), contracts.stop, number))[tail]
    arr = contracts.frame["arr"].to_numpy(dtype="float64")
    return _Chains(
        number=number,
        head=head,
        account=account[head],
        group=contracts.group[head],
        start=contracts.start[head],
        last_start=contracts.start[tail],
        stop=contracts.stop[outlasts],
        first_arr=arr[head],
        last_arr=arr[outlasts],
    )


def _filled_holes(contracts: Contracts, number: np.ndarray, account: np.ndarray) -> np.ndarray:
    """Flag contracts that return to a product after another one stood in for it.

    A hole too short to break a chain is a late renewal, unless a contract of another product lies
    wholly within it: who goes from one product to another and back had never both.
    """
    covered = np.maximum.accumulate(key(contracts.group, contracts.stop))
    begins = key(contracts.group, contracts.start)
    returns = np.zeros(len(number), dtype=bool)
    returns[1:] = (begins[1:] > covered[:-1]) & (number[1:] == number[:-1])
    later = np.flatnonzero(returns)
    from_day = contracts.start[later] - (begins[later] - covered[later - 1])
    order, first, last = _within(account, contracts.start, account[later], from_day,
                                 contracts.start[later])  # fmt: skip
    which, at = _spread(first, last)
    other = order[at]
    inside = contracts.group[other] != contracts.group[later[which]]
    inside &= contracts.stop[other] <= contracts.start[later[which]]
    filled = np.zeros(len(number), dtype=bool)
    filled[later[which[inside]]] = True
    return filled


def _within(
    account: np.ndarray, start: np.ndarray, whose: np.ndarray, from_day: np.ndarray,
    to_day: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Return an order by account and start, and where in it what begins within the days stands."""
    keys = key(account, start)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.searchsorted(keys, key(whose, from_day), "left")
    return order, first, np.searchsorted(keys, key(whose, to_day), "right")


def _spread(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the position and each value of whole numbers, first to last exclusive."""
    count = np.maximum(last - first, 0)
    which = np.repeat(np.arange(len(first)), count)
    return which, first[which] + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def _pairs(
    contracts: Contracts, chains: _Chains, gap_days: int, today: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return which chain may continue which, the better pairs first, and those ``chosen``."""
    linked, problems = _linked(contracts, chains, gap_days)
    pairs = pd.concat([linked, _unlinked(chains, gap_days, today)], ignore_index=True)
    pairs = pairs.drop_duplicates(["old", "new"], ignore_index=True)
    old, new = pairs["old"].to_numpy(), pairs["new"].to_numpy()
    apart = np.abs(chains.first_arr[new] - chains.last_arr[old])
    hole = np.abs(pairs["day"].to_numpy() - chains.stop[old])
    hole = np.where(pairs["linked"], 0, hole)
    order = np.lexsort((new, old, apart, hole, ~pairs["linked"].to_numpy(bool)))
    pairs = pairs.iloc[order].reset_index(drop=True)
    return pairs.assign(chosen=_one_to_one(pairs)), problems


def _linked(
    contracts: Contracts, chains: _Chains, gap_days: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the pairs that links name, and say which links are not followed."""
    frame = contracts.frame
    previous = previous_rows(frame)
    row = np.flatnonzero(previous >= 0)
    row = row[contracts.group[row] != contracts.group[previous[row]]]
    old, new, day = chains.number[previous[row]], chains.number[row], contracts.start[row]
    moves = chains.account[old] != chains.account[new]
    over = (chains.last_start[old] < day) & (day <= chains.stop[old] + gap_days)
    # In its own account a link ends what it names. Another account's contract must have ended.
    followed = over & (~moves | (chains.stop[old] <= day))
    reason = np.select(
        [moves & followed, moves, ~followed & (day <= chains.stop[old])],
        [FOLLOWED, OTHER_ACCOUNT, GOES_ON],
        default="",
    )
    stated = reason != ""
    problems = frame.iloc[row[stated]][["contract_id"]].assign(reason=reason[stated])
    pairs = pd.DataFrame({"old": old, "new": new, "day": day, "linked": True})
    pairs["heads"] = chains.head[new] == row
    return pairs[followed], problems


def _unlinked(chains: _Chains, gap_days: int, today: int) -> pd.DataFrame:
    """Return pairs in which a chain begins when another one of the account has ended.

    It begins on the day of the end, or at most ``gap_days`` later; or earlier in the same month,
    which no month's end sees, once the end is past.
    """
    old = np.flatnonzero(chains.stop < FAR)
    stop = chains.stop[old]
    month = stop.astype("datetime64[D]").astype("datetime64[M]")
    earliest = np.where(stop <= today, month.astype("datetime64[D]").astype("int64"), stop)
    order, first, last = _within(
        chains.account, chains.start, chains.account[old], earliest, stop + gap_days
    )
    which, at = _spread(first, last)
    old, new = old[which], order[at]
    day = chains.start[new]
    fits = (chains.group[old] != chains.group[new]) & (chains.last_start[old] < day)
    return pd.DataFrame({"old": old, "new": new, "day": day, "linked": False, "heads": True})[fits]


def _one_to_one(pairs: pd.DataFrame) -> np.ndarray:
    """Choose pairs, the better ones first, so that no chain is continued or continues twice."""
    chosen = np.zeros(len(pairs), dtype=bool)
    left = pairs[pairs["heads"].astype(bool)]
    while len(left):
        best = left[~left.duplicated("old") & ~left.duplicated("new")]
        chosen[best.index] = True
        left = left[~left["old"].isin(best["old"]) & ~left["new"].isin(best["new"])]
    return chosen


def _beside(
    pairs: pd.DataFrame, chains: _Chains, before: np.ndarray, after: np.ndarray, today: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what ends in, and what begins from, a chain that continues another one.

    A chain merges into the one that names it, or that continues another that ended on the same
    day; it splits from the one that it names, or that was continued on the same day.
    """
    old, new = pairs["old"].to_numpy(), pairs["new"].to_numpy()
    linked, day = pairs["linked"].to_numpy(bool), pairs["day"].to_numpy()
    twin_end = (before[new] >= 0) & (chains.stop[before[new]] == chains.stop[old])
    twin_start = (after[old] >= 0) & (chains.start[after[old]] == day)
    merges = (after[old] < 0) & (day < today) & (linked | twin_end)
    splits = (before[new] < 0) & pairs["heads"].to_numpy(bool) & (after[old] >= 0)
    splits &= linked | twin_start
    merged = pairs[merges].drop_duplicates("old")
    return merged, pairs[splits].drop_duplicates("new")


def _lines(
    chains: _Chains, root: np.ndarray, merged: np.ndarray, after: np.ndarray,
    of_chain: np.ndarray, order: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Return for each subscription the first one of its line."""
    parent = np.full(len(root), -1)
    earlier = order[order > 0] - 1
    same = chains.group[earlier] == chains.group[earlier + 1]
    ended = (after[earlier] < 0) & ~np.isin(earlier, merged)
    back = earlier[same & ended]
    parent[back + 1] = root[back]
    return of_chain[followed_to(parent)[order]]
