"""Accept what is recommended for an account: a task, or a business review with its invitation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import ipywidgets as widgets
import pandas as pd

from workbench.apps.planner.briefing import Briefing
from workbench.apps.planner.controls import button, control, heard, row, section
from workbench.apps.planner.session import PlanSession
from workbench.core.errors import ParameterError, Problem
from workbench.plans.agenda.accept import Acceptance, Meeting, accept
from workbench.plans.evaluate.next_action import HourRule, next_actions
from workbench.report.plan.account_view import (
    accepted_html,
    invitation_html,
    recommendations_html,
)

_WORK_DAYS = 14  # until a task is due, unless somebody says otherwise
_REVIEWS = "business_review"
_TEN = time(10)


class AcceptForm:
    """The part of the page on which a recommendation is accepted.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    briefing : Briefing
        Says who is told, and in which zone times are.
    """

    def __init__(self, session: PlanSession, briefing: Briefing, then: Callable[[], None]) -> None:
        self._session, self._briefing, self._then = session, briefing, then
        self._shown, self._beside = widgets.HTML(), widgets.HTML()
        self._account: tuple[str, ...] = ()
        self._values = pd.DataFrame()
        zone = briefing.zone
        make = [("a task", "task"), ("a business review", "review")]
        self._action = control(widgets.Dropdown, "Accept (★ worth its hours)")
        self._kind = control(widgets.Dropdown, "Make of it", options=make)
        self._month = control(
            widgets.Dropdown, "Planned for (month)", options=session.planner.book.months
        )
        self._owner = control(widgets.Text, "Its owner (name or mail)")
        self._day = control(widgets.DatePicker, "Due on, or held on (day)")
        self._time = control(widgets.TimePicker, f"Review: begins at (time, {zone})", value=_TEN)
        self._minutes = control(widgets.BoundedIntText, "Review: takes (minutes)", value=60,
                                min=15, max=480, step=15)  # fmt: skip
        self._people = control(widgets.Text, "Review: attendees (names or mails, comma between)")
        self._meeting = row(self._time, self._minutes, self._people)
        heard(self._action, self._beside, lambda _: self._follow_action())
        heard(self._kind, self._beside, lambda _: self._follow_kind())
        press = button("Accept it", self._accept, self._beside, "primary")
        self.box = section(
            "What to do next", self._shown,
            row(self._action, self._kind, self._month, self._owner, self._day), self._meeting,
            row(press), self._beside,
        )  # fmt: skip
        session.watch(self._follow)

    def _follow(self) -> None:
        if self._session.plan.accounts == self._account:
            return
        self._account = self._session.plan.accounts
        self._beside.value = ""
        alone = len(self._account) == 1 and self._account[0] in self._known
        self.box.layout.display = "" if alone else "none"
        if alone:
            self._offer(self._account[0])

    def _offer(self, account: str) -> None:
        session = self._session
        strength = self._known[account]
        rule = HourRule(prob=session.prob)
        self._values = next_actions(session.planner, account, strength, rule)
        book = session.planner.book
        self._shown.value = recommendations_html(self._values, book, session.prob)
        titles = session.planner.catalogue.titles
        good = self._values["action"][self._values["worth_it"].astype(bool)].tolist()
        rest = [kind for kind in self._values["action"] if kind not in good]
        rest += [kind for kind in self._possible() if kind not in {*good, *rest}]
        self._action.options = [
            *((f"★ {titles[kind]}", kind) for kind in good),
            *((titles[kind], kind) for kind in rest),
        ]
        self._action.value = self._action.options[0][1]
        row_ = self._row(account)
        self._owner.value = str(row_["owner"]) or session.visitor.name
        self._people.value = ", ".join(self._suggested_people(account))
        self._follow_action()

    def _possible(self) -> list[str]:
        """Return the catalogue's actions; where there are no terms, none that needs one."""
        planner = self._session.planner
        entries, has_terms = planner.catalogue.entries, planner.book.has_terms
        return [
            kind
            for kind, entry in entries.items()
            if has_terms or not any(lever.lever == "term" for lever in entry.levers)
        ]

    @property
    def _known(self) -> dict[str, float]:
        """Chance to renew by account: its strength where that is known."""
        calls = self._briefing.calls
        known = calls["strength"].fillna(calls["renews"])
        return dict(zip(calls["account_id"], known.astype(float), strict=True))

    def _row(self, account: str) -> pd.Series:
        calls = self._briefing.calls
        return calls[calls["account_id"] == account].iloc[0]

    def _suggested_people(self, account: str) -> list[str]:
        published = self._briefing.published
        if published is None:
            return []
        own = published.contacts[published.contacts["account_id"] == account]
        return [str(name) for name in own["name"].head(2) if name]

    def _follow_action(self) -> None:
        self._kind.value = "review" if self._action.value == _REVIEWS else "task"
        self._day.value = date.today() + timedelta(days=_WORK_DAYS)
        self._follow_kind()

    def _follow_kind(self) -> None:
        self._meeting.layout.display = "" if self._kind.value == "review" else "none"

    def _accept(self) -> None:
        session = self._session
        session.visitor.require_writer()
        wish = self._wish()
        accepted = accept(session.store, wish)
        told = self._briefing.tell(session.store, accepted.made, session.visitor.name)
        session.take_over(accepted.plan)
        self._beside.value = accepted_html(wish, accepted, told) + invitation_html(
            accepted.made, session.visitor.name
        )
        self._then()

    def _wish(self) -> Acceptance:
        session, kind = self._session, self._action.value
        if self._day.value is None:
            problem = Problem("no day", "Due on, or held on", "a day such as 2026-03-31")
            raise ParameterError("It cannot be accepted yet.", [problem])
        chosen = self._values[self._values["action"] == kind]
        account = self._account[0]
        row_ = self._row(account)
        return Acceptance(
            account_id=account, name=str(row_["name"]), action=kind,
            title=session.planner.catalogue.titles[kind], month=self._month.value,
            by=session.visitor.name, on=date.today(), owner=self._owner.value.strip(),
            reason=str(chosen["because"].iloc[0]) if len(chosen) else "",
            due_on=self._day.value, meeting=self._asked_meeting(),
        )  # fmt: skip

    def _asked_meeting(self) -> Meeting | None:
        if self._kind.value != "review":
            return None
        zone = ZoneInfo(self._briefing.zone)
        begins = datetime.combine(self._day.value, self._time.value or _TEN, tzinfo=zone)
        people = tuple(one.strip() for one in self._people.value.split(",") if one.strip())
        return Meeting(begins, self._minutes.value, people)
