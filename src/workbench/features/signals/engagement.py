"""Engagement: how much is said, who answers whom and how fast, who takes part."""

from __future__ import annotations

from typing import Any

import ibis

from workbench.data.words import words
from workbench.features.signals.grid import (
    buckets,
    count_if,
    cut_to_cells,
    day,
    known_month,
    on_grid,
    ratio,
    recorded,
    seconds,
    since,
)
from workbench.features.signals.signal import Cells, Signal, Tables
from workbench.features.signals.windows import highest, last

_HOUR = 3600.0
_ACTIVE_MONTHS = 3


def talk(tables: Tables, cells: Cells) -> ibis.Table:
    """Read messages when they are sent, answers when the first of them is sent.

    Parameters
    ----------
    tables : Tables
        The book's tables by name, those of each signal among them.
    cells : Cells
        The accounts, and the first and the last month of reading.

    Returns
    -------
    ibis.Table
        One row per account and read_month, with this group's signals as floats; missing where
        nothing is known.
    """
    messages = tables["messages"]
    marked = messages.mutate(
        known=known_month(messages.sent_at),
        incoming=messages.direction == "inbound",
        outgoing=messages.direction == "outbound",
        meeting=messages.kind.lower().isin(words("meetings")),
    )
    sent = buckets(
        marked,
        cells,
        6,
        inbound=count_if(ibis._.incoming),
        outbound=count_if(ibis._.outgoing),
        meetings=count_if(ibis._.meeting),
        inbound_day=ibis.ifelse(ibis._.incoming, day(ibis._.sent_at), None).max(),
    )
    grid = on_grid(cells, 6, sent, _answered(messages, cells))
    names = ("inbound", "outbound", "our_replies", "our_seconds", "their_replies", "their_seconds")
    grid = grid.mutate(
        inbound_3m=last(grid.inbound, 3),
        meetings_3m=last(grid.meetings, 3),
        inbound_day=highest(grid.inbound_day),
        **{f"{name}_6m": last(grid[name], 6) for name in names},
    )
    directed = since(messages, messages.sent_at, messages.direction.notnull())
    kinded = since(messages, messages.sent_at, messages.kind.notnull())
    linked = messages.in_reply_to.notnull()
    theirs = since(messages, messages.sent_at, linked & (messages.direction == "inbound"))
    ours = since(messages, messages.sent_at, linked & (messages.direction == "outbound"))
    read = grid.mutate(
        inbound_messages_3m=recorded(grid, grid.inbound_3m, directed),
        meetings_3m=recorded(grid, grid.meetings_3m, kinded),
        days_since_inbound=grid.read_day - grid.inbound_day,
        customer_reply_rate_6m=ibis.ifelse(
            grid.read_month >= theirs, _share(grid.their_replies_6m, grid.outbound_6m), None
        ),
        our_reply_rate_6m=ibis.ifelse(
            grid.read_month >= ours, _share(grid.our_replies_6m, grid.inbound_6m), None
        ),
        customer_reply_hours_6m=ratio(grid.their_seconds_6m, grid.their_replies_6m) / _HOUR,
        our_reply_hours_6m=ratio(grid.our_seconds_6m, grid.our_replies_6m) / _HOUR,
    )
    names = tuple(signal.name for signal in SIGNALS if signal.compute is talk)
    return cut_to_cells(read, cells, *names)


def _share(part: Any, of: Any) -> Any:
    """Return a share, at most 1: replies may answer what was sent earlier."""
    share = ratio(part.fill_null(0), of)
    return ibis.ifelse(share > 1, 1.0, share)


def _answered(messages: ibis.Table, cells: Cells) -> ibis.Table:
    """Count first answers by the month in which they were sent."""
    answers = messages.filter(messages.in_reply_to.notnull() & messages.direction.notnull())
    first = answers.group_by(message_id=answers.in_reply_to, answered_by=answers.direction).agg(
        answered_at=answers.sent_at.min()
    )
    asked = messages.select("message_id", "account_id", "direction", "sent_at")
    pairs = first.join(asked, "message_id")
    pairs = pairs.filter(
        (pairs.direction != pairs.answered_by) & (pairs.answered_at >= pairs.sent_at)
    )
    pairs = pairs.mutate(
        known=known_month(pairs.answered_at),
        took=seconds(pairs.answered_at) - seconds(pairs.sent_at),
        ours=pairs.answered_by == "outbound",
    )
    return buckets(
        pairs,
        cells,
        6,
        our_replies=count_if(ibis._.ours),
        our_seconds=ibis.ifelse(ibis._.ours, ibis._.took, None).sum().cast("int64"),
        their_replies=count_if(~ibis._.ours),
        their_seconds=ibis.ifelse(ibis._.ours, None, ibis._.took).sum().cast("int64"),
    )


