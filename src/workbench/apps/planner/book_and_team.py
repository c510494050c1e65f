"""The views of the whole book and of the team, worked out when they are first wanted."""

from __future__ import annotations

from datetime import UTC, datetime

import ipywidgets as widgets
import pandas as pd

from workbench.apps.planner.briefing import Briefing
from workbench.apps.planner.controls import section
from workbench.apps.planner.session import PlanSession
from workbench.plans.agenda.book_calendar import owner_table, team_table
from workbench.report.plan.book_view import (
    bridge_html,
    calendar_html,
    hours_html,
    stale_html,
    team_html,
    unplanned_html,
)
from workbench.report.plan.markup import note_html

ALLOCATION = "allocation"  # in the folder of plans


class BookView(widgets.VBox):
    """The whole book: renewal calendar, bridge, where the hours go.

    Parameters
    ----------
    session : PlanSession
    briefing : Briefing
        Whose pages share what is worked out.
    """

    def __init__(self, session: PlanSession, briefing: Briefing) -> None:
        self._session, self._briefing = session, briefing
        self._calendar, self._bridge, self._hours = (widgets.HTML() for _ in range(3))
        parts = [section("Where the hours go", self._hours)]
        parts.insert(0, section("From today's revenue to the horizon's", self._bridge))
        if session.planner.book.has_terms:
            parts.insert(0, section("Renewal calendar", self._calendar))
        super().__init__(parts)

    def refresh(self) -> None:
        """Work it out where that was not done; the book of a page stays the same."""
        book, folder = self._session.planner.book, self._session.folder
        owners = _owners_of(folder / ALLOCATION / "owners.parquet", book.accounts)
        place = f"{folder.parent.name}/{folder.name}/{ALLOCATION}"
        self._hours.value = hours_html(owners, place, book.currency)
        if self._bridge.value:
            return
        self._bridge.value = note_html("Being worked out …")
        outlook = self._briefing.outlook
        if outlook.calendar is not None:
            self._calendar.value = calendar_html(outlook.calendar, book.currency)
        self._bridge.value = bridge_html(outlook.bridge, book.currency, book.months[-1])


class TeamView(widgets.VBox):
    """The team: whose plans are stale, whose renewals have none.

    Parameters
    ----------
    session : PlanSession
    briefing : Briefing
    """

    def __init__(self, session: PlanSession, briefing: Briefing) -> None:
        self._session, self._briefing = session, briefing
        self._owners, self._stale, self._missing = (widgets.HTML() for _ in range(3))
        super().__init__(
            [
                section("Owners", self._owners),
                section("Renewals without a plan", self._missing),
                section("Stale plans", self._stale),
            ]
        )

    def refresh(self) -> None:
        """Read the store anew."""
        book = self._session.planner.book
        store, accounts = self._session.store, self._briefing.accounts
        team = team_table(store, accounts, book.months, datetime.now(UTC))
        self._owners.value = team_html(owner_table(team), book.currency)
        self._missing.value = unplanned_html(team, book.currency)
        self._stale.value = stale_html(team)


def _owners_of(path, accounts: pd.DataFrame) -> pd.DataFrame | None:
    if not path.is_file():
        return None
    owners = pd.read_parquet(path)
    known = set(accounts["owner"].astype(str)) if "owner" in accounts else set()
    return owners[owners["owner"].isin(known)]
