"""What has happened with an account, in one dated list: contracts, words, tickets, use, actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

TIMELINE_COLUMNS = ["account_id", "on", "kind", "text"]
MONTHS = 24
USE_CHANGE = 0.2
"""Share by which a month's use differs from the three months before, from which on it is told."""
LONGEST = 200

Row = Mapping[str, Any]
Event = tuple[str, pd.Timestamp, str, str]


def timeline_table(
    known: Mapping[str, pd.DataFrame], accounts: Iterable[str], as_of: pd.Timestamp
) -> pd.DataFrame:
    """List what is on record of some accounts, the newest first.

    Parameters
    ----------
    known : mapping of str to DataFrame
        Canonical tables as they were known on the day; those that a book lacks may be left out.
    accounts : iterable of str
        Keys.
    as_of : Timestamp
        The day; contracts are told as far as they reach, all else of the `MONTHS` before.

    Returns
    -------
    DataFrame
        account_id, on (day), kind (contract, message, ticket, survey, usage, invoice, people,
        sales, event or action), text (a sentence of at most `LONGEST` characters). Ends of running
        terms and last days of notice lie ahead.
    """
    wanted, first = set(accounts), as_of - pd.DateOffset(months=MONTHS)
    own = {name: table[table["account_id"].isin(wanted)] for name, table in known.items()
           if name in _TELLERS}  # fmt: skip
    who = _names(own.get("contacts"))
    found = [
        event
        for name, table in own.items()
        for event in _TELLERS[name](table, who, as_of)
        if name == "contracts" or first <= event[1] < as_of
    ]
    rows = [(key, on.normalize(), kind, _short(text)) for key, on, kind, text in found]
    told = pd.DataFrame(rows, columns=TIMELINE_COLUMNS)
    told["on"] = pd.to_datetime(told["on"]).astype("datetime64[us]")
    order = ["account_id", "on", "kind", "text"]
    return told.sort_values(order, ascending=[True, False, True, True], ignore_index=True)


def action_text(kind: str, hours: float | None) -> str:
    """Say that an action was done.

    Parameters
    ----------
    kind : str
        As the table `actions` has it.
    hours : float or None
        That it took; None where nobody says.

    Examples
    --------
    >>> action_text("business_review", 7.5)
    'Business review done, 7.5 hours'
    """
    took = "" if hours is None else f", {hours:g} hours"
    return f"{kind.replace('_', ' ').capitalize()} done{took}"


def _contracts(table: pd.DataFrame, who: Mapping[str, str], as_of: pd.Timestamp) -> Iterator[Event]:
    for one in _rows(table):
        key, worth = one["account_id"], f"{one['arr']:,.0f} {_text(one, 'currency')}".strip()
        what = f"{one['product']}, {worth} a year"
        until = f", until {one['end_on']:%Y-%m-%d}" if _is_there(one, "end_on") else ""
        again = "Renewed" if _is_there(one, "previous_contract_id") else "New contract"
        if one["start_on"] < as_of:
            yield key, one["start_on"], "contract", f"{again}: {what}{until}"
        elif _is_there(one, "signed_on"):
            begins = f"{what}, from {one['start_on']:%Y-%m-%d}{until}"
            yield key, one["signed_on"], "contract", f"Signed: {begins}"
        if _is_there(one, "ended_on"):
            why = f" ({_text(one, 'end_reason')})" if _text(one, "end_reason") else ""
            yield key, one["ended_on"], "contract", f"Ended: {what}{why}"
        elif _is_there(one, "end_on") and one["end_on"] >= as_of:
            yield (
                key,
                one["end_on"],
                "contract",
                f"The term of {one['product']} ends ({worth} a year)",
            )
            if _is_there(one, "notice_days") and one["notice_days"] > 0:
                last = one["end_on"] - pd.Timedelta(days=int(one["notice_days"]))
                if last >= as_of:
                    yield key, last, "contract", f"Last day of notice for {one['product']}"


def _messages(table: pd.DataFrame, who: Mapping[str, str], as_of: pd.Timestamp) -> Iterator[Event]:
    for one in _rows(table):
        name = who.get(_text(one, "contact_id"), "")
        way = {"inbound": " from", "outbound": " to"}.get(_text(one, "direction"), " with")
        head = (_text(one, "kind") or "message").capitalize() + (f"{way} {name}" if name else "")
        yield one["account_id"], one["sent_at"], "message", _joined(head, _text(one, "text"))


def _tickets(table: pd.DataFrame, who: Mapping[str, str], as_of: pd.Timestamp) -> Iterator[Event]:
    for one in _rows(table):
        marks = [_text(one, "severity"), "escalated" if _flag(one, "escalated") else ""]
        said = ", ".join(mark for mark in marks if mark)
        after = "still open"
        if _is_there(one, "closed_at"):
            days = (one["closed_at"] - one["opened_at"]).days
            after = f"closed after {days} {'day' if days == 1 else 'days'}" if days else "closed"
        if _is_there(one, "csat"):
            after += f", rated {one['csat']:g}"
        head = f"Ticket{f' ({said})' if said else ''}, {after}"
        yield one["account_id"], one["opened_at"], "ticket", _joined(head, _text(one, "text"))


