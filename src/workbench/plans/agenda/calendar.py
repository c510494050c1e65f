"""Business reviews as calendar files (RFC 5545, 5546): an invitation, its changes, its end.

A review keeps its UID; each version of it in the store has the next SEQUENCE, so that a calendar
takes a change as one and an older file changes nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar

from workbench.core.plain_text import printable
from workbench.plans.store.records import Review
from workbench.plans.store.rows import Stored

REQUEST, CANCEL = "REQUEST", "CANCEL"
_PRODUCT = "-//workbench//account plans//EN"
_NOBODY = "mailto:nobody@workbench.invalid"  # whoever has no address takes no answers


def as_review(one: Stored[Any]) -> Stored[Review] | None:
    """Return a record as the business review that it is; None where it is none.

    Parameters
    ----------
    one : Stored
        Of any kind.
    """
    return one if isinstance(one.value, Review) else None


def method_of(review: Stored[Review]) -> str:
    """Return what a calendar is asked to do: ``REQUEST``, or ``CANCEL`` of what is called off.

    Parameters
    ----------
    review : Stored of Review
    """
    value = review.value
    return CANCEL if value is None or value.status == "cancelled" else REQUEST


def calendar_file(review: Stored[Review], organizer: str) -> bytes:
    """Return a review as the content of an ``.ics`` file.

    Parameters
    ----------
    review : Stored of Review
        As it stands, not one that was taken away.
    organizer : str
        Who invites: a name, or an address of mail.

    Returns
    -------
    bytes
        The same for the same version.
    """
    value, method = review.value, method_of(review)
    assert value is not None
    event = icalendar.Event()
    event.add("uid", value.uid or f"{review.key}@workbench")
    event.add("sequence", review.version - 1)
    event.add("dtstamp", datetime.fromisoformat(review.saved_at).astimezone(UTC))
    event.add("dtstart", value.begins.astimezone(UTC))
    event.add("dtend", value.begins.astimezone(UTC) + timedelta(minutes=value.minutes))
    event.add("summary", printable(value.title))
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("organizer", _person(organizer), encode=False)
    unnamed = [one for one in value.attendees if not is_mail(one)]
    for one in value.attendees:
        if is_mail(one):
            event.add("attendee", _person(one), encode=False)
    text = [value.agenda, f"With: {', '.join(unnamed)}" if unnamed else ""]
    if any(text):
        event.add("description", printable("\n".join(filter(None, text))))
    made = icalendar.Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("method", method)
    made.add_component(event)
    return made.to_ical()


def is_mail(text: str) -> bool:
    """Tell whether a text is an address of mail.

    Parameters
    ----------
    text : str
        Whatever somebody typed.

    Examples
    --------
    >>> is_mail("ada@example.com"), is_mail("Ada Moss"), is_mail("a@b.cc X: y")
    (True, False, False)
    """
    name, at, place = text.partition("@")
    return bool(name and at and "." in place) and not any(one.isspace() for one in text)


def _person(who: str) -> icalendar.vCalAddress:
    person = icalendar.vCalAddress(f"mailto:{who}" if is_mail(who) else _NOBODY)
    person.params["CN"] = icalendar.vText(printable(who).replace('"', "'"))
    return person
