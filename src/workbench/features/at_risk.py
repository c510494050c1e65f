"""The at-risk table: one row per subscription and month in which it could have been left.

Start-stop (counting-process) form after Andersen & Gill (1982), Annals of Statistics 10, 1100-1120,
on whole months: a subscription that began in month s is at risk in s+1, s+2, ... until the month in
which it ends or the last month that is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number
from workbench.core.names import exit_kind
from workbench.features.late_entry import with_earlier_terms

MAX_LEAD_MONTHS = 12


@dataclass(frozen=True)
class Window:
    """The months in which endings are on record.

    Parameters
    ----------
    first_month, last_month : int
        Month numbers, both inclusive. Subscriptions that began earlier enter late: they are known
        only because they survived until the window began (left truncation).
    """

    first_month: int
    last_month: int


def observation_window(spans: pd.DataFrame, as_of: pd.Timestamp) -> Window:
    """Find the window in which endings are on record, from the endings themselves.

    Parameters
    ----------
    spans : DataFrame
        See `workbench.data.contracts.subscriptions.subscriptions`.
    as_of : Timestamp
        The day of reading; its month is not part of the window.

    Returns
    -------
    Window
        From the month in which the first account left altogether to the last complete month before
        `as_of`: had earlier leavers been kept on record, there would be some. A product that a
        surviving account gave up long ago does not count. Data in which everyone leaves in one
        month is a snapshot; it is read as if everyone had been followed from the start, and the
        audit says what that costs.
    """
    last = month_number(as_of) - 1
    spans = spans[spans["started_on"] < as_of]  # who has signed to come back has left all the same
    started = month_number(spans["started_on"])
    by_account = month_number(spans["ended_on"]).groupby(spans["account_id"])
    left = by_account.max()[by_account.count() == by_account.size()]
    ended = left[left <= last]
    if ended.nunique() > 1:
        return Window(int(ended.min()), last)
    return Window(int(started.min()) + 1 if len(spans) else last, last)


def at_risk_rows(
    spans: pd.DataFrame, terms: pd.DataFrame, window: Window, since: pd.Series | None = None
) -> pd.DataFrame:
    """Lay out the months at risk of every subscription up to the window's end.

    Parameters
    ----------
    spans, terms : DataFrame
        Subscriptions and their terms; see `data.contracts.subscriptions.subscriptions`.
    window : Window
        Where endings are on record.
    since : Series of int, optional
        Month numbers by subscription_id, see `workbench.features.late_entry.customer_since`; left
        out, all began with their first contract on record.

    Returns
    -------
    DataFrame
        One row per subscription and month, ordered by both: subscription_id, account_id, product,
        month (month number), tenure_months (whole months since the start, at least 1),
        term_months, months_to_term_end (0 in the month in which the term ends), at_renewal,
        exit_kind, arr (per year, of the term in force when the month begins), observed (False for
        months before the window: they are known to have been survived, and only that), event (the
        subscription ended in this month; one that merged into another was not lost).
    """
    start = _since(spans, since)
    ended = month_number(spans["ended_on"])
    event_month = ended.where(ended <= window.last_month)
    stop = event_month.fillna(window.last_month).to_numpy("int64")
    index, month = _expand(start + 1, stop)
    rows = spans[["subscription_id", "account_id", "product"]].iloc[index].reset_index(drop=True)
    rows["month"] = month
    rows["tenure_months"] = month - start[index]
    rows = attach_terms(rows, terms if since is None else with_earlier_terms(terms, since))
    rows["observed"] = month >= window.first_month
    has_event = (event_month.notna() & (spans["merged_into"] == "")).to_numpy(bool)
    rows["event"] = has_event[index] & (month == stop[index])
    # A subscription that ended before the window is no survivor: nothing can be learnt from it.
    return rows[stop[index] >= window.first_month].reset_index(drop=True)


def future_rows(
    spans: pd.DataFrame,
    terms: pd.DataFrame,
    as_of: pd.Timestamp,
    horizon_months: int,
    since: pd.Series | None = None,
) -> pd.DataFrame:
    """Lay out the next months of the subscriptions that are running, each term renewed for as long.

    Parameters
    ----------
    spans : DataFrame
        One row per subscription, from its start to its end.
    terms : DataFrame
        One row per term of a subscription.
    as_of : Timestamp
        The month that contains it is the first of the forecast.
    horizon_months : int
        At least 1.
    since : Series of int, optional
        As of `at_risk_rows`.

    Returns
    -------
    DataFrame
        As `at_risk_rows`, without observed and event, and with horizon (1 to `horizon_months`);
        exactly `horizon_months` rows for each running subscription. A term that has run out and
        awaits a late renewal is at renewal in the first month; one whose renewal is already signed
        is not at renewal when it ends.
    """
    first_month = month_number(as_of)
    running = spans[spans["ended_on"].isna() & (spans["started_on"] < as_of)]
    start = _since(running, since)
    index = np.repeat(np.arange(len(running)), horizon_months)
    horizon = np.tile(np.arange(1, horizon_months + 1), len(running))
    rows = running[["subscription_id", "account_id", "product"]].iloc[index].reset_index(drop=True)
    rows["month"] = first_month + horizon - 1
    rows["tenure_months"] = np.maximum(rows["month"].to_numpy() - start[index], 1)
    rows["horizon"] = horizon
    rows = attach_terms(rows, terms, as_of)
    # A term's revenue is that of its last day; what is paid today may be something else.
    rows["arr"] = rows["arr"].mask(horizon == 1, running["arr"].to_numpy("float64")[index])
    end = rows["month"].to_numpy() + rows["months_to_term_end"].to_numpy()
    first_end = np.maximum(end, first_month)
    length = rows["term_months"].to_numpy()
    past = rows["month"].to_numpy() - first_end
    to_end = np.where(past > 0, -past % length, -past)
    rows["months_to_term_end"] = to_end
    renewed = _already_renewed(rows, terms, as_of)
    rows.loc[renewed, "months_to_term_end"] += length[renewed]
    return _name_exits(rows)


def coming_rows(spans: pd.DataFrame, terms: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Lay out the subscriptions that are signed and have not begun, as of their first term.

    Parameters
    ----------
    spans : DataFrame
        One row per subscription, from its start to its end.
    terms : DataFrame
        One row per term of a subscription.
    as_of : Timestamp
        A subscription that starts on this day or later is to come.

    Returns
    -------
    DataFrame
        As `future_rows`, one row for each: the first month to come, by which signals are read. Its
        tenure is 0 or less, since the subscription begins in that month or later.
    """
    coming = spans[spans["ended_on"].isna() & (spans["started_on"] >= as_of)]
    rows = coming[["subscription_id", "account_id", "product"]].reset_index(drop=True)
    first = terms[terms["term_idx"] == 0].set_index("subscription_id")
    rows = rows.join(first[["term_months", "month_to_month", "arr"]], on="subscription_id")
    rows["month"] = month_number(as_of)
    rows["tenure_months"] = rows["month"] - month_number(coming["started_on"]).to_numpy("int64")
    rows["horizon"] = 1
    rows["months_to_term_end"] = rows["term_months"]
    return _name_exits(rows)


