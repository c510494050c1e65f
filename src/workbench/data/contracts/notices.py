"""Notices: endings that are on record before they happen."""

from __future__ import annotations

import pandas as pd

MOST_MONTHS_AHEAD = 24


def is_notice(contracts: pd.DataFrame, last_on: pd.Timestamp) -> pd.Series:
    """Flag the contracts whose end is known ahead, and can be believed.

    Parameters
    ----------
    contracts : DataFrame
        Canonical contracts.
    last_on : Timestamp
        The last day on record: an ending after it has not happened, it was announced.

    Returns
    -------
    Series of bool
        True where ``ended_on`` lies after that day and within the contract's term; within
        `MOST_MONTHS_AHEAD` months where the contract has no term or has outlived it. Anything later
        may as well be mistyped.
    """
    ended, end = contracts["ended_on"], contracts["end_on"]
    usual = last_on + pd.DateOffset(months=MOST_MONTHS_AHEAD)
    latest = end.where(end > last_on, usual)
    return (ended > last_on) & (ended <= latest)
