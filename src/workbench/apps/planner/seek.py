"""Work back from a goal: how much, or which actions, gets there."""

from __future__ import annotations

import ipywidgets as widgets

from workbench.apps.planner.controls import button, control, fading_note, row, section
from workbench.apps.planner.session import PlanSession
from workbench.plans.goal_seek.actions import MAX_ACTIONS, seek_actions
from workbench.plans.goal_seek.goal import RevenueGoal
from workbench.plans.goal_seek.level import seek_level
from workbench.plans.plan.document import Action, Plan
from workbench.report.plan.markup import answer_html, note_html

LIMITS = {"growth": (-90.0, 500.0), "probability": (1.0, 99.0)}


def seek_panel(session: PlanSession) -> widgets.VBox:
    """Return the part of the page that works back from a goal.

    Parameters
    ----------
    session : PlanSession
        What is found goes into its plan when asked to.
    """
    months = session.planner.book.months
    growth = control(widgets.FloatText, "Grow yearly revenue by (%)", value=12.0)
    chance = control(widgets.FloatText, "With a probability of (%)", value=80.0)
    month = control(widgets.Dropdown, "By the end of (month)", options=months, value=months[-1])
    beside, answer = fading_note(session), fading_note(session)
    found: list[Plan] = []

    def asked() -> RevenueGoal | None:
        faults = [
            *_outside("Growth", growth.value, LIMITS["growth"]),
            *_outside("The probability", chance.value, LIMITS["probability"]),
        ]
        beside.value, answer.value = note_html(" ".join(faults), wrong=True), ""
        take.layout.display = "none"
        return None if faults else RevenueGoal(growth.value / 100, chance.value / 100,
                                       months.index(month.value))  # fmt: skip

    def how_much() -> None:
        goal = asked()
        if goal is None:
            return
        if not (session.plan.actions or session.plan.levers or session.plan.win_plans):
            beside.value = note_html("The plan has no lever yet: add an action first.", wrong=True)
            return
        answer.value = answer_html(seek_level(session.planner, session.plan, goal))

    def which() -> None:
        goal = asked()
        if goal is None:
            return
        result = seek_actions(session.planner, session.plan, goal, _candidates(session))
        answer.value, found[:] = answer_html(result), [result.plan]
        take.layout.display = "" if result.plan != session.plan else "none"

    def use() -> None:
        session.set_plan(found[0])

    take = button("Put these actions into the plan", use, beside, "primary")
    session.watch(lambda: setattr(take.layout, "display", "none"))
    return section(
        "Work back from a goal",
        row(growth, chance, month),
        beside,
        row(
            button("How much of these levers?", how_much, beside),
            button("Which further actions?", which, beside),
        ),
        answer,
        take,
    )


def _candidates(session: PlanSession) -> list[Action]:
    """Return the actions that apply to the account and are not planned yet, from the first month.

    As many as can be tried in every combination.
    """
    planned = {action.kind for action in session.plan.actions}
    kinds = [kind for kind in session.suggested() if kind not in planned]
    first = session.planner.book.months[0]
    return [Action(kind=kind, month=first) for kind in kinds[:MAX_ACTIONS]]


def _outside(name: str, value: float, ends: tuple[float, float]) -> list[str]:
    low, high = ends
    return [] if low <= value <= high else [f"{name} must lie from {low:g} to {high:g} %."]
