"""How open opportunities are to be won."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from workbench.apps.planner.controls import control
from workbench.apps.planner.desk import Desk
from workbench.apps.planner.levers import Levers
from workbench.apps.planner.parts import Field, Listed, folded, part_form, part_list
from workbench.apps.planner.steps import step_panel
from workbench.plans.edit import changed
from workbench.plans.offers import open_offers, win_plan
from workbench.plans.plan import WinPlan
from workbench.report.plan_markup import note, offer_line, win_head


def win_panel(desk: Desk) -> widgets.VBox:
    """Return the part of the page for win plans of the account's open opportunities."""
    book, currency = desk.planner.book, desk.planner.book.currency
    levers, beside = Levers(desk), widgets.HTML()
    offer = control(widgets.Dropdown, "Open opportunity")

    def more(at: int) -> list[widgets.Widget]:
        steps = step_panel(
            desk.plan.win_plans[at].steps,
            lambda new: desk.put(changed(desk.plan, "win_plans", at, steps=new)),
        )
        return [*levers.under("win_plans", at), steps]

    def make(**given: Any) -> WinPlan:
        return win_plan(book, opportunity_id=offer.value, **given)

    fields = (
        Field("owner", "Who wins it (name)", widgets.Text),
        Field("on", "To be decided on (day)", widgets.DatePicker),
        Field("how", "How it is won (a sentence)", widgets.Text),
        Field("hours", "Effort to win it (hours)", widgets.FloatText, 0.0),
        Field("cost", f"Cost to win it ({desk.money_unit})", widgets.FloatText, 0.0),
    )
    listed = Listed(
        "win_plans", fields, lambda win: win_head(win, book.opportunities, currency),
        lambda win: win.opportunity_id, more,
    )  # fmt: skip
    shown = part_list(desk, listed)
    form = part_form(desk, listed, make, "Add this win plan", [offer])

    def follow() -> None:
        levers.follow()
        offers = [(offer_line(one, currency), one["opportunity_id"])
                  for one in open_offers(book, desk.plan)]  # fmt: skip
        if tuple(offers) != offer.options:
            offer.options = offers
            offer.value = offers[0][1] if offers else None  # it may stand at none from before
        form.layout.display = "" if offers else "none"
        nothing = "" if offers or desk.plan.win_plans else "No opportunity is open."
        beside.value = note(nothing)

    desk.watch(follow)
    return folded(desk, "win_plans", "Open opportunities", shown, form, beside)
