"""What the page knows beside the planbook: scores, signs and renewals due, and alerts that fire."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.apps.reports import KNOWN
from workbench.apps.telling import Messenger
from workbench.health.published import PublishedHealth, read_published
from workbench.operations.alerts.book import AlertBook
from workbench.operations.database import FOLDER
from workbench.operations.schedule import Delivery, read_schedule
from workbench.plans.agenda.book_calendar import BookOutlook, book_outlook
from workbench.plans.agenda.calls import Notice, call_table
from workbench.plans.evaluate.revenue_at_risk import revenue_at_risk
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.planbook.book import Planbook
from workbench.plans.store.records import Review, Task
from workbench.plans.store.rows import Stored
from workbench.plans.store.store import Store


@dataclass(frozen=True)
class Briefing:
    """What many pages share and none changes.

    Parameters
    ----------
    book : Planbook
    accounts : DataFrame
        See `workbench.plans.evaluate.revenue_at_risk.revenue_at_risk`; with a column strength
        where a health report of the same day is there.
    calls : DataFrame
        See `workbench.plans.agenda.calls.call_table`.
    published : PublishedHealth or None
        The last health report.
    operations : Path or None
        Folder of alerts and of the outbox.
    delivery : Delivery or None
        Addresses of the account team, as the schedule has them.
    zone : str
        In which times of the day are asked for and told.
    """

    book: Planbook
    accounts: pd.DataFrame
    calls: pd.DataFrame
    published: PublishedHealth | None = None
    operations: Path | None = None
    delivery: Delivery | None = None
    zone: str = "UTC"

    @cached_property
    def outlook(self) -> BookOutlook:
        """What the whole book is expected to do: worked out for whoever asks first."""
        return book_outlook(self.book, read_catalogue())

    def part(self, owners: Collection[str]) -> Briefing:
        """Return what there is to know of some owners' accounts alone.

        Parameters
        ----------
        owners : collection of str
            An empty text: accounts without an owner.
        """
        keys = self.accounts.loc[self.accounts["owner"].isin(list(owners)), "account_id"]
        accounts, calls = (
            one[one["account_id"].isin(keys)].reset_index(drop=True)
            for one in (self.accounts, self.calls)
        )
        published = self.published and self.published.part(keys)
        book = self.book.part(keys.to_numpy())
        return replace(self, book=book, accounts=accounts, calls=calls, published=published)

    def tell(self, store: Store, one: Stored[Task] | Stored[Review], by: str) -> tuple[str, ...]:
        """Tell the account's team, and return who is told.

        Parameters
        ----------
        store : Store
        one : Stored of Task or Review
            What came to be, was moved or called off.
        by : str
            Whose doing it is.
        """
        if self.operations is None or self.delivery is None or one.value is None:
            return ()
        own = self.accounts.loc[self.accounts["account_id"] == one.value.account_id, "owner"]
        messenger = Messenger(self.operations, self.delivery)
        told = messenger.tell(store, one, "".join(own.head(1)), by)
        if told:
            messenger.send()
        return told

    def notices(self) -> list[Notice]:
        """Return the alerts that fire now; none where nobody has looked yet."""
        if self.operations is None or not (self.operations / "alerts.sqlite").is_file():
            return []
        known = set(self.accounts["account_id"])
        return [
            Notice(one.account_id, one.says, one.since, one.acknowledged_by)
            for one in AlertBook(self.operations).read().values()
            if one.state == "firing" and one.account_id in known
        ]


def briefing_of(book: Planbook, published: PublishedHealth | None = None, **known: Any) -> Briefing:
    """Put together what the page knows beside a planbook.

    Parameters
    ----------
    book : Planbook
    published : PublishedHealth, optional
    **known : Any
        Other fields of `Briefing`.

    Returns
    -------
    Briefing
    """
    accounts = revenue_at_risk(book)
    calls = call_table(book, accounts, published)
    if published is not None and published.as_of == book.as_of:  # never beside chances of another
        strength = published.health.set_index("account_id")["strength"]
        accounts["strength"] = accounts["account_id"].map(strength)
    return Briefing(book, accounts, calls, published, **known)


def open_briefing(book: Planbook, root: Path) -> Briefing:
    """Read what the project's last reports left.

    Parameters
    ----------
    book : Planbook
    root : Path
        Of the project.

    Returns
    -------
    Briefing

    Raises
    ------
    ParameterError
        When the project's schedule, which holds the team's addresses, cannot be read.
    """
    outputs, file = root / "outputs", root / "params" / "schedule.yaml"
    known: dict[str, Any] = {}
    if file.is_file():
        schedule = read_schedule(file, KNOWN)
        known = {"delivery": schedule.deliver, "zone": schedule.zone}
    return briefing_of(book, read_published(outputs), operations=outputs / FOLDER, **known)
