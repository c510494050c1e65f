"""How far the data reach: the default as-of day, and dates that lie beyond all the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from workbench.core.calendar import month_number, month_start
from workbench.data.contracts.notices import is_notice
from workbench.data.schema import TABLES

if TYPE_CHECKING:
    from workbench.data.book import Book

# Dates written when the thing happened. A closing date of an opportunity, a contract's end or a
# due date may be planned, so they tell nothing.
_RECORDED = {
    "invoices": ("issued_on", "paid_on"),
    "tickets": ("opened_at",),
    "messages": ("sent_at",),
    "surveys": ("taken_on",),
    "usage": ("month",),
    "actions": ("done_on",),
    "opportunities": ("opened_on",),
    "opportunity_stages": ("entered_on",),
    "account_events": ("on",),
}
_ENDED = "ended_on"
LATE_DAYS = 3
_SHORTEST_GAP_DAYS = 31
_LOOK_BACK_DAYS = 730
# Up to four rows, if they are a small part of a small book, or one in two hundred.
_FEW_ROWS, _FEW_OF_SMALL, _FEW_SHARE = 4, 0.125, 0.005
_NAMED = 5
_TAKEN = {
    False: "Planned ahead, or mistyped",
    True: "Notices given ahead: a forecast from today's data takes these contracts as ending then",
}


@dataclass(frozen=True)
class Reach:
    """How far the data reach.

    Parameters
    ----------
    last_on : Timestamp
        The last day on record.
    as_of : Timestamp
        The day after the last complete month: the as-of day where nobody states one.
    beyond : DataFrame
        Dates later than `last_on` that should not be: table, column, row (its key), date, notice
        (an ending that was announced, see `data.contracts.notices.is_notice`; the others may be
        mistyped).
    ahead_of : Timestamp, optional
        The day of reading, where every date on record lies after it.
    """

    last_on: pd.Timestamp
    as_of: pd.Timestamp
    beyond: pd.DataFrame
    ahead_of: pd.Timestamp | None = None


def reach(book: Book) -> Reach:
    """Find how far a book's data reach.

    Signatures (where a contract has none, its start), endings and the moments of the other tables
    tell. None counts that lies after the day on which the source was read. Of the latest, up to
    four rows, an eighth of a book at most (or one row in two hundred), do not count if the gap
    before them is longer than a month and than twice any gap of the two years before: such as one
    mistyped year. Endings after all else do not count either while more terms run out without a
    word than end, though before they did not: then those endings are notices, given ahead.

    A month counts as complete when the data reach its last days. A snapshot says its day itself.

    Parameters
    ----------
    book : Book

    Returns
    -------
    Reach
        The last day on record, the default as-of date, and the dates beyond.
    """
    contracts = book.frame("contracts")
    days = _days(book, contracts)
    if days.empty:
        # No contract and no moment on record: nothing reaches further than the reading itself.
        last = book.read_on or pd.Timestamp.today().normalize()
        return Reach(
            last, book.stated_as_of or month_of(last), _beyond(book, contracts, days, last)
        )
    heard = days if book.read_on is None else days[days["day"] <= book.read_on]
    last = _supported(heard if len(heard) else days)
    last = min(last, _before_notices(contracts, heard, last))
    as_of = month_start(month_number(last + pd.Timedelta(days=1 + LATE_DAYS)))
    if book.read_on is not None:
        as_of = min(as_of, max(month_start(month_number(book.read_on)), month_of(last)))
    ahead_of = None if len(heard) else book.read_on
    beyond = _beyond(book, contracts, days, last)
    return Reach(last, book.stated_as_of or as_of, beyond, ahead_of)


def default_as_of(book: Book) -> pd.Timestamp:
    """Return the day after the last complete month in the data; see `reach`.

    Parameters
    ----------
    book : Book
    """
    return book.reach.as_of


def month_of(day: pd.Timestamp) -> pd.Timestamp:
    """Return the first day of a day's month.

    Parameters
    ----------
    day : Timestamp
        Any time of it.
    """
    return month_start(month_number(day))


def beyond_findings(found: Reach) -> list[str]:
    """Name the dates beyond the data's reach, each column in one sentence, with its rows.

    Parameters
    ----------
    found : Reach
        Of a book.

    Returns
    -------
    list of str
        Sentences; none where no date lies beyond.
    """
    sentences = []
    if found.ahead_of is not None:
        sentences.append(
            f"Every date on record lies after the day of reading, {found.ahead_of.date()}: the "
            "clock or the century is wrong, and the default as-of day has not come yet."
        )
    for (table, column, _), rows in found.beyond.groupby(["table", "column", "notice"], sort=False):
        named = ", ".join(f"{row.date.date()} in {row.row}" for row in rows[:_NAMED].itertuples())
        more = f" and {len(rows) - _NAMED:,} more" if len(rows) > _NAMED else ""
        months = month_number(rows["date"].max()) - month_number(found.last_on)
        many = len(rows) > 1
        sentences.append(
            f"{len(rows):,} date{'s' * many} of {table}.{column} lie{'' if many else 's'} up to "
            f"{months:,} months after the last day on record, {found.last_on.date()}: "
            f"{named}{more}. {_TAKEN[bool(rows['notice'].all())]}: no such date moves the default "
            "as-of day."
        )
    return sentences


def _days(book: Book, contracts: pd.DataFrame) -> pd.DataFrame:
    """Count the rows of each day: table, column, day, rows."""
    known = contracts["signed_on"].fillna(contracts["start_on"])
    signed = known.where(contracts["signed_on"].notna())
    series = {
        ("contracts", "signed_on"): signed,
        ("contracts", "start_on"): known.where(signed.isna()),
        ("contracts", _ENDED): contracts[_ENDED],
    }
    parts = [_counted(*name, values.dropna().value_counts()) for name, values in series.items()]
    for table, columns in _RECORDED.items():
        for column in columns if table in book.tables else ():
            moment = book.tables[table][column]
            counts = moment.truncate("D").name("day").as_table().filter(ibis._.day.notnull())
            found = counts.group_by("day").agg(rows=ibis._.count()).execute()
            parts.append(_counted(table, column, found.set_index("day")["rows"]))
    return pd.concat(parts, ignore_index=True)


def _counted(table: str, column: str, rows: pd.Series) -> pd.DataFrame:
    day = pd.Series(rows.index).astype("datetime64[us]").dt.normalize()
    return pd.DataFrame({"table": table, "column": column, "day": day, "rows": rows.to_numpy()})


def _supported(days: pd.DataFrame) -> pd.Timestamp:
    """Return the last day that is not cut off from the others by a gap too long."""
    rows = days.groupby("day")["rows"].sum().sort_index()
    when = rows.index.to_numpy("datetime64[D]").astype("int64")
    gap = np.diff(when)
    few = max(min(_FEW_ROWS, _FEW_OF_SMALL * rows.sum()), _FEW_SHARE * rows.sum())
    cut = len(when)
    for position in range(len(when) - 1, 0, -1):
        if rows.iloc[position:].sum() > few:
            break
        near = gap[: position - 1][when[1:position] > when[position - 1] - _LOOK_BACK_DAYS]
        longest = 2 * near.max() if len(near) else np.inf
        if gap[position - 1] > max(_SHORTEST_GAP_DAYS, longest):
            cut = position
    return rows.index[cut - 1]


def _before_notices(
    contracts: pd.DataFrame, days: pd.DataFrame, last: pd.Timestamp
) -> pd.Timestamp:
    """Return the last day without endings that were announced, not seen."""
    others = days.loc[(days["column"] != _ENDED) & (days["day"] <= last), "day"]
    if others.empty or (last - others.max()).days <= _SHORTEST_GAP_DAYS:
        return last
    heard = others.max()
    ended = contracts[_ENDED]
    followed = contracts.groupby("account_id")["start_on"].transform("max") >= contracts["end_on"]
    silent = contracts["end_on"].where(ended.isna() & ~followed)
    grace = last - pd.Timedelta(days=_SHORTEST_GAP_DAYS)
    before = heard - pd.Timedelta(days=365)
    lapsed = int(silent.between(before, heard, inclusive="left").sum())
    due = int(contracts["end_on"].between(before, heard, inclusive="left").sum())
    unheard = int((silent.gt(heard) & silent.le(grace)).sum())
    announced = int((ended.gt(heard) & ended.le(last)).sum())
    return heard if unheard > announced and lapsed < 0.5 * max(due, 1) else last


def _beyond(
    book: Book, contracts: pd.DataFrame, days: pd.DataFrame, last: pd.Timestamp
) -> pd.DataFrame:
    late = days[days["day"] > last]
    named = list(late[["table", "column"]].drop_duplicates().itertuples(index=False, name=None))
    parts = []
    for table, column in named:
        rows = book.tables[table].filter(book.tables[table][column] >= last + pd.Timedelta(days=1))
        if column == "start_on":
            rows = rows.filter(rows.signed_on.isnull())
        late_rows = rows.execute()
        notice = is_notice(late_rows, last).to_numpy() if column == _ENDED else False
        parts.append(_named_rows(table, column, late_rows, notice))
    far = contracts["start_on"] > last + pd.Timedelta(days=_LOOK_BACK_DAYS)
    signed = contracts["signed_on"].notna()
    parts.append(_named_rows("contracts", "start_on", contracts[far & signed]))
    return pd.concat(parts, ignore_index=True).sort_values("date", ignore_index=True)


def _named_rows(
    table: str, column: str, rows: pd.DataFrame, notice: np.ndarray | bool = False
) -> pd.DataFrame:
    keys = [name for name in TABLES[table].key if name != column and rows[name].notna().any()]
    named = [
        ", ".join(f"{key} {value}" for key, value in zip(keys, values, strict=True))
        for values in rows[keys].itertuples(index=False, name=None)
    ]
    return pd.DataFrame(
        {
            "table": pd.Series(table, index=range(len(rows)), dtype="str"),
            "column": pd.Series(column, index=range(len(rows)), dtype="str"),
            "row": pd.Series(named, dtype="str"),
            "date": rows[column].astype("datetime64[us]").to_numpy(),
            "notice": notice,
        }
    )


def unheard_finding(found: Reach, spans: pd.DataFrame, as_of: pd.Timestamp) -> str:
    """Say what ran out without a word between the last day on record and a stated as-of day.

    Parameters
    ----------
    found : Reach
        Of a book.
    spans : DataFrame
        Of `workbench.data.contracts.subscriptions.Subscriptions`, as of that day.
    as_of : Timestamp
        The day of the forecast.

    Returns
    -------
    str
        One sentence; empty where the day lies at most a month after the default one, or where
        nothing ran out.
    """
    if as_of <= found.as_of + pd.Timedelta(days=_SHORTEST_GAP_DAYS):
        return ""
    lapsed = int(spans["ended_on"].between(found.last_on, as_of, inclusive="right").sum())
    if not lapsed:
        return ""
    return (
        f"Nothing is on record after {found.last_on.date()}, and {lapsed:,} subscriptions ran out "
        f"between that day and {as_of.date()} without a word: they count as ended. If their "
        f"renewals are only missing from the export, forecast as of {found.as_of.date()}."
    )
