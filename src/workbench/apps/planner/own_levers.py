"""Levers that belong to no action: a new price list, a term, a scenario of the world."""

from __future__ import annotations

import ipywidgets as widgets

from workbench.apps.planner.controls import (
    button,
    control,
    fading_note,
    heard,
    refill,
    remove_button,
    row,
)
from workbench.apps.planner.lever_cards import LeverCards
from workbench.apps.planner.parts import folded
from workbench.apps.planner.session import PlanSession
from workbench.plans.levers.registry import fresh_levers
from workbench.plans.plan.edit import added, changed, removed


def own_lever_panel(session: PlanSession) -> widgets.VBox:
    """Return the part of the page for levers of the plan's own.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    """
    months = session.planner.book.months
    fresh = fresh_levers(session.planner.book)
    beside, shown, cards = fading_note(session), widgets.VBox(), LeverCards(session)
    shown.add_class("wb-actions")
    which = control(widgets.Dropdown, "A lever without an action", options=list(fresh))
    month = control(widgets.Dropdown, "From (month)", options=months)
    seen: list[object] = [None]

    def add() -> None:
        lever = fresh[which.value].model_copy(update={"month": month.value})
        session.set_plan(added(session.plan, "levers", lever))

    def box(at: int) -> widgets.VBox:
        begins = control(widgets.Dropdown, f"Lever {at + 1}: from (month)", options=months,
                         value=session.plan.levers[at].month)  # fmt: skip
        heard(
            begins,
            beside,
            lambda new: session.set_plan(changed(session.plan, "levers", at, month=new)),
        )

        def take_away() -> None:
            session.set_plan(removed(session.plan, "levers", at))

        remove = remove_button(f"Remove lever {at + 1}", take_away, beside)
        made = widgets.VBox([*cards.under("levers", at), row(begins, remove)])
        made.add_class("wb-action")
        return made

    def follow() -> None:
        shape = (session.openings, session.plan.accounts, len(session.plan.levers))
        if shape != seen[0]:
            seen[0] = shape
            refill(shown, [box(at) for at in range(len(session.plan.levers))])
        cards.follow()

    session.watch(follow)
    inside = (shown, row(which, month), row(button("Add this lever", add, beside)), beside)
    return folded(session, "levers", "Levers without an action", *inside)
