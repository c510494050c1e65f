"""Contracts of one line in order: until when each holds, and which speaks when.

Works on whole days as integers and on positions in the sorted contract table. Loops run over the
depth of an overlap (how many contracts lie on top of each other), never over contracts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.data.contracts.links import brought_along, previous_rows

FAR = 4_000_000  # days since 1970, beyond any date a timestamp can hold: "no end in sight"
_SHIFT = 1_000_000  # lifts days before 1970 above zero inside a key
_SPAN = FAR + 2 * _SHIFT


@dataclass(frozen=True)
class Contracts:
    """Contracts sorted by group and start, as arrays of equal length.

    Parameters
    ----------
    frame : DataFrame
        The sorted rows.
    group : ndarray of int
        Number of the account and product, or of the subscription once products follow each other.
    start, planned : ndarray of int
        Days since 1970; ``planned`` is the written end, ``FAR`` when open-ended.
    ended : ndarray of int
        Day of a known real end, ``FAR`` when none is known.
    stop : ndarray of int
        Day from which the contract no longer holds; ``FAR`` while nothing ends it.
    """

    frame: pd.DataFrame
    group: np.ndarray
    start: np.ndarray
    planned: np.ndarray
    ended: np.ndarray
    stop: np.ndarray

    def take(self, rows: np.ndarray) -> Contracts:
        """Return the contracts at these positions.

        Parameters
        ----------
        rows : ndarray of int
            In the order that the result is to have.
        """
        return Contracts(
            self.frame.iloc[rows].reset_index(drop=True),
            *(getattr(self, name)[rows] for name in ("group", "start", "planned", "ended", "stop")),
        )


def days(dates: pd.Series, missing: int = FAR) -> np.ndarray:
    """Return days since 1970, and ``missing`` where there is no date.

    Parameters
    ----------
    dates : Series of datetime64
        Times of day are cut off.
    missing : int, optional
        In place of a date that is not there; far in the future by default.
    """
    known = dates.notna().to_numpy()
    values = dates.to_numpy(dtype="datetime64[D]").astype("int64")
    return np.where(known, values, missing)


def dates(values: np.ndarray) -> pd.Series:
    """Return days since 1970 as dates, missing where the day is ``FAR``.

    Parameters
    ----------
    values : ndarray of int
        Days since 1970.
    """
    stamps = np.where(values >= FAR, np.datetime64("NaT", "D"), values.astype("datetime64[D]"))
    return pd.Series(stamps.astype("datetime64[us]"))


def key(group: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return one number that orders by group, then by day.

    Parameters
    ----------
    group : ndarray of int
        At least 0.
    day : ndarray of int
        Days since 1970.
    """
    return group * _SPAN + day + _SHIFT


def in_order(frame: pd.DataFrame) -> Contracts:
    """Sort contracts by account and product, and work out until when each of them holds.

    Parameters
    ----------
    frame : DataFrame
        The canonical contracts, optional columns filled in.

    Returns
    -------
    Contracts
        By account and product, then by start.
    """
    account = pd.factorize(frame["account_id"], sort=True)[0]
    product, products = pd.factorize(frame["product"], sort=True)
    group = account * max(len(products), 1) + product
    start, planned = days(frame["start_on"]), days(frame["end_on"])
    previous = previous_rows(frame)
    name = pd.factorize(frame["contract_id"], sort=True)[0]
    group = group * (len(frame) + 1) + brought_along(account, group, start, previous, name) + 1
    linked = (previous >= 0) & (group[previous] == group) & (start[previous] == start)
    order = np.lexsort((name, planned, linked, start, group))
    frame = frame.iloc[order].reset_index(drop=True)
    group = pd.factorize(group[order])[0]
    start, planned, ended = start[order], planned[order], days(frame["ended_on"])
    stop = _stops(frame, group, start, planned, ended)
    return Contracts(frame, group, start, planned, ended, stop)


def _stops(
    frame: pd.DataFrame,
    group: np.ndarray,
    start: np.ndarray,
    planned: np.ndarray,
    ended: np.ndarray,
) -> np.ndarray:
    stop = np.where(ended < FAR, ended, planned)
    previous = previous_rows(frame)
    heirs = np.flatnonzero(
        (previous >= 0) & (group[previous] == group) & (start[previous] <= start)
    )
    np.minimum.at(stop, previous[heirs], start[heirs])
    _replace_by_longer(stop, group, start, planned)
    renews = frame["auto_renew"].to_numpy(dtype=bool)
    runs_on = renews & (ended == FAR) & (planned < FAR) & (stop == planned)
    stop[runs_on] = _next_start(group, start, planned)[runs_on]
    return stop


