"""The planner's page: its views, from the day over an account to its plan."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets

from workbench.apps.planner.account import account_sections
from workbench.apps.planner.actions import action_panel
from workbench.apps.planner.book_and_team import BookView, TeamView
from workbench.apps.planner.briefing import Briefing
from workbench.apps.planner.controls import section, style_sheet
from workbench.apps.planner.demand import demand_panel
from workbench.apps.planner.effect import effect_panel
from workbench.apps.planner.goals import goal_panel
from workbench.apps.planner.keeping import keeping_bar
from workbench.apps.planner.my_day import MyDay
from workbench.apps.planner.own_levers import own_lever_panel
from workbench.apps.planner.picker import picker
from workbench.apps.planner.saved_plans import saved_plans_panel
from workbench.apps.planner.seek import seek_panel
from workbench.apps.planner.session import PlanSession
from workbench.apps.planner.timeline import Timeline
from workbench.apps.planner.views import View, Views
from workbench.apps.planner.visitor import Visitor
from workbench.apps.planner.wins import win_panel
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.planbook.book import Planbook
from workbench.plans.store.store import Store
from workbench.report.plan.view import head_html, standing_view


class PlannerPage(widgets.VBox):
    """The planner's page of one visitor.

    Parameters
    ----------
    session : PlanSession
    views : Views
    children : list of Widget
    """

    def __init__(self, session: PlanSession, views: Views, children: list[widgets.Widget]) -> None:
        super().__init__(children)
        self.session, self.views = session, views


def planner_page(
    book: Planbook,
    briefing: Briefing,
    store: Store,
    visitor: Visitor,
    folder: Path,
    prob: float,
) -> PlannerPage:
    """Return the planner's page; it can be built without being displayed.

    Parameters
    ----------
    book : Planbook
    briefing : Briefing
        Of the book.
    store : Store
        Of saved plans and drafts.
    visitor : Visitor
        Who is at the page.
    folder : Path
        Of plans as files, and of measured effects.
    prob : float
        Probability inside the intervals.
    """
    session = PlanSession(book, read_catalogue(), store, visitor, folder, prob)
    if not session.resume():
        session.pick(str(briefing.calls["account_id"].iloc[0]))
    account = _columns(picker(session, briefing.accounts), _standing(session))
    views = Views()

    def turn_to(account_id: str) -> None:
        session.pick(account_id)
        views.show("account")

    timeline = Timeline(session, briefing)
    told = account_sections(session, briefing, timeline)
    day = MyDay(session, briefing, turn_to)
    book_view, team = BookView(session, briefing), TeamView(session, briefing)
    views.put(
        View("day", "My day", (day,), day.refresh),
        View("account", "Account", (account, told), timeline.refresh),
        View("plan", "Plan", (account, *_plan_parts(session))),
        View("book", "Book", (book_view,), book_view.refresh),
        *([View("team", "Team", (team,), team.refresh)] if visitor.sees_team else []),
    )
    page = PlannerPage(session, views, [style_sheet(), _head(book), views])
    page.add_class("wb-page")
    return page


def _plan_parts(session: PlanSession) -> tuple[widgets.Widget, ...]:
    bar = widgets.HTML()
    bar.add_class("wb-bar")
    parts = (goal_panel, action_panel, win_panel, demand_panel, own_lever_panel)
    plan = widgets.VBox([keeping_bar(session), *(part(session) for part in parts)])
    return (
        _columns(plan, effect_panel(session, bar)),
        _columns(seek_panel(session), saved_plans_panel(session)),
        bar,
    )


def _head(book: Planbook) -> widgets.HTML:
    made = widgets.HTML(head_html(book))
    made.add_class("wb-head")
    return made


def _columns(left: widgets.Widget, right: widgets.Widget) -> widgets.Box:
    left.add_class("wb-left")
    right.add_class("wb-right")
    made = widgets.Box([left, right], layout={"display": "flex", "flex_flow": "row wrap"})
    made.add_class("wb-columns")
    return made


def _standing(session: PlanSession) -> widgets.VBox:
    facts, drivers = widgets.HTML(), widgets.HTML()
    seen: list[object] = [None]

    def follow() -> None:
        if seen[0] is not session.before:
            seen[0] = session.before
            shown = standing_view(session.planner, session.before, session.prob)
            facts.value, drivers.value = shown.facts, shown.drivers

    session.watch(follow)
    return section("Where we stand", facts, drivers)
