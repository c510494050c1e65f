"""The planner's page: all its parts, side by side on a desk's width, one below the other else."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets

from workbench.apps.planner.actions import action_panel
from workbench.apps.planner.controls import section, style_sheet
from workbench.apps.planner.desk import Desk
from workbench.apps.planner.goals import goal_panel
from workbench.apps.planner.picker import picker
from workbench.apps.planner.seek import seek_panel
from workbench.apps.planner.shelf import shelf
from workbench.plans.catalogue import read_catalogue
from workbench.plans.planbook import Planbook
from workbench.plans.stakes import stakes
from workbench.report.plan_view import effect, standing


def planner_page(book: Planbook, folder: Path, prob: float) -> widgets.VBox:
    """Return the planner's page; it can be built without being displayed.

    Parameters
    ----------
    book : Planbook
    folder : Path
        Of plans as files.
    prob : float
        Probability inside the intervals.
    """
    table = stakes(book)
    desk = Desk(book, read_catalogue(), folder, prob)
    desk.pick(str(table.loc[table["at_stake"].idxmax(), "account_id"]))
    bar = widgets.HTML()
    bar.add_class("wb-bar")
    plan = widgets.VBox([goal_panel(desk), action_panel(desk)])
    rows = [
        _columns(picker(desk, table), _standing(desk)),
        _columns(plan, _effect(desk, bar)),
        _columns(seek_panel(desk), shelf(desk)),
    ]
    page = widgets.VBox([style_sheet(), *rows, bar])
    page.add_class("wb-page")
    return page


def _columns(left: widgets.Widget, right: widgets.Widget) -> widgets.Box:
    left.add_class("wb-left")
    right.add_class("wb-right")
    made = widgets.Box([left, right], layout={"display": "flex", "flex_flow": "row wrap"})
    made.add_class("wb-columns")
    return made


def _standing(desk: Desk) -> widgets.VBox:
    words, drivers = widgets.HTML(), widgets.HTML()
    seen: list[object] = [None]

    def follow() -> None:
        if seen[0] is not desk.before:
            seen[0] = desk.before
            told = standing(desk.planner, desk.before, desk.prob)
            words.value, drivers.value = told.words, told.drivers

    desk.watch(follow)
    return section("Where we stand", words, drivers)


def _effect(desk: Desk, bar: widgets.HTML) -> widgets.VBox:
    numbers, revenue, renewal, remarks = (widgets.HTML() for _ in range(4))
    numbers.add_class("wb-numbers")
    figures = widgets.Box([revenue, renewal], layout={"display": "flex", "flex_flow": "row wrap"})
    figures.add_class("wb-figures")

    def follow() -> None:
        told = effect(desk.planner, desk.plan, desk.before, desk.told(), desk.prob)
        numbers.value, bar.value, remarks.value = told.numbers, told.bar, told.remarks
        revenue.value, renewal.value = told.revenue, told.renewal

    desk.watch(follow)
    made = section("With the plan, against things as they stand", numbers, figures, remarks)
    made.add_class("wb-effect")
    return made
