"""Columns of the canonical types, built whole: text, dates and times."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

NO_DAY = np.iinfo("int64").min
_SECONDS_A_DAY = 86_400


def keys(prefix: str, count: int, digits: int) -> pd.Series:
    """Return `count` keys that sort in order.

    Parameters
    ----------
    prefix : str
        What each key begins with.
    count : int
        At least 0.
    digits : int
        To which numbers are filled up with zeros.

    Examples
    --------
    >>> keys("A", 2, 3).tolist()
    ['A001', 'A002']
    """
    # pyarrow makes its functions at run time, where no type checker sees them.
    numbers = pc.utf8_lpad(pa.array(np.arange(1, count + 1)).cast(pa.string()), digits, "0")  # pyright: ignore[reportAttributeAccessIssue]
    text = pc.binary_join_element_wise(prefix, numbers, "")  # pyright: ignore[reportAttributeAccessIssue]
    return pd.Series(pd.array(text, dtype="str"))


def labels(texts: Iterable[str], codes: np.ndarray) -> pd.Series:
    """Return the word at each code; missing where the code is -1.

    Parameters
    ----------
    texts : iterable of str
        Told by their position.
    codes : ndarray of int
        Positions, or -1.
    """
    known = pd.array(list(texts), dtype="str")
    return pd.Series(known.take(np.asarray(codes, dtype="int64"), allow_fill=True))


def dates(days: np.ndarray) -> pd.Series:
    """Return dates of days since 1970-01-01; missing where the day is `NO_DAY`.

    Parameters
    ----------
    days : ndarray of int
        Days since 1970-01-01.
    """
    return pd.Series(np.asarray(days, dtype="datetime64[D]").astype("datetime64[us]"))


def times(seconds: np.ndarray) -> pd.Series:
    """Return moments of seconds since 1970-01-01; missing where the second is `NO_DAY`.

    Parameters
    ----------
    seconds : ndarray of int
        Seconds since 1970-01-01.
    """
    return pd.Series(np.asarray(seconds, dtype="datetime64[s]").astype("datetime64[us]"))


def until(values: np.ndarray, limit: int) -> np.ndarray:
    """Return days or seconds with those not before the limit blanked: not known yet.

    Parameters
    ----------
    values : ndarray of int
        Days or seconds since 1970-01-01.
    limit : int
        In the unit of the values.
    """
    return np.where(values < limit, values, NO_DAY)


def seconds(days: np.ndarray | int) -> np.ndarray:
    """Return the first second of each day.

    Parameters
    ----------
    days : ndarray or int
        Days since 1970-01-01.
    """
    return np.asarray(days, dtype="int64") * _SECONDS_A_DAY


def flags(values: np.ndarray, missing: np.ndarray | None = None) -> pd.Series:
    """Return flags of the nullable boolean type.

    Parameters
    ----------
    values : ndarray of bool
        What holds where it is known.
    missing : ndarray of bool, optional
        Where no flag is known; left out, it always is.
    """
    mask = np.zeros(len(values), dtype=bool) if missing is None else missing
    return pd.Series(pd.arrays.BooleanArray(np.asarray(values, dtype=bool), mask.copy()))
