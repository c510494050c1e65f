"""The timeline of the account at hand: what customers, systems and we ourselves did, by day."""

from __future__ import annotations

import ipywidgets as widgets
import pandas as pd

from workbench.apps.planner.briefing import Briefing
from workbench.apps.planner.controls import control, heard, row, section
from workbench.apps.planner.session import PlanSession
from workbench.plans.agenda.record import record_table
from workbench.report.plan.day_view import health_note
from workbench.report.plan.timeline_view import KINDS, sign_events, timeline_html

AT_ONCE = 25
_ALL = ("everything", "")


class Timeline(widgets.VBox):
    """The timeline, its filter, and a button for older events.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    briefing : Briefing
        Its health report holds what is on record of the customer.
    """

    def __init__(self, session: PlanSession, briefing: Briefing) -> None:
        self._session, self._briefing = session, briefing
        self._events, self._most = pd.DataFrame(), AT_ONCE
        self._seen: tuple[str, ...] = ()
        self._beside, self._shown, self._note = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self._kind = control(widgets.Dropdown, "Show", options=[_ALL])
        self._words = control(widgets.Text, "With these words", continuous_update=False)
        for asked in (self._kind, self._words):
            heard(asked, self._beside, lambda _: self._begin())
        self._older = widgets.Button(description="Show older ones")
        self._older.add_class("wb-button")
        self._older.on_click(lambda _: self._go_on())
        filters = row(self._kind, self._words)
        parts = section("Timeline", self._note, filters, self._beside, self._shown, self._older)
        super().__init__([parts])
        session.watch(self._follow)

    def refresh(self) -> None:
        """Read the plan store anew: others may have worked for the account."""
        account = self._session.plan.accounts[0]
        if len(self._session.plan.accounts) > 1:
            self._events = pd.DataFrame(columns=["account_id", "on", "kind", "text"])
        else:
            self._events = self._told(account)
        found = set(self._events["kind"])
        chosen = self._kind.value
        options = [_ALL, *((said, kind) for kind, said in KINDS.items() if kind in found)]
        if self._kind.options != tuple(options):
            self._kind.options = options
            self._kind.value = chosen if chosen in found else ""
        self._show()

    def _follow(self) -> None:
        if self._session.plan.accounts != self._seen:
            self._seen = self._session.plan.accounts
            self._most = AT_ONCE
            self.refresh()

    def _told(self, account: str) -> pd.DataFrame:
        titles = self._session.planner.catalogue.titles
        parts = [record_table(self._session.store, account, titles)]
        if (published := self._briefing.published) is not None:
            own = [published.timeline, sign_events(published.signs)]
            parts += [one[one["account_id"] == account] for one in own]
        told = pd.concat([one for one in parts if len(one)] or parts[:1], ignore_index=True)
        # What was done here and came back with the source is one event.
        told = told.drop_duplicates(["on", "kind", "text"])
        return told.sort_values("on", ascending=False, kind="stable", ignore_index=True)

    def _begin(self) -> None:
        self._most = AT_ONCE
        self._show()

    def _go_on(self) -> None:
        self._most += AT_ONCE
        self._show()

    def _show(self) -> None:
        as_of = self._session.planner.book.as_of
        self._note.value = health_note(self._briefing.published, as_of)
        kept = self._events
        if self._kind.value:
            kept = kept[kept["kind"] == self._kind.value]
        if words := self._words.value.strip():
            kept = kept[kept["text"].str.contains(words, case=False, regex=False)]
        self._shown.value = timeline_html(kept, self._most, as_of)
        self._older.layout.display = "" if len(kept) > self._most else "none"
