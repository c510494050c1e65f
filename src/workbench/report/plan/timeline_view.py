"""An account's timeline as HTML: what has happened and what lies ahead, the newest first."""

from __future__ import annotations

import pandas as pd

from workbench.report.plan.markup import escaped, note_html

KINDS = {
    "contract": "Contracts",
    "message": "Messages",
    "ticket": "Tickets",
    "usage": "Use",
    "sign": "Signs",
    "survey": "Surveys",
    "invoice": "Late invoices",
    "people": "People",
    "sales": "Opportunities",
    "event": "Company news",
    "action": "Done actions",
    "plan": "Plans and tasks",
}
"""What people call the kinds, in the order in which they may be chosen."""


def sign_events(signs: pd.DataFrame) -> pd.DataFrame:
    """Return signs that show as events of the day since when they do.

    Parameters
    ----------
    signs : DataFrame
        Of `workbench.health.published.PublishedHealth`.
    """
    since = pd.to_datetime(signs["since"], errors="coerce").astype("datetime64[us]")
    said = [f"{title}: {says}" for title, says in zip(signs["title"], signs["says"], strict=True)]
    told = {"account_id": signs["account_id"], "on": since, "kind": "sign", "text": said}
    return pd.DataFrame(told).dropna(subset="on")


def timeline_html(events: pd.DataFrame, most: int, as_of: str) -> str:
    """Return events by month, the newest first; what lies after the day is marked as ahead.

    Parameters
    ----------
    events : DataFrame
        Columns on, kind and text, in the order in which they are shown.
    most : int
        How many to show.
    as_of : str
        ISO date.
    """
    if events.empty:
        return note_html("Nothing of that kind is on record.")
    shown = events.head(most)
    months: dict[str, list[str]] = {}
    for one in shown.to_dict("records"):
        ahead = one["on"] >= pd.Timestamp(as_of) and one["kind"] == "contract"
        kind = "ahead" if ahead else KINDS[str(one["kind"])].lower()
        months.setdefault(f"{one['on']:%B %Y}", []).append(
            f"<li class='wb-event'><time datetime='{one['on']:%Y-%m-%d}'>{one['on']:%d %b}</time>"
            f"<em>{escaped(kind)}</em><span>{escaped(one['text'])}</span></li>"
        )
    parts = (
        f"<h4>{month}</h4><ol class='wb-events'>{''.join(rows)}</ol>"
        for month, rows in months.items()
    )
    count = note_html(f"{len(shown)} of {len(events)} events.")
    return count + "".join(parts)