def taking_part(tables: Tables, cells: Cells) -> ibis.Table:
    """Read how many of the contacts who are there wrote to us or met us lately.

    Parameters
    ----------
    tables : Tables
        The book's tables by name, those of each signal among them.
    cells : Cells
        The accounts, and the first and the last month of reading.

    Returns
    -------
    ibis.Table
        One row per account and read_month, with this group's signals as floats; missing where
        nothing is known.
    """
    messages = tables["messages"].filter(ibis._.contact_id.notnull())
    heard = messages.filter(
        (messages.direction == "inbound") | messages.kind.lower().isin(words("meetings"))
    )
    heard = heard.mutate(known=known_month(heard.sent_at))
    monthly = heard.select("account_id", "contact_id", "known").distinct()
    contacts = tables["contacts"].mutate(
        gone=known_month(ibis._.left_on), came=known_month(ibis._.joined_on)
    )
    there = contacts.select("account_id", "contact_id", "came", "gone")
    monthly = monthly.join(there, ["account_id", "contact_id"])
    order = ibis.window(group_by=["account_id", "contact_id"], order_by="known")
    # Until the next month in which they speak, so that nobody counts twice.
    until = ibis.least(
        monthly.known + _ACTIVE_MONTHS,
        monthly.known.lead().over(order).fill_null(10**6),
        monthly.gone.fill_null(10**6),
    )
    begins = ibis.greatest(monthly.known, monthly.came.fill_null(0))
    spells = monthly.mutate(until=until, known=begins).filter(ibis._.until > ibis._.known)
    left = contacts.filter(contacts.gone.notnull())
    grid = on_grid(
        cells,
        0,
        buckets(spells, cells, 0, active_from=ibis._.count()),
        buckets(spells.mutate(known=spells.until), cells, 0, active_to=ibis._.count()),
        buckets(contacts.mutate(known=contacts.came.fill_null(0)), cells, 0, came=ibis._.count()),
        buckets(left.mutate(known=left.gone), cells, 0, gone=ibis._.count()),
    )
    grid = grid.mutate(
        active=_net(grid.active_from, grid.active_to), present=_net(grid.came, grid.gone)
    )
    read = grid.mutate(active_contact_share_3m=_share(grid.active, grid.present))
    return cut_to_cells(read, cells, "active_contact_share_3m")


def _net(more: Any, less: Any) -> Any:
    window = ibis.window(group_by="account_id", order_by="read_month", preceding=None, following=0)
    return (more.fill_null(0) - less.fill_null(0)).sum().over(window).cast("int64")


_TABLES = ("messages",)
SIGNALS = (
    Signal(
        "inbound_messages_3m",
        "messages from the customer in the last three months",
        "sales", "messages", _TABLES, -1,
        "no message of any account states a direction yet",
        talk,
    ),
    Signal(
        "meetings_3m",
        "meetings and calls in the last three months",
        "sales", "meetings", _TABLES, -1,
        "no message of any account states a kind yet",
        talk,
    ),
    Signal(
        "days_since_inbound",
        "time since the customer last wrote, called or met us",
        "sales", "days", _TABLES, 1,
        "the customer never has",
        talk,
    ),
    Signal(
        "customer_reply_rate_6m",
        "customers' first replies per message of ours, last six months, at most 1",
        "sales", "share", _TABLES, -1,
        "nothing was sent in these months, or no customer's reply is on record yet",
        talk,
    ),
    Signal(
        "customer_reply_hours_6m",
        "mean time of customers' first replies, last six months",
        "sales", "hours", _TABLES, 1,
        "no reply in these months",
        talk,
    ),
    Signal(
        "our_reply_rate_6m",
        "our first replies per message of the customer, last six months, at most 1",
        "service", "share", _TABLES, -1,
        "nothing was received in these months, or no reply of ours is on record yet",
        talk,
    ),
    Signal(
        "our_reply_hours_6m",
        "mean time of our first replies, last six months",
        "service", "hours", _TABLES, 1,
        "no reply in these months",
        talk,
    ),
    Signal(
        "active_contact_share_3m",
        "share of the contacts present who wrote to us or met us in the last three months",
        "people", "share", ("messages", "contacts"), -1,
        "no contact of the account is known to be there",
        taking_part,
    ),
)  # fmt: skip