def _replace_by_longer(
    stop: np.ndarray, group: np.ndarray, start: np.ndarray, planned: np.ndarray
) -> None:
    """Cut, in place, each fixed term at the next contract written to run at least as long."""
    last = len(stop) - 1
    row = np.flatnonzero(planned < FAR)
    later = row + 1
    while len(row):
        inside = later <= last
        row, later = row[inside], later[inside]
        inside = (group[later] == group[row]) & (start[later] < stop[row])
        row, later = row[inside], later[inside]
        longer = planned[later] >= planned[row]
        stop[row[longer]] = start[later[longer]]
        row, later = row[~longer], later[~longer] + 1


def _next_start(group: np.ndarray, start: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return the first start in the same group on or after a day, ``FAR`` when there is none."""
    at = np.searchsorted(key(group, start), key(group, day), side="left")
    safe = np.minimum(at, len(start) - 1)
    found = (at < len(start)) & (group[safe] == group)
    return np.where(found, start[safe], FAR)


def first_of(values: np.ndarray) -> np.ndarray:
    """Flag the first row of each run of equal values.

    Parameters
    ----------
    values : ndarray, shape (row,)
        Equal ones standing together.

    Returns
    -------
    ndarray of bool, shape (row,)
    """
    return np.append(True, values[1:] != values[:-1])[: len(values)]


def last_of(values: np.ndarray) -> np.ndarray:
    """Flag the last row of each run of equal values.

    Parameters
    ----------
    values : ndarray, shape (row,)
        Equal ones standing together.

    Returns
    -------
    ndarray of bool, shape (row,)
    """
    return np.append(values[1:] != values[:-1], True)[: len(values)]


def chain_numbers(contracts: Contracts, gap_days: int) -> np.ndarray:
    """Number the unbroken chains: a hole of more than ``gap_days`` begins a new one.

    Parameters
    ----------
    contracts : Contracts
        In order, see `workbench.data.contracts.chains.in_order`.
    gap_days : int
        Days without a contract that a chain bears.

    Returns
    -------
    ndarray of int, shape (contract,)
        From 0, in order.
    """
    covered = np.maximum.accumulate(key(contracts.group, contracts.stop))
    begins = first_of(contracts.group)
    hole = key(contracts.group, contracts.start)[1:] - covered[:-1] > gap_days
    begins[1:] |= hole
    return np.cumsum(begins) - 1


def stretches(contracts: Contracts) -> pd.DataFrame:
    """Say which contract speaks for its account and product from which day until which.

    Where contracts overlap, the one that started last speaks; when it stops before an older one
    does, the older one speaks again.

    Parameters
    ----------
    contracts : Contracts
        In order, see `workbench.data.contracts.chains.in_order`.

    Returns
    -------
    DataFrame
        ``row`` (position in ``contracts``), ``from_day`` and ``until_day``, in order of time
        within a group; days without any contract are left out.
    """
    group, stop = contracts.group, contracts.stop
    starts = key(group, contracts.start)
    stops = key(group, stop)
    moments = np.unique(np.concatenate([starts, stops[stop < FAR]]))
    top = np.searchsorted(starts, moments, side="right") - 1
    alive = np.maximum.accumulate(stops)[top] > moments
    moments, top, moment_group = moments[alive], top[alive], group[top[alive]]
    dead = np.flatnonzero(stops[top] <= moments)
    while len(dead):
        top[dead] -= 1
        dead = dead[stops[top[dead]] <= moments[dead]]
    day = moments - moment_group * _SPAN - _SHIFT
    # A hole between two stretches of one contract cannot be: a contract runs without a break.
    keep = first_of(top)
    row, day, of_group = top[keep], day[keep], moment_group[keep]
    following = np.append(np.where(of_group[1:] == of_group[:-1], day[1:], FAR), FAR)[: len(day)]
    return pd.DataFrame(
        {"row": row, "from_day": day, "until_day": np.minimum(following, stop[row])}
    )
