"""Tell an account's team what was accepted: through the outbox, with the calendar file."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from workbench.core.files import write_file
from workbench.operations.outbox import Outbox
from workbench.operations.post import post
from workbench.operations.schedule import Delivery
from workbench.plans.agenda.accept import plan_of
from workbench.plans.agenda.calendar import CANCEL, as_review, calendar_file, method_of
from workbench.plans.store.records import PLANS, Review, Task
from workbench.plans.store.rows import Stored
from workbench.plans.store.store import Store


@dataclass(frozen=True)
class Messenger:
    """Who is told, and through which outbox.

    Parameters
    ----------
    folder : Path
        Of the outbox; calendar files lie there until they are sent.
    delivery : Delivery
        Addresses by name.
    """

    folder: Path
    delivery: Delivery

    def tell(
        self, store: Store, one: Stored[Task] | Stored[Review], owner: str, by: str
    ) -> tuple[str, ...]:
        """Queue a message to each member of the account's team whose address is known.

        Parameters
        ----------
        store : Store
            Says who has worked on the account's plan.
        one : Stored of Task or Review
            What came to be, was moved or called off.
        owner : str
            Of the account; may be empty.
        by : str
            Whose doing it is.

        Returns
        -------
        tuple of str
            Who is told.
        """
        value = one.value
        if value is None:
            return ()
        people = (owner, value.owner, by, *getattr(value, "attendees", ()))
        members = dict.fromkeys((*people, *_planners(store, value.account_id)))
        addresses = self.delivery.owners
        known = {name: addresses[name] for name in members if name in addresses}
        if not known and self.delivery.alerts:
            known = {owner or "the team": self.delivery.alerts}
        if not known:
            return ()
        text, files = _text(one, by), self._files(one, by)
        outbox, now = Outbox(self.folder), datetime.now(UTC)
        for name, address in known.items():
            outbox.put(f"{one.key} {one.version} {name}", address, text, now, files)
        return tuple(known)

    def send(self) -> None:
        """Send what waits, aside: a slow server of mail stops nobody's page."""
        outbox = Outbox(self.folder)
        threading.Thread(target=lambda: outbox.send(post, datetime.now(UTC)), daemon=True).start()

    def _files(self, one: Stored[Task] | Stored[Review], by: str) -> list[Path]:
        review = as_review(one)
        if review is None:
            return []
        path = self.folder / "calendar" / f"{one.key}-{one.version}.ics"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = calendar_file(review, by)
        write_file(path, lambda aside: aside.write_bytes(content))
        return [path]


def _planners(store: Store, account_id: str) -> list[str]:
    plan = plan_of(store, account_id)
    if plan is None or plan.value is None:
        return []
    authors = [one.author for one in store.history(PLANS, plan.key)]
    return [*authors, *(action.owner for action in plan.value.actions if action.owner)]


def _text(one: Stored[Task] | Stored[Review], by: str) -> tuple[str, str]:
    value = one.value
    assert value is not None
    if isinstance(value, Review):
        review = as_review(one)
        off = review is not None and method_of(review) == CANCEL
        what = "called off" if off else f"on {value.begins:%Y-%m-%d %H:%M %Z}"
        more = value.agenda
    else:
        what = f"due on {value.due_on.isoformat()}" if value.due_on else "to be done"
        more = value.note
    subject = " ".join(f"{value.title}: {what}".split())
    return subject, "\n".join(filter(None, [f"{subject}, by {by}.", more]))
