"""What the tables looked like at a date: the rule by which every signal is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from workbench.data.book import Book
from workbench.data.load import book_from_frames

# The moments from which a row is known; the first that is not missing counts. A row without any
# has always been known.
_ROW_KNOWN: dict[str, tuple[str, ...]] = {
    "accounts": ("created_on",),
    "contracts": ("signed_on", "start_on"),
    "invoices": ("issued_on",),
    "tickets": ("opened_at",),
    "surveys": ("taken_on",),
    "messages": ("sent_at",),
    "contacts": ("joined_on",),
    "opportunities": ("opened_on",),
    "opportunity_stages": ("entered_on",),
    "account_events": ("on",),
    "actions": ("done_on",),
}
# Tables of whole months: a month is known when it is over.
_MONTHLY = ("usage", "metrics")
# Cells that became known later than their row: the moment, and the cells that came with it.
_CELL_KNOWN: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "contracts": (("ended_on", ("end_reason",)),),
    "invoices": (("paid_on", ()),),
    "tickets": (("first_response_at", ()), ("closed_at", ("csat",))),
    "contacts": (("left_on", ()),),
    "opportunities": (("closed_on", ("won",)),),
}
OPEN_STAGE = "open"


def cut(tables: Mapping[str, pd.DataFrame], as_of: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Return canonical tables as they were known strictly before a date.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables; optional columns may be absent.
    as_of : Timestamp
        What became known on this day or later is left out.

    Returns
    -------
    dict of str to DataFrame
        Later rows are gone. Cells that became known later are missing, and with them what came
        along: the rating of a ticket, the reason of an end, whether an opportunity was won. The
        stage of an opportunity that was not closed by then reads "open": the table keeps the
        latest stage only. Which one it was in at the date is said by `opportunity_stages`.

    Examples
    --------
    >>> tickets = pd.DataFrame({
    ...     "opened_at": pd.to_datetime(["2024-01-05", "2024-03-01"]),
    ...     "closed_at": pd.to_datetime(["2024-02-02", None]), "csat": [4, None],
    ... })
    >>> cut({"tickets": tickets}, pd.Timestamp("2024-02-01"))["tickets"].values.tolist()
    [[Timestamp('2024-01-05 00:00:00'), NaT, nan]]
    """
    return {name: _cut_table(name, table, pd.Timestamp(as_of)) for name, table in tables.items()}


def book_as_known(book: Book, as_of: pd.Timestamp | str) -> Book:
    """Return the book as it was known strictly before a date; see `cut`.

    Whatever is computed from it cannot know more, whichever way it is computed.

    Parameters
    ----------
    book : Book
        As it is known today.
    as_of : Timestamp or str
        What became known on this day or later is left out.
    """
    frames = {name: book.frame(name) for name in book.tables}
    known = book_from_frames(cut(frames, pd.Timestamp(as_of)), max_lost_share=1.0)
    names = ("source", "mapping", "snapshot_on", "rates", "spend")
    kept = {name: getattr(book, name) for name in names}
    return replace(known, **kept, read_on=book.read_on)


def _cut_table(name: str, table: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    if name in _MONTHLY:
        over = table["month"] + pd.offsets.MonthBegin(1) <= as_of
        return table[over].reset_index(drop=True)
    moments = table.reindex(columns=list(_ROW_KNOWN[name])).bfill(axis=1).iloc[:, 0]
    known = table[~(pd.to_datetime(moments) >= as_of)].reset_index(drop=True)
    for moment, along in _CELL_KNOWN.get(name, ()):
        if moment not in known:
            continue
        is_known = known[moment] < as_of
        cells = [column for column in (moment, *along) if column in known]
        known[cells] = known[cells].where(is_known)
        if name == "opportunities":
            known["stage"] = known["stage"].where(is_known, OPEN_STAGE)
    return known
