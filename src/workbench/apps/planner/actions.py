"""Pick actions, say who does them when, and drag their levers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from workbench.apps.planner.controls import button, control, heard, row, section
from workbench.apps.planner.desk import Desk
from workbench.apps.planner.levers import Levers
from workbench.apps.planner.steps import step_panel
from workbench.plans.edit import added, changed, removed
from workbench.plans.plan import Action
from workbench.report.plan_markup import action_head, note


def action_panel(desk: Desk) -> widgets.VBox:
    """Return the part of the page on which actions are picked and levers are dragged."""
    beside, shown = widgets.HTML(), widgets.VBox()
    shown.add_class("wb-actions")
    kind = control(widgets.Dropdown, "Action (★ suggested for this account)")
    month = control(widgets.Dropdown, "Done in (month)", options=desk.planner.book.months)
    levers, state = Levers(desk), {"account": ("",), "shape": None}

    def add() -> None:
        beside.value = ""
        desk.put(added(desk.plan, "actions", Action(kind=kind.value, month=month.value)))

    def follow() -> None:
        if desk.plan.accounts != state["account"]:
            state["account"] = desk.plan.accounts
            kind.options = _offered(desk)
            kind.value = kind.options[0][1]
        if _shape(desk) != state["shape"]:
            state["shape"] = _shape(desk)
            shown.children = [_box(desk, at, levers) for at in range(len(desk.plan.actions))]
        levers.follow()

    desk.watch(follow)
    add_button = button("Add this action", add, beside, "primary")
    return section("Actions and levers", row(kind, month, add_button), beside, shown)


def _offered(desk: Desk) -> list[tuple[str, str]]:
    """Return the catalogue's actions, those that apply to the account first."""
    entries = desk.planner.catalogue.entries
    fits = desk.suggested()
    first = [(f"★ {entries[kind].title}", kind) for kind in fits]
    return first + [(entry.title, kind) for kind, entry in entries.items() if kind not in fits]


def _shape(desk: Desk) -> tuple[Any, ...]:
    """Return what, when it changes, asks for other controls; where they stand is not of it."""
    plan, filled = desk.plan, desk.planner.catalogue.filled
    # As filled: the first turn of a dial writes an action's levers down, and must not replace
    # the dial under the hand that turns it.
    actions = tuple((action.kind, len(filled(action).levers or ())) for action in plan.actions)
    return desk.openings, plan.accounts, actions, plan.goals


def _box(desk: Desk, at: int, levers: Levers) -> widgets.VBox:
    action = desk.planner.catalogue.filled(desk.plan.actions[at])
    entry, beside = desk.planner.catalogue.entries[action.kind], widgets.HTML()

    def change(**given: Any) -> None:
        desk.put(changed(desk.plan, "actions", at, **given))
        beside.value = ""

    def remove() -> None:
        desk.put(removed(desk.plan, "actions", at))

    months = desk.planner.book.months
    month = control(widgets.Dropdown, "Done in (month)", options=months, value=action.month)
    owner = control(widgets.Text, "Who does it (name)", value=action.owner, continuous_update=False)
    serves = control(
        widgets.SelectMultiple, "Serves (goals and challenges)", rows=3,
        options=[goal.name for goal in desk.plan.goals], value=action.serves,
    )  # fmt: skip
    heard(month, beside, lambda new: change(month=new))
    heard(owner, beside, lambda new: change(owner=new.strip()))
    heard(serves, beside, lambda new: change(serves=tuple(new)))
    labels = {"hours": "Effort (hours)", "cost": f"Cost ({desk.money_unit})"}
    effort = [_effort(name, label, getattr(action, name) or 0.0, change, beside)
              for name, label in labels.items()]  # fmt: skip
    made = widgets.VBox(
        [
            widgets.HTML(action_head(entry)),
            row(month, owner, *effort),
            *([serves] if desk.plan.goals else []),
            beside,
            *levers.under("actions", at),
            step_panel(action.steps or (), lambda new: change(steps=new)),
            row(button(f"Remove: {entry.title}", remove, beside)),
        ]
    )
    made.add_class("wb-action")
    return made


def _effort(
    name: str, label: str, value: float, change: Callable[..., None], beside: widgets.HTML
) -> Any:
    made = control(widgets.FloatText, label, value=value,
                   continuous_update=False)  # fmt: skip

    def take(new: float) -> None:
        wrong = not 0 <= new < float("inf")
        beside.value = note(f"{label} cannot be below 0.", wrong=True) if wrong else ""
        if not wrong:
            change(**{name: new})

    return heard(made, beside, take)
