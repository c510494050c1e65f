"""The planner's page: all its parts, side by side on a wide screen, one below the other else."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets
import pandas as pd

from workbench.apps.planner.actions import action_panel
from workbench.apps.planner.controls import section, style_sheet
from workbench.apps.planner.demand import demand_panel
from workbench.apps.planner.goals import goal_panel
from workbench.apps.planner.keeping import keeping_bar
from workbench.apps.planner.own_levers import own_lever_panel
from workbench.apps.planner.picker import picker
from workbench.apps.planner.saved_plans import saved_plans_panel
from workbench.apps.planner.seek import seek_panel
from workbench.apps.planner.session import PlanSession
from workbench.apps.planner.visitor import Visitor
from workbench.apps.planner.wins import win_panel
from workbench.plans.evaluate.revenue_at_risk import revenue_at_risk
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.planbook.book import Planbook
from workbench.plans.store.store import Store
from workbench.report.plan.layers import Layers, StillLayer, renewal_layers, revenue_layers
from workbench.report.plan.view import due_month, effect_view, head_html, standing_view


class PlannerPage(widgets.VBox):
    """The planner's page of one visitor.

    Parameters
    ----------
    session : PlanSession
    children : list of Widget
    """

    def __init__(self, session: PlanSession, children: list[widgets.Widget]) -> None:
        super().__init__(children)
        self.session = session


def listed_accounts(book: Planbook, strength: pd.Series | None = None) -> pd.DataFrame:
    """Return the accounts as the page lists them; many pages share one table, which none changes.

    Parameters
    ----------
    book : Planbook
    strength : Series, optional
        Renewal strength by account_id, where a health report has it.

    Returns
    -------
    DataFrame
        See `workbench.plans.evaluate.revenue_at_risk.revenue_at_risk`; with a column strength where
        that is known.
    """
    table = revenue_at_risk(book)
    if strength is not None:
        table["strength"] = table["account_id"].map(strength)
    return table


def planner_page(
    book: Planbook,
    table: pd.DataFrame,
    store: Store,
    visitor: Visitor,
    folder: Path,
    prob: float,
) -> PlannerPage:
    """Return the planner's page; it can be built without being displayed.

    Parameters
    ----------
    book : Planbook
    table : DataFrame
        From `listed_accounts`.
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
        session.pick(str(table.loc[table["at_risk"].idxmax(), "account_id"]))
    bar = widgets.HTML()
    bar.add_class("wb-bar")
    parts = (goal_panel, action_panel, win_panel, demand_panel, own_lever_panel)
    plan = widgets.VBox([keeping_bar(session), *(part(session) for part in parts)])
    rows = [
        _columns(picker(session, table), _standing(session)),
        _columns(plan, _effect(session, bar)),
        _columns(seek_panel(session), saved_plans_panel(session)),
    ]
    page = PlannerPage(session, [style_sheet(), _head(book), *rows, bar])
    page.add_class("wb-page")
    return page


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


def _effect(session: PlanSession, bar: widgets.HTML) -> widgets.VBox:
    numbers, remarks = widgets.HTML(), widgets.HTML()
    numbers.add_class("wb-numbers")
    revenue, renewal = _Panel(), _Panel()
    figures = widgets.Box([revenue.box, renewal.box], layout={"flex_flow": "row wrap"})
    figures.add_class("wb-figures")
    book, prob = session.planner.book, session.prob

    def follow() -> None:
        compared = session.comparison()
        shown = effect_view(session.planner, session.plan, compared, prob)
        numbers.value, bar.value, remarks.value = shown.numbers, shown.bar, shown.remarks
        months, opening = compared.monthly, session.before.opening / 100
        revenue.show(revenue_layers(months, opening, prob, book.currency, revenue.still))
        renewal.show(renewal_layers(months, due_month(book, session.before), prob, renewal.still))

    session.watch(follow)
    made = section("With the plan, against things as they stand", numbers, figures, remarks)
    made.add_class("wb-effect")
    return made


class _Panel:
    """A figure in two layers, one upon the other."""

    def __init__(self) -> None:
        self.still: StillLayer | None = None
        self._layers = (widgets.HTML(), widgets.HTML())
        self.box = widgets.Box(self._layers)
        self.box.add_class("wb-panel")

    def show(self, layers: Layers) -> None:
        """Show other layers; what stands still is not sent again."""
        self.still = layers[0]
        for shown, svg in zip(self._layers, (layers[0].svg, layers[1]), strict=True):
            shown.value = svg
