"""How open opportunities are to be won."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from workbench.apps.planner.controls import control
from workbench.apps.planner.lever_cards import LeverCards
from workbench.apps.planner.parts import Field, Listed, folded, part_form, part_list
from workbench.apps.planner.session import PlanSession
from workbench.apps.planner.steps import step_panel
from workbench.plans.plan.document import WinPlan
from workbench.plans.plan.edit import changed
from workbench.plans.plan.opportunities import open_opportunities, win_plan
from workbench.report.plan.markup import note_html, opportunity_text, win_html


def win_panel(session: PlanSession) -> widgets.VBox:
    """Return the part of the page for win plans of the account's open opportunities.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    """
    book, currency = session.planner.book, session.planner.book.currency
    cards, beside = LeverCards(session), widgets.HTML()
    opportunity = control(widgets.Dropdown, "Open opportunity")

    def more(at: int) -> list[widgets.Widget]:
        steps = step_panel(
            session.plan.win_plans[at].steps,
            lambda new: session.set_plan(changed(session.plan, "win_plans", at, steps=new)),
        )
        return [*cards.under("win_plans", at), steps]

    def make(**given: Any) -> WinPlan:
        return win_plan(book, opportunity_id=opportunity.value, **given)

    fields = (
        Field("owner", "Who wins it (name)", widgets.Text),
        Field("on", "To be decided on (day)", widgets.DatePicker),
        Field("how", "How it is won (a sentence)", widgets.Text),
        Field("hours", "Effort to win it (hours)", widgets.FloatText, 0.0),
        Field("cost", f"Cost to win it ({session.money_unit})", widgets.FloatText, 0.0),
    )
    listed = Listed(
        "win_plans", fields, lambda win: win_html(win, book.opportunities, currency),
        lambda win: win.opportunity_id, more,
    )  # fmt: skip
    shown = part_list(session, listed)
    form = part_form(session, listed, make, "Add this win plan", [opportunity])

    seen: list[object] = [None]

    def follow() -> None:
        cards.follow()
        asked = (session.plan.accounts, session.plan.where, session.plan.win_plans)
        if asked == seen[0]:
            return
        seen[0] = asked
        options = [(opportunity_text(one, currency), one["opportunity_id"])
                   for one in open_opportunities(book, session.plan)]  # fmt: skip
        if tuple(options) != opportunity.options:
            opportunity.options = options
            opportunity.value = (
                options[0][1] if options else None
            )  # it may stand at none from before
        form.layout.display = "" if options else "none"
        nothing = "" if options or session.plan.win_plans else "No opportunity is open."
        beside.value = note_html(nothing)

    session.watch(follow)
    return folded(session, "win_plans", "Open opportunities", shown, form, beside)