def _surveys(table: pd.DataFrame, who: Mapping[str, str], as_of: pd.Timestamp) -> Iterator[Event]:
    for one in _rows(table):
        name = who.get(_text(one, "contact_id"), "")
        said = f"{str(one['kind']).upper()} {one['score']:g}{f' from {name}' if name else ''}"
        yield one["account_id"], one["taken_on"], "survey", said


def _invoices(table: pd.DataFrame, who: Mapping[str, str], as_of: pd.Timestamp) -> Iterator[Event]:
    for one in _rows(table):
        paid = one["paid_on"] if _is_there(one, "paid_on") else None
        if one["due_on"] >= as_of or (paid is not None and paid <= one["due_on"]):
            continue
        late = "not paid yet" if paid is None else f"paid {(paid - one['due_on']).days} days late"
        mark = ", disputed" if _flag(one, "disputed") else ""
        said = f"Invoice of {one['amount']:,.0f} due: {late}{mark}"
        yield one["account_id"], one["due_on"], "invoice", said


def _contacts(table: pd.DataFrame, who: Mapping[str, str], as_of: pd.Timestamp) -> Iterator[Event]:
    for one in _rows(table):
        role = _text(one, "role").replace("_", " ")
        name = who[one["contact_id"]] + (f" ({role})" if role else "")
        for column, said in (("joined_on", "has come"), ("left_on", "has left")):
            if _is_there(one, column):
                yield one["account_id"], one[column], "people", f"{name} {said}"


def _opportunities(
    table: pd.DataFrame, who: Mapping[str, str], as_of: pd.Timestamp
) -> Iterator[Event]:
    for one in _rows(table):
        kind = (_text(one, "kind") or "opportunity").replace("_", " ").capitalize()
        what = f"{kind} {_text(one, 'product')}".strip()
        what += f" of {one['amount']:,.0f}" if _is_there(one, "amount") else ""
        yield one["account_id"], one["opened_on"], "sales", f"{what}: opened"
        if _is_there(one, "closed_on"):
            won = _flag(one, "won")
            ended = "closed" if won is None else "won" if won else "lost"
            yield one["account_id"], one["closed_on"], "sales", f"{what}: {ended}"


def _account_events(
    table: pd.DataFrame, who: Mapping[str, str], as_of: pd.Timestamp
) -> Iterator[Event]:
    for one in _rows(table):
        said = str(one["kind"]).replace("_", " ").capitalize()
        yield one["account_id"], one["on"], "event", said


def _actions(table: pd.DataFrame, who: Mapping[str, str], as_of: pd.Timestamp) -> Iterator[Event]:
    for one in _rows(table):
        hours = one["hours"] if _is_there(one, "hours") else None
        yield one["account_id"], one["done_on"], "action", action_text(one["kind"], hours)


def _usage(table: pd.DataFrame, who: Mapping[str, str], as_of: pd.Timestamp) -> Iterator[Event]:
    if "units" not in table or table.empty:
        return
    wide = table.pivot_table(index="month", columns="account_id", values="units", aggfunc="sum")
    wide = wide.asfreq("MS")
    change = wide / wide.shift(1).rolling(3).mean() - 1
    told = change[change.abs() >= USE_CHANGE].stack()
    for (month, key), moved in told.items():
        if moved == moved and abs(moved) != float("inf"):
            way = "rose" if moved > 0 else "fell"
            said = f"Use {way} by {abs(moved):.0%} against the three months before"
            last = month + pd.offsets.MonthEnd()
            yield key, last, "usage", f"{said} ({wide.at[month, key]:,.0f} units)"


_TELLERS: dict[str, Callable[[pd.DataFrame, Mapping[str, str], pd.Timestamp], Iterator[Event]]] = {
    "contracts": _contracts,
    "messages": _messages,
    "tickets": _tickets,
    "surveys": _surveys,
    "usage": _usage,
    "invoices": _invoices,
    "contacts": _contacts,
    "opportunities": _opportunities,
    "account_events": _account_events,
    "actions": _actions,
}
TOLD_FROM = tuple(_TELLERS)


def _names(contacts: pd.DataFrame | None) -> dict[str, str]:
    if contacts is None:
        return {}
    rows = _rows(contacts)
    return {one["contact_id"]: _text(one, "name") or one["contact_id"] for one in rows}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return table.to_dict("records")


def _is_there(one: Row, column: str) -> bool:
    return column in one and not pd.isna(one[column])


def _text(one: Row, column: str) -> str:
    return " ".join(str(one[column]).split()) if _is_there(one, column) else ""


def _flag(one: Row, column: str) -> bool | None:
    return bool(one[column]) if _is_there(one, column) else None


def _joined(head: str, text: str) -> str:
    return f"{head}: {text}" if text else head


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
