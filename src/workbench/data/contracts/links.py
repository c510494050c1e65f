"""Links between contracts: which of them can be believed, and which lead to another account."""

from __future__ import annotations

import numpy as np
import pandas as pd

LOOP = "its previous contracts lead back to it"
LATER = "its previous contract starts later"
ABSENT = "its previous contract is not in the table"


def previous_rows(frame: pd.DataFrame) -> np.ndarray:
    """Return the position of each row's previous contract, −1 where it names none.

    Parameters
    ----------
    frame : DataFrame
        With contract_id, each once, and previous_contract_id.
    """
    return pd.Index(frame["contract_id"]).get_indexer(pd.Index(frame["previous_contract_id"]))


def sound_links(contracts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Empty the links that cannot be.

    Parameters
    ----------
    contracts : DataFrame
        With unique ``contract_id``; ``previous_contract_id`` is empty where there is none.

    Returns
    -------
    contracts : DataFrame
        Whose remaining links all lead back in time, so that none leads in a circle.
    problems : DataFrame
        ``contract_id`` and ``reason`` of the links that were emptied.

    Examples
    --------
    >>> day = pd.Timestamp("2024-01-01")
    >>> pair = pd.DataFrame({"contract_id": ["x", "y"], "previous_contract_id": ["y", "x"],
    ...                      "start_on": day})
    >>> sound_links(pair)[1]["reason"].tolist() == [LOOP, LOOP]
    True
    """
    previous = previous_rows(contracts)
    start = contracts["start_on"].to_numpy()
    named = (contracts["previous_contract_id"] != "").to_numpy()
    linked = previous >= 0
    faults = {
        ABSENT: named & ~linked,
        LOOP: in_loops(previous),
        LATER: linked & (start[previous] > start),
    }
    reason = np.select(list(faults.values()), list(faults), default="")
    bad = reason != ""
    sound = contracts.assign(previous_contract_id=contracts["previous_contract_id"].where(~bad, ""))
    return sound, contracts.loc[bad, ["contract_id"]].assign(reason=reason[bad])


def in_loops(previous: np.ndarray) -> np.ndarray:
    """Flag the rows from which following ``previous`` leads back to the row itself.

    Parameters
    ----------
    previous : ndarray of int, shape (row,)
        Position of the row that each names, below 0 for none.

    Returns
    -------
    ndarray of bool, shape (row,)

    Examples
    --------
    >>> in_loops(np.array([1, 0, 0, 3, -1])).tolist()
    [True, True, False, True, False]
    """
    # One place more, to which all that ends leads and which leads to itself.
    end = len(previous)
    ahead = np.append(np.where(previous < 0, end, previous), end)
    for _ in range(max(end, 1).bit_length()):
        ahead = ahead[ahead]
    # After more steps than there are rows, whoever has not reached the end is on a loop.
    found = np.zeros(end + 1, dtype=bool)
    found[ahead] = True
    return found[:end]


def followed_to(parent: np.ndarray) -> np.ndarray:
    """Return for each position the last one reached by following ``parent``, −1 for no further.

    Parameters
    ----------
    parent : ndarray of int, shape (row,)
        Position of the row to go to; without circles.

    Examples
    --------
    >>> followed_to(np.array([-1, 0, 1, -1])).tolist()
    [0, 0, 0, 3]
    """
    root = np.where(parent < 0, np.arange(len(parent)), parent)
    while True:
        further = root[root]
        if np.array_equal(further, root):
            return root
        root = further


def brought_along(
    account: np.ndarray,
    line: np.ndarray,
    start: np.ndarray,
    previous: np.ndarray,
    name: np.ndarray,
) -> np.ndarray:
    """Number the contracts that came from another account to one that had the product already.

    Two customers with the same product who become one have it twice; their contracts do not
    replace each other, even where both begin anew on one day.

    Parameters
    ----------
    account, line, start, previous, name : ndarray of int, shape (contract,)
        Number of the account, of account and product, first day, position of the contract before,
        and the contract's own number, of which the lower comes first.

    Returns
    -------
    ndarray of int, shape (contract,)
        The position of the contract by which it came, −1 for all others.
    """
    linked = previous >= 0
    crosses = linked & (account[previous] != account)
    if not crosses.any():
        return np.full(len(account), -1)
    # The first of a line is the account's own; of several that came on one day, the first by name.
    order = np.lexsort((name, crosses, start, line))
    own = np.zeros(len(line), dtype=bool)
    own[order[~pd.Series(line[order]).duplicated()]] = True
    root = followed_to(np.where(linked & ~crosses, previous, -1))
    return np.where((crosses & ~own)[root], root, -1)