def _already_renewed(rows: pd.DataFrame, terms: pd.DataFrame, as_of: pd.Timestamp) -> np.ndarray:
    """Tell in which months a term ends whose renewal is signed, be it to begin later."""
    ends = terms.groupby("subscription_id")["end_on"].shift()
    signed = terms.loc[~terms["implied"] & (ends >= as_of), ["subscription_id"]]
    signed = signed.assign(month=month_number(ends).loc[signed.index].astype("int64"))
    matched = rows.merge(signed.drop_duplicates(), how="left", indicator=True)["_merge"]
    return (matched == "both").to_numpy()


def attach_terms(
    rows: pd.DataFrame, terms: pd.DataFrame, as_of: pd.Timestamp | None = None
) -> pd.DataFrame:
    """Add to each row the term in force when its month begins: the last that began before it.

    The month of ``as_of``, if given, begins on that day: what began earlier in it is in force.

    Parameters
    ----------
    rows : DataFrame
        With subscription_id and month (month number).
    terms : DataFrame
        With subscription_id, term_idx (from 0), start_on, planned_end_on, term_months,
        month_to_month and arr.
    as_of : Timestamp, optional
        The day of reading.

    Returns
    -------
    DataFrame
        The rows in their order, with term_months, month_to_month, arr, months_to_term_end,
        at_renewal and exit_kind.
    """
    renews = terms["term_idx"] > 0
    if as_of is not None:
        renews &= (terms["start_on"] < pd.Timestamp(as_of).replace(day=1)) | (
            terms["start_on"] >= as_of
        )
    known = terms.assign(month=month_number(terms["start_on"]).astype("int64") + renews)
    known["term_end_month"] = (
        month_number(known["planned_end_on"]).astype("Float64").to_numpy(float, na_value=np.nan)
    )
    known = known[
        ["subscription_id", "month", "term_months", "month_to_month", "arr", "term_end_month"]
    ].sort_values("month", kind="stable")
    ordered = rows.assign(position=np.arange(len(rows))).sort_values("month", kind="stable")
    joined = pd.merge_asof(ordered, known, on="month", by="subscription_id")
    joined = joined.sort_values("position").drop(columns="position").reset_index(drop=True)
    end = joined.pop("term_end_month").to_numpy()
    to_end = np.where(np.isnan(end), 0, end - joined["month"].to_numpy())
    joined["months_to_term_end"] = to_end.astype("int64")
    return _name_exits(joined)


