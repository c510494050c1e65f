"""Work back from a goal: how much, or which actions, gets there."""

from __future__ import annotations

import ipywidgets as widgets

from workbench.apps.planner.controls import button, control, row, section
from workbench.apps.planner.desk import Desk
from workbench.plans.goal import MAX_ACTIONS, Goal, seek_actions, seek_level
from workbench.plans.plan import Action, Plan
from workbench.report.plan_markup import answer, note

PLACES = {"growth": (-90.0, 500.0), "probability": (1.0, 99.0)}


def seek_panel(desk: Desk) -> widgets.VBox:
    """Return the part of the page that works back from a goal."""
    months = desk.planner.book.months
    growth = control(widgets.FloatText, "Grow yearly revenue by (%)", value=12.0)
    chance = control(widgets.FloatText, "With a probability of (%)", value=80.0)
    month = control(widgets.Dropdown, "By the end of (month)", options=months, value=months[-1])
    beside, told = widgets.HTML(), widgets.HTML()
    found: list[Plan] = []

    def asked() -> Goal | None:
        words = [
            *_outside("Growth", growth.value, PLACES["growth"]),
            *_outside("The probability", chance.value, PLACES["probability"]),
        ]
        beside.value, told.value = note(" ".join(words), wrong=True), ""
        take.layout.display = "none"
        return None if words else Goal(growth.value / 100, chance.value / 100,
                                       months.index(month.value))  # fmt: skip

    def how_much() -> None:
        goal = asked()
        if goal is None:
            return
        if not (desk.plan.actions or desk.plan.levers or desk.plan.win_plans):
            beside.value = note("The plan has no lever yet: add an action first.", wrong=True)
            return
        told.value = answer(seek_level(desk.planner, desk.plan, goal))

    def which() -> None:
        goal = asked()
        if goal is None:
            return
        result = seek_actions(desk.planner, desk.plan, goal, _candidates(desk))
        told.value, found[:] = answer(result), [result.plan]
        take.layout.display = "" if result.plan != desk.plan else "none"

    def use() -> None:
        take.layout.display = "none"
        desk.put(found[0])

    take = button("Put these actions into the plan", use, beside, "primary")
    take.layout.display = "none"
    return section(
        "Work back from a goal",
        row(growth, chance, month),
        beside,
        row(
            button("How much of these levers?", how_much, beside),
            button("Which further actions?", which, beside),
        ),
        told,
        take,
    )


def _candidates(desk: Desk) -> list[Action]:
    """Return the actions that apply to the account and are not planned yet, from the first month.

    As many as can be tried in every combination.
    """
    planned = {action.kind for action in desk.plan.actions}
    kinds = [kind for kind in desk.suggested() if kind not in planned]
    first = desk.planner.book.months[0]
    return [Action(kind=kind, month=first) for kind in kinds[:MAX_ACTIONS]]


def _outside(name: str, value: float, ends: tuple[float, float]) -> list[str]:
    low, high = ends
    return [] if low <= value <= high else [f"{name} must lie from {low:g} to {high:g} %."]
