"""My day: whom to call and why, what is open, what falls due; where the page begins."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as widgets

from workbench.apps.planner.briefing import Briefing
from workbench.apps.planner.controls import control, heard, refill, row, section
from workbench.apps.planner.day_work import DayWork
from workbench.apps.planner.session import PlanSession
from workbench.plans.agenda.calls import CONSUMPTION, CSAT, CallFilter, Notice, kept_calls
from workbench.report.amounts import money
from workbench.report.plan.day_view import alerts_html, call_html, due_html, health_note
from workbench.report.plan.markup import note_html

MOST_CALLS = 8
_ANY = ("any", "")
_BANDS = ("weak", "watch", "sound")


class MyDay(widgets.VBox):
    """The view on which the page begins.

    Parameters
    ----------
    session : PlanSession
    briefing : Briefing
    turn_to : callable
        Takes the account that was picked.
    """

    def __init__(
        self, session: PlanSession, briefing: Briefing, turn_to: Callable[[str], None]
    ) -> None:
        self._session, self._briefing, self._turn_to = session, briefing, turn_to
        self._beside, self._calls = widgets.HTML(), widgets.VBox()
        self._due, self._alerts = widgets.HTML(), widgets.HTML()
        self._asked = _filters(briefing)
        for one in self._asked.values():
            heard(one, self._beside, lambda _: self.refresh())
        note = widgets.HTML(health_note(briefing.published, session.planner.book.as_of))
        has_terms = session.planner.book.has_terms
        filters = row(*(one for one in self._asked.values() if len(one.options) > 1))
        self._work = DayWork(session, briefing, turn_to)
        super().__init__(
            [
                section("Whom to call", filters, self._beside, note, self._calls),
                *self._work.boxes,
                *([section("Renewals to decide", self._due)] if has_terms else []),
                section("Alerts", self._alerts),
            ]
        )

    @property
    def wanted(self) -> CallFilter:
        """What the filters say."""
        owner, (product, lacks) = self._asked["owner"].value, self._asked["product"].value
        return CallFilter(
            owner=owner[0] if owner else None, product=product, lacks=lacks,
            consumption=self._asked["consumption"].value, band=self._asked["band"].value,
            csat=self._asked["csat"].value,
        )  # fmt: skip

    def refresh(self) -> None:
        """Show what there is now."""
        briefing, book = self._briefing, self._session.planner.book
        found = kept_calls(briefing.calls, self.wanted)
        shown = set(found["account_id"])
        notices = [one for one in briefing.notices() if one.account_id in shown]
        self._work.refresh(shown)
        first = found.head(MOST_CALLS).to_dict("records")
        refill(self._calls, [self._call(each, at, notices) for at, each in enumerate(first, 1)])
        worth = money(float(found["at_risk"].sum()), book.currency)
        self._beside.value = note_html(
            f"{len(found)} of {len(briefing.calls)} accounts, {worth} at stake together; the "
            f"{len(first)} with most at stake are shown."
            if len(found) else "No account is like that: set a filter back to any.",
            wrong=not len(found),
        )  # fmt: skip
        names = dict(zip(found["account_id"], found["label"], strict=True))
        self._alerts.value = alerts_html(notices, names)
        if briefing.published is not None:
            due = briefing.published.due
            self._due.value = due_html(due[due["account_id"].isin(shown)], book.currency)
        else:
            self._due.value = note_html("Dates of notice come with a health report.")

    def _call(self, one: dict, rank: int, notices: list[Notice]) -> widgets.Box:
        key = str(one["account_id"])
        own = [notice for notice in notices if notice.account_id == key]
        shown = widgets.HTML(call_html(one, rank, self._session.planner.book, own))
        shown.add_class("wb-grow")
        # A plain button: nothing on the page holds a value back that it could overtake.
        opener = widgets.Button(description=f"Look at {one['label']}", layout={"width": "auto"})
        opener.add_class("wb-button")
        opener.on_click(lambda _: self._turn_to(key))
        made = row(shown, opener)
        made.add_class("wb-item")
        return made


def _filters(briefing: Briefing) -> dict[str, widgets.Dropdown]:
    """Return the filters by what they ask; one that has nothing to choose from is not shown."""
    calls, health = briefing.calls, briefing.published
    owners = sorted({*calls["owner"]} - {""}, key=str.casefold)
    nobody = [("(without an owner)", ("",))] if owners and (calls["owner"] == "").any() else []
    whose = [("everybody's", ()), *((name, (name,)) for name in owners), *nobody]
    products = sorted({name for own in calls["products"] for name in own})
    footprint = [("any", ("", False))]
    if len(products) > 1:
        footprint += [(f"has {name}", (name, False)) for name in products]
        footprint += [(f"has no {name}", (name, True)) for name in products]
    kinds = {
        "consumption": [(text, key) for key, text in CONSUMPTION.items()],
        "band": [(name, name) for name in _BANDS if (calls["band"] == name).any()],
        "csat": [(text, key) for key, text in CSAT.items()],
    }
    labels = {
        "owner": "Accounts of", "product": "Products", "consumption": "Consumption",
        "band": "Renewal strength", "csat": "Satisfaction",
    }  # fmt: skip
    options = {"owner": whose if len(whose) > 2 else whose[:1], "product": footprint}
    options |= {name: [_ANY, *(found if health else [])] for name, found in kinds.items()}
    return {
        name: control(widgets.Dropdown, label, options=options[name])
        for name, label in labels.items()
    }
