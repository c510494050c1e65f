"""Customers who have signed and are none yet: apart from today's, and off the count of new ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.features.new_business import account_segments
from workbench.forecast.growth.levels import Levels
from workbench.forecast.simulation.lines import BEGINS, ENTRY, WORTH, Lines
from workbench.forecast.simulation.measures import REACTIVATION


def is_coming(lines: Lines) -> np.ndarray:
    """Flag the lines of accounts that pay nothing today and have signed to.

    Parameters
    ----------
    lines : Lines

    Returns
    -------
    ndarray of bool, shape (line,)
    """
    signed = (lines.signed[:, :, BEGINS] >= 0).any(axis=1)
    if not signed.any():
        return signed
    first, size = lines.begin[:-1], np.diff(lines.begin)
    nothing = np.add.reduceat(lines.cents, first) == 0
    return np.repeat(nothing & np.logical_or.reduceat(signed, first), size)


def is_returning(lines: Lines) -> np.ndarray:
    """Flag the lines of accounts that have been customers before, of those that are coming.

    Parameters
    ----------
    lines : Lines
        Of accounts that are coming alone, see `is_coming`.

    Returns
    -------
    ndarray of bool, shape (line,)
        True for all lines of an account whose first signed step is a reactivation.
    """
    month, entry = _first_steps(lines)
    first, size = lines.begin[:-1], np.diff(lines.begin)
    soonest = np.repeat(np.minimum.reduceat(month, first), size)
    back = (month == soonest) & (entry == REACTIVATION)
    return np.repeat(np.logical_or.reduceat(back, first), size)


def signed_arrivals(
    lines: Lines, accounts: pd.DataFrame, source: tuple[str, ...], months: int
) -> np.ndarray:
    """Count the customers to come who have signed.

    The count of new customers holds whoever comes, signed or not: these are taken off it, so that
    nobody comes twice.

    Parameters
    ----------
    lines : Lines
    accounts : DataFrame
        With account_id and, where known, segment.
    source : tuple of str
        Where customers come from: segments, and in the last place those who return.
    months : int
        Horizon; who begins later is left out.

    Returns
    -------
    ndarray of int64, shape (source, month)
    """
    out = np.zeros((len(source), months), "int64")
    coming = lines.take(is_coming(lines))
    if not len(coming):
        return out
    first = coming.begin[:-1]
    month = np.minimum.reduceat(_first_steps(coming)[0], first)
    segments, of_account = account_segments(accounts)
    known = of_account.map(dict(enumerate(segments)))
    position = pd.Index(source).get_indexer(pd.Index(known.reindex(coming.accounts)))
    position = np.where(is_returning(coming)[first], len(source) - 1, position)
    counted = (month < months) & (position >= 0)
    np.add.at(out, (position[counted], month[counted]), 1)
    return out


def committed_change(lines: Lines, levels: Levels, months: int) -> np.ndarray:
    """Add up by how much the revenue of each level changes by what is signed.

    Parameters
    ----------
    lines : Lines
    levels : Levels
        Under which levels each line counts.
    months : int
        Horizon; what begins later is left out.

    Returns
    -------
    ndarray of int64, shape (level, month)
    """
    out = np.zeros((len(levels), months), "int64")
    before = lines.cents
    for step in np.moveaxis(lines.signed, 1, 0):
        month = step[:, BEGINS]
        inside = np.flatnonzero((month >= 0) & (month < months))
        for column in levels.line.T:
            change = (step[:, WORTH] - before)[inside]
            np.add.at(out, (column[inside], month[inside]), change)
        before = np.where(month >= 0, step[:, WORTH], before)
    return out


def _first_steps(lines: Lines) -> tuple[np.ndarray, np.ndarray]:
    step = lines.signed[:, 0]
    never = np.iinfo("int64").max
    return np.where(step[:, BEGINS] >= 0, step[:, BEGINS], never), step[:, ENTRY]
