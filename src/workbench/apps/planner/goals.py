"""The customer's own goals and challenges, in their words."""

from __future__ import annotations

import ipywidgets as widgets

from workbench.apps.planner.controls import button, control, row, section
from workbench.apps.planner.desk import Desk
from workbench.plans.plan import Goal, Plan
from workbench.report.plan_markup import goal_line, note


def goal_panel(desk: Desk) -> widgets.VBox:
    """Return the part of the page that asks what the customer wants."""
    beside, shown = widgets.HTML(), widgets.VBox()
    kind = control(
        widgets.Dropdown, "Kind", options=[("a goal", "goal"), ("a challenge", "challenge")]
    )
    name = control(widgets.Text, "In short (a few words)")
    words = control(widgets.Text, "In the customer's words (a sentence)")
    drawn: list[tuple[Goal, ...] | None] = [None]

    def add() -> None:
        short = name.value.strip()
        taken = short in [goal.name for goal in desk.plan.goals]
        if not short or taken:
            fault = "There is one of this name already." if taken else "Say in short what it is."
            beside.value = note(fault, wrong=True)
            return
        beside.value = ""
        goal = Goal(name=short, kind=kind.value, words=words.value.strip())
        name.value = words.value = ""
        desk.put(desk.plan.model_copy(update={"goals": (*desk.plan.goals, goal)}))

    def follow() -> None:
        if drawn[0] != desk.plan.goals:
            drawn[0] = desk.plan.goals
            shown.children = [_line(desk, goal, beside) for goal in desk.plan.goals]

    desk.watch(follow)
    return section(
        "The customer's goals and challenges", shown, row(kind, name, words),
        row(button("Add it", add, beside)), beside,
    )  # fmt: skip


def _line(desk: Desk, goal: Goal, beside: widgets.HTML) -> widgets.Box:
    def remove() -> None:
        desk.put(without_goal(desk.plan, goal.name))

    shown = widgets.HTML(goal_line(goal))
    shown.add_class("wb-grow")
    return row(shown, button("Remove", remove, beside))


def without_goal(plan: Plan, name: str) -> Plan:
    """Return a plan without a goal, which no action then serves any more."""
    actions = tuple(
        action.model_copy(update={"serves": tuple(one for one in action.serves if one != name)})
        for action in plan.actions
    )
    goals = tuple(goal for goal in plan.goals if goal.name != name)
    return plan.model_copy(update={"goals": goals, "actions": actions})
