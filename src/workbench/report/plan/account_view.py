"""One account as HTML: health, signs, people, what is recommended and what was accepted."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.health.published import PublishedHealth
from workbench.plans.agenda.accept import Acceptance, Accepted
from workbench.plans.agenda.calendar import as_review, calendar_file
from workbench.plans.plan.document import Plan
from workbench.plans.planbook.book import Planbook
from workbench.plans.store.records import Review, Task
from workbench.plans.store.rows import Stored
from workbench.report.account_health.term_text import would_text
from workbench.report.plan.day_view import change_text
from workbench.report.plan.markup import escaped, note_html, signed_text
from workbench.report.plan.tables import table_html

_MOST_PEOPLE, _MOST_ACTIONS = 8, 5


def account_health_html(
    row: Mapping[str, Any], published: PublishedHealth, account: str, *, terms: bool
) -> str:
    """Return both health numbers with their trend, the signs that show, and the people.

    Parameters
    ----------
    row : mapping
        Of `workbench.health.overview.health_table`.
    published : PublishedHealth
    account : str
        Its key.
    terms : bool
        Whether contracts of the book have terms.
    """
    would = would_text(terms=terms)
    labels = {"strength": f"W{would[1:]}", "stays": "Still a customer in a year"}
    tiles = "".join(_tile(row, name, label) for name, label in labels.items())
    signs = published.signs[published.signs["account_id"] == account]
    items = "".join(
        f"<li><strong>{escaped(one['title'])}</strong> since {escaped(one['since'])}: "
        f"{escaped(one['says'])}. {escaped(one['ask'])}</li>"
        for one in signs.to_dict("records")
    )
    shown = f"<ul class='wb-list'>{items}</ul>" if items else note_html("No sign shows.")
    return f"<div class='wb-tiles'>{tiles}</div>{shown}"


def _tile(row: Mapping[str, Any], name: str, label: str) -> str:
    now = row[name]
    if pd.isna(now):
        return ""
    trend = "".join(
        change_text(now, row.get(f"{name}_{span}", float("nan")), span)
        for span in ("month", "quarter")
    )
    ends = f"{row[f'{name}_low']:.0%} to {row[f'{name}_high']:.0%}"
    band = f", {row['band']}" if name == "strength" and row.get("band") else ""
    return (
        f"<div class='wb-tile'><span>{escaped(label)}</span><strong>{now:.0%}{escaped(band)}"
        f"</strong><small>{ends}{escaped(trend)}</small></div>"
    )


def people_html(published: PublishedHealth, account: str) -> str:
    """Return where the account's people stand, and who is missing.

    Parameters
    ----------
    published : PublishedHealth
    account : str
        Its key.
    """
    own = published.contacts[published.contacts["account_id"] == account]
    gaps = published.gaps.loc[published.gaps["account_id"] == account, "says"]
    said = "".join(f"<li>{escaped(one)}</li>" for one in gaps)
    missing = f"<ul class='wb-list'>{said}</ul>" if said else ""
    if own.empty:
        return missing or note_html("The book has no contacts of this account.")
    rows = [
        (one["name"] or one["contact_id"], str(one["role"]).replace("_", " "), one["stance"],
         one["because"], "–" if pd.isna(one["last_seen"]) else str(one["last_seen"].date()))
        for one in own.head(_MOST_PEOPLE).to_dict("records")
    ]  # fmt: skip
    heads = ("who", "role", "stands", "because", "last heard of")
    more = f" of {len(own)}" if len(own) > len(rows) else ""
    return missing + table_html(f"{len(rows)}{more} contacts.", heads, rows)


def recommendations_html(actions: pd.DataFrame, book: Planbook, prob: float) -> str:
    """Return what may be done next, the most per hour first.

    Parameters
    ----------
    actions : DataFrame
        From `workbench.plans.evaluate.next_action.next_actions`.
    book : Planbook
        Says what signals are called.
    prob : float
        Probability inside the intervals.
    """
    if actions.empty:
        return note_html("No action of the catalogue applies to this account as it is.")
    rows = [
        (
            ("★ " if one["worth_it"] else "") + one["title"], _because_text(one["because"], book),
            f"{signed_text(one['gain'], book.currency)} ({signed_text(one['gain_low'])} to "
            f"{signed_text(one['gain_high'])})",
            f"{one['hours']:,.0f}", "–" if pd.isna(one["harm"]) else f"{one['harm']:.0%}",
            one["source"],
        )
        for one in actions.head(_MOST_ACTIONS).to_dict("records")
    ]  # fmt: skip
    heads = ("action", "because", "kept or grown in a year", "hours", "may harm", "we know it by")
    first = "" if actions["worth_it"].any() else "Nothing is worth its hours by these numbers. "
    return table_html(f"{first}Intervals hold {prob:.0%}.", heads, rows)


def _because_text(because: str, book: Planbook) -> str:
    conditions = [one.split(" ", 1) for one in because.split("; ") if one]
    said = [f"{book.signal_text(fact).replace('_', ' ')} {limit}" for fact, limit in conditions]
    return "; ".join(said) or "always"


def accepted_html(wish: Acceptance, accepted: Accepted, told: Sequence[str]) -> str:
    """Say what came of accepting.

    Parameters
    ----------
    wish : Acceptance
    accepted : Accepted
    told : sequence of str
        Who gets a message.
    """
    what = "A business review" if wish.meeting else "A task"
    when = ""
    if wish.meeting:
        when = f" on {wish.meeting.begins:%Y-%m-%d at %H:%M}"
    elif wish.due_on:
        when = f" until {wish.due_on.isoformat()}"
    plan = accepted.plan.value.name if accepted.plan.value else accepted.plan.key
    who = f" Told: {', '.join(told)}." if told else " Nobody is told: no address is known."
    text = f"{what}{when} stands in My day; “{wish.title}” is in “{plan}”.{who}"
    return f"<p class='wb-good' role='status'>{escaped(text)}</p>"


def invitation_html(one: Stored[Review] | Stored[Task], organizer: str) -> str:
    """Return a link by which a browser keeps a review's calendar file; nothing for a task.

    Parameters
    ----------
    one : Stored of Review or Task
    organizer : str
        Who invites.
    """
    review = as_review(one)
    if review is None:
        return ""
    content = base64.b64encode(calendar_file(review, organizer)).decode()
    name = f"{review.key}.ics"
    return (
        f"<p class='wb-good'><a download='{escaped(name)}' "
        f"href='data:text/calendar;base64,{content}'>Keep the calendar file {escaped(name)}</a></p>"
    )


def plan_summary_html(plan: Plan, titles: Mapping[str, str]) -> str:
    """Return what a plan holds, in a few lines.

    Parameters
    ----------
    plan : Plan
    titles : mapping of str to str
        What people call the catalogue's actions.
    """
    if not (plan.actions or plan.goals or plan.win_plans or plan.demand):
        return note_html(f"“{plan.name}”: nothing is planned yet.")
    items = [f"{one.kind}: {one.name}" for one in plan.goals]
    items += [
        f"{one.month}: {titles.get(one.kind, one.kind)}" + (f" ({one.owner})" if one.owner else "")
        for one in sorted(plan.actions, key=lambda one: one.month)
    ]
    items += [f"{one.on.isoformat()}: win {one.opportunity_id} ({one.owner})"
              for one in plan.win_plans]  # fmt: skip
    shown = "".join(f"<li>{escaped(one)}</li>" for one in items)
    return f"<p class='wb-note'>{escaped(plan.name)}</p><ul class='wb-list'>{shown}</ul>"
