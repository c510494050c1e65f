"""The customer's own goals and challenges, in their words."""

from __future__ import annotations

import ipywidgets as widgets

from workbench.apps.planner.controls import (
    button,
    control,
    fading_note,
    refill,
    row,
    section,
)
from workbench.apps.planner.session import PlanSession
from workbench.plans.plan.document import CustomerGoal, Plan
from workbench.report.plan.markup import goal_html, note_html


def goal_panel(session: PlanSession) -> widgets.VBox:
    """Return the part of the page that asks what the customer wants.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    """
    beside, shown = fading_note(session), widgets.VBox()
    kind = control(
        widgets.Dropdown, "Kind", options=[("a goal", "goal"), ("a challenge", "challenge")]
    )
    name = control(widgets.Text, "In short (a few words)")
    words = control(widgets.Text, "In the customer's words (a sentence)")
    drawn: list[tuple[CustomerGoal, ...] | None] = [None]

    def add() -> None:
        short = name.value.strip()
        taken = short in [goal.name for goal in session.plan.goals]
        if not short or taken:
            fault = "There is one of this name already." if taken else "Say in short what it is."
            beside.value = note_html(fault, wrong=True)
            return
        beside.value = ""
        goal = CustomerGoal(name=short, kind=kind.value, words=words.value.strip())
        name.value = words.value = ""
        session.set_plan(session.plan.model_copy(update={"goals": (*session.plan.goals, goal)}))

    def follow() -> None:
        if drawn[0] != session.plan.goals:
            drawn[0] = session.plan.goals
            refill(shown, [_line(session, goal, beside) for goal in session.plan.goals])

    session.watch(follow)
    return section(
        "The customer's goals and challenges", shown, row(kind, name, words),
        row(button("Add it", add, beside)), beside,
    )  # fmt: skip


def _line(session: PlanSession, goal: CustomerGoal, beside: widgets.HTML) -> widgets.Box:
    def remove() -> None:
        session.set_plan(without_goal(session.plan, goal.name))

    shown = widgets.HTML(goal_html(goal))
    shown.add_class("wb-grow")
    return row(shown, button("Remove", remove, beside))


def without_goal(plan: Plan, name: str) -> Plan:
    """Return a plan without a goal, which no action then serves any more.

    Parameters
    ----------
    plan : Plan
    name : str
        Of the goal; one that the plan does not have changes nothing.
    """
    actions = tuple(
        action.model_copy(update={"serves": tuple(one for one in action.serves if one != name)})
        for action in plan.actions
    )
    goals = tuple(goal for goal in plan.goals if goal.name != name)
    return plan.model_copy(update={"goals": goals, "actions": actions})
