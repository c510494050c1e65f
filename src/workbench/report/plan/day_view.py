"""The account manager's day as HTML: whom to call and why, renewals due, alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.health.published import HOW, PublishedHealth
from workbench.plans.agenda.calls import Notice
from workbench.plans.planbook.book import Planbook
from workbench.report.account_health.term_text import would_text
from workbench.report.amounts import money
from workbench.report.plan.markup import escaped, note_html
from workbench.report.plan.standing import factors_of
from workbench.report.plan.tables import table_html

MOST_DUE = 12
MOST_ALERTS = 12
_HELD = 0.005  # a change of less than half a point is none
_NOTHING = "(× 1)"  # a factor that rounds to none
_DUE_HEADS = ("customer", "product", "say by", "ends", "yearly revenue", "renews", "owner")


def health_note(published: PublishedHealth | None, as_of: str) -> str:
    """Say of what day the health is, or how to get one, as HTML.

    Parameters
    ----------
    published : PublishedHealth, optional
    as_of : str
        Of the planbook.
    """
    if published is None:
        return note_html(
            "There is no health report yet, so there are no signs, scores and notice dates here: "
            f"{HOW} makes one."
        )
    if published.as_of == as_of:
        return note_html(f"Health as of {published.as_of}.")
    return note_html(
        f"Health is as of {published.as_of or 'another day'}, chances and money of {as_of}: "
        f"{HOW} brings it up to date."
    )


def call_html(
    row: Mapping[str, Any], rank: int, book: Planbook, alerts: Sequence[Notice] = ()
) -> str:
    """Return one account to call: what is at stake, and why.

    Parameters
    ----------
    row : mapping
        A row of `workbench.plans.agenda.calls.call_table`.
    rank : int
        From 1.
    book : Planbook
    alerts : sequence of Notice
        That fire for the account.
    """
    currency, signs = book.currency, row["signs"]
    lost = f"{1 - row['renews']:.0%} likely to be lost of {money(row['worth'], currency)} a year"
    parts = [f"<strong>{money(row['at_risk'], currency)} at stake</strong>: {lost}"]
    if book.has_terms and row["renewal"]:
        parts.append(f"renews {escaped(row['renewal'])}")
    if row["owner"]:
        parts.append(escaped(row["owner"]))
    why = [*signs, *(one.says for one in alerts if one.says)]
    if not why:
        raised = factors_of(book, row["account_id"])[0]
        why = [f"raises the risk: {one}" for one in raised if not one.endswith(_NOTHING)]
    items = "".join(f"<li>{escaped(one)}</li>" for one in dict.fromkeys(why))
    return (
        f"<h4>{rank}. {escaped(row['label'])}</h4><p class='wb-call'>{' · '.join(parts)}</p>"
        f"{_strength_html(row, terms=book.has_terms)}<ul class='wb-list'>{items}</ul>"
    )


def _strength_html(row: Mapping[str, Any], *, terms: bool) -> str:
    if pd.isna(row["strength"]):
        return ""
    ends = f"{row['strength_low']:.0%} to {row['strength_high']:.0%}"
    would = would_text(terms=terms)
    text = f"W{would[1:]}: {row['strength']:.0%} ({ends})"
    text += f", {row['band']}" if row["band"] else ""
    text += change_text(row["strength"], row["strength_month"], "month")
    return f"<p class='wb-note'>{escaped(text)}</p>"


def change_text(now: float, then: float, span: str) -> str:
    """Say by how much a probability has changed; nothing where that is not known.

    Parameters
    ----------
    now, then : float
        Shares, 0 to 1.
    span : str
        ``month`` or ``quarter``.

    Examples
    --------
    >>> change_text(0.6, 0.7, "month")
    ', down 10 points in a month'
    """
    if pd.isna(then) or abs(now - then) < _HELD:
        return ""
    way = "up" if now > then else "down"
    return f", {way} {100 * abs(now - then):.0f} points in a {span}"


def due_html(due: pd.DataFrame, currency: str) -> str:
    """Return the renewals that are to be decided, the day that comes first at the top.

    Parameters
    ----------
    due : DataFrame
        From `workbench.health.renewals_due.renewals_due`.
    currency : str
        Code shown with amounts; may be empty.
    """
    if due.empty:
        return note_html("No renewal is to be decided in the months that the health report holds.")
    rows = [
        (
            one["name"], one["product"], _day(one["notice_by"]),
            _day(one["ends_on"]) + (" (has run out)" if one["overdue"] else ""),
            money(one["arr"], currency), f"{one['probability']:.0%}", one["owner"] or "–",
        )
        for one in due.head(MOST_DUE).to_dict("records")
    ]  # fmt: skip
    shown = f"The first {len(rows)} of {len(due)}" if len(due) > len(rows) else f"All {len(due)}"
    worth = money(float(due["arr"].sum()), currency)
    return table_html(f"{shown}; together {worth} a year.", _DUE_HEADS, rows)


def _day(value: Any) -> str:
    return "–" if pd.isna(value) else str(pd.Timestamp(value).date())


def alerts_html(alerts: Sequence[Notice], names: Mapping[str, str]) -> str:
    """Return the alerts that fire, those that came last first.

    Parameters
    ----------
    alerts : sequence of Notice
        Of the accounts that are shown.
    names : mapping of str to str
        What accounts are called.
    """
    if not alerts:
        return note_html("No alert fires for these accounts.")
    late = sorted(alerts, key=lambda one: one.since, reverse=True)
    items = []
    for one in late[:MOST_ALERTS]:
        taken = f"; taken up by {one.taken_by}" if one.taken_by else ""
        text = f": {one.says} (since {one.since.isoformat()}{taken})"
        name = names.get(one.account_id, one.account_id)
        items.append(f"<li><strong>{escaped(name)}</strong>{escaped(text)}</li>")
    more = len(late) - len(items)
    rest = note_html(f"And {more} more: workbench alerts lists them.") if more > 0 else ""
    return f"<ul class='wb-list'>{''.join(items)}</ul>{rest}"
