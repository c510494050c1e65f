"""Levers that belong to no action: a new price list, a term, a scenario of the world."""

from __future__ import annotations

import ipywidgets as widgets

from workbench.apps.planner.controls import button, control, heard, row
from workbench.apps.planner.desk import Desk
from workbench.apps.planner.levers import Levers
from workbench.apps.planner.parts import folded
from workbench.plans.dials import fresh_levers
from workbench.plans.edit import added, changed, removed


def own_lever_panel(desk: Desk) -> widgets.VBox:
    """Return the part of the page for levers of the plan's own."""
    months = desk.planner.book.months
    fresh = fresh_levers(desk.planner.book)
    beside, shown, levers = widgets.HTML(), widgets.VBox(), Levers(desk)
    shown.add_class("wb-actions")
    which = control(widgets.Dropdown, "A lever without an action", options=list(fresh))
    month = control(widgets.Dropdown, "From (month)", options=months)
    seen: list[object] = [None]

    def add() -> None:
        lever = fresh[which.value].model_copy(update={"month": month.value})
        desk.put(added(desk.plan, "levers", lever))
        beside.value = ""

    def box(at: int) -> widgets.VBox:
        begins = control(widgets.Dropdown, f"Lever {at + 1}: from (month)", options=months,
                         value=desk.plan.levers[at].month)  # fmt: skip
        heard(begins, beside, lambda new: desk.put(changed(desk.plan, "levers", at, month=new)))
        remove = button(f"Remove lever {at + 1}",
                        lambda: desk.put(removed(desk.plan, "levers", at)), beside)  # fmt: skip
        made = widgets.VBox([*levers.under("levers", at), row(begins, remove)])
        made.add_class("wb-action")
        return made

    def follow() -> None:
        shape = (desk.openings, desk.plan.accounts, len(desk.plan.levers))
        if shape != seen[0]:
            seen[0] = shape
            shown.children = [box(at) for at in range(len(desk.plan.levers))]
        levers.follow()

    desk.watch(follow)
    inside = (shown, row(which, month), row(button("Add this lever", add, beside)), beside)
    return folded(desk, "levers", "Levers without an action", *inside)
