"""What an audit says of endings: a snapshot, none, too few, and attributes that leak them."""

from __future__ import annotations

import pandas as pd

from workbench.core.calendar import month_label, month_number
from workbench.core.names import FEW_ENDINGS
from workbench.data.book import Book
from workbench.data.leaks import Leak
from workbench.data.source.shape.snapshot import is_snapshot


def snapshot_finding(book: Book, spans: pd.DataFrame) -> list[str]:
    """Name data that show one day, by the rule that the models go by.

    Parameters
    ----------
    book : Book
    spans : DataFrame
        One row per subscription, with started_on and ended_on.

    Returns
    -------
    list of str
        Sentences; none where there is nothing to say.
    """
    started, ended = spans["started_on"], spans["ended_on"]
    if spans.empty or not is_snapshot(started, ended, book.snapshot_on is not None):
        return []
    stated = (
        f" The mapping states that it was taken on {book.snapshot_on.date()}."
        if book.snapshot_on is not None
        else ""
    )
    count = int(ended.notna().sum())
    fall = (
        f"all {count:,} endings fall in {month_label(month_number(ended.max()))}"
        if count
        else ("no ending is on record")
    )
    span = month_number(started.max()) - month_number(started.min()) + 1
    sentence = (
        f"This is a snapshot, not a history: {fall}, while "
        f"contracts began over {span} months.{stated} Whoever left earlier is not in the data, "
        "so customers can be ranked, but the level of survival is not real."
    )
    return [sentence]


def no_endings_finding(spans: pd.DataFrame, as_of: pd.Timestamp) -> list[str]:
    """Name a book from which leaving cannot be learnt.

    Parameters
    ----------
    spans : DataFrame
        One row per subscription, with started_on and ended_on.
    as_of : Timestamp
        The day of reading.

    Returns
    -------
    list of str
        Sentences; none where there is nothing to say.
    """
    if spans.empty or spans["ended_on"].notna().any():
        return []
    return [
        f"Not one of {len(spans):,} subscriptions had ended by {as_of.date()}: a forecast of "
        "leaving would be what was believed before, not what this book teaches. Reports stop at "
        "their gate unless min_endings is 0."
    ]


def few_endings_finding(spans: pd.DataFrame, as_of: pd.Timestamp) -> list[str]:
    """Say what a book with a handful of endings cannot teach.

    Parameters
    ----------
    spans : DataFrame
        One row per subscription, with started_on and ended_on.
    as_of : Timestamp
        The day of reading.

    Returns
    -------
    list of str
        Sentences; none where nobody ended, or at least `core.names.FEW_ENDINGS` did.
    """
    ended = int(spans["ended_on"].notna().sum())
    if not 0 < ended < FEW_ENDINGS:
        return []
    return [
        f"Only {ended:,} of {len(spans):,} subscriptions had ended by {as_of.date()}: that tells "
        "how often customers leave, within a wide interval, and hardly who or why. What a report "
        "says of single customers and of drivers is mostly what was believed before."
    ]


def leak_findings(leaks: tuple[Leak, ...]) -> list[str]:
    """Name the columns that tell the outcome, why, and how to keep one nevertheless.

    Parameters
    ----------
    leaks : tuple of Leak
        See `workbench.data.leaks`.

    Returns
    -------
    list of str
        Sentences; none where there is nothing to say.
    """
    return [
        f"{leak}. accounts has today's values only, and this one looks set at the ending or made "
        f"from it; to keep it, name it in covariates or groups."
        for leak in leaks
    ]