def draw_leads(rows: pd.DataFrame, window: Window, rng: np.random.Generator) -> pd.DataFrame:
    """Pair each row with the lead, 0 to 12 months, at which its signals are read.

    Short leads are drawn more often, in proportion to 13 - lead: there a signal says most, and the
    long ones still tell how fast it fades.

    Signals are not read earlier than the month in which the window begins, where tables other than
    the contracts may be empty, nor before the first month at risk: a forecast reads them of those
    who are customers already. The longest lead is shorter there.

    Parameters
    ----------
    rows : DataFrame
        At-risk rows, with month and tenure_months.
    window : Window
        In which endings are on record.
    rng : Generator
        One number is drawn per row.

    Returns
    -------
    DataFrame
        The rows with lead_months (0 to 12) and read_month (month number).
    """
    known = np.minimum(
        rows["month"].to_numpy() - window.first_month, rows["tenure_months"].to_numpy() - 1
    )
    longest = np.clip(known, 0, MAX_LEAD_MONTHS)
    weight = MAX_LEAD_MONTHS + 1 - np.arange(MAX_LEAD_MONTHS + 1)
    reach = np.cumsum(weight)
    # A number below the weights of the leads allowed falls into one of them.
    lead = np.searchsorted(reach, rng.random(len(rows)) * reach[longest], side="right")
    return rows.assign(lead_months=lead, read_month=rows["month"].to_numpy() - lead)


def _since(spans: pd.DataFrame, since: pd.Series | None) -> np.ndarray:
    if since is None:
        return month_number(spans["started_on"]).to_numpy("int64")
    return since.reindex(spans["subscription_id"]).to_numpy("int64")


def _name_exits(rows: pd.DataFrame) -> pd.DataFrame:
    rows["at_renewal"] = rows["month_to_month"].astype(bool) | (rows["months_to_term_end"] == 0)
    keys = rows[["term_months", "at_renewal", "month_to_month"]]
    unique = keys.drop_duplicates()
    unique = unique.assign(
        exit_kind=[exit_kind(*key) for key in unique.itertuples(index=False, name=None)]
    )
    rows["exit_kind"] = keys.merge(unique, how="left")["exit_kind"].to_numpy()
    return rows


def _expand(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the position and the value of every whole number, first to last inclusive."""
    count = np.maximum(last - first + 1, 0)
    index = np.repeat(np.arange(len(first)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return index, first[index] + offset
