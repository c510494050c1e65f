"""Pick actions, say who does them when, and drag their levers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from workbench.apps.planner.controls import (
    button,
    control,
    fading_note,
    heard,
    refill,
    remove_button,
    row,
    section,
)
from workbench.apps.planner.lever_cards import LeverCards
from workbench.apps.planner.session import PlanSession
from workbench.apps.planner.steps import step_panel
from workbench.plans.plan.document import Action
from workbench.plans.plan.edit import added, changed, removed
from workbench.report.plan.markup import action_html


def action_panel(session: PlanSession) -> widgets.VBox:
    """Return the part of the page on which actions are picked and levers are dragged.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    """
    beside, shown = fading_note(session), widgets.VBox()
    shown.add_class("wb-actions")
    kind = control(widgets.Dropdown, "Action (★ suggested for this account)")
    month = control(widgets.Dropdown, "Done in (month)", options=session.planner.book.months)
    cards, state = LeverCards(session), {"account": ("",), "shape": None}

    def add() -> None:
        session.set_plan(added(session.plan, "actions", Action(kind=kind.value, month=month.value)))

    def follow() -> None:
        if session.plan.accounts != state["account"]:
            state["account"] = session.plan.accounts
            kind.options = _offered(session)
            kind.value = kind.options[0][1]
        if _shape(session) != state["shape"]:
            state["shape"] = _shape(session)
            refill(shown, [_box(session, at, cards) for at in range(len(session.plan.actions))])
        cards.follow()

    session.watch(follow)
    add_button = button("Add this action", add, beside, "primary")
    return section("Actions and levers", row(kind, month, add_button), beside, shown)


def _offered(session: PlanSession) -> list[tuple[str, str]]:
    """Return the catalogue's actions, those that apply to the account first."""
    entries = session.planner.catalogue.entries
    if not session.planner.book.has_terms:  # nothing can be renewed early
        entries = {kind: one for kind, one in entries.items()
                   if not any(lever.lever == "term" for lever in one.levers)}  # fmt: skip
    fits = [kind for kind in session.suggested() if kind in entries]
    first = [(f"★ {entries[kind].title}", kind) for kind in fits]
    return first + [(entry.title, kind) for kind, entry in entries.items() if kind not in fits]


def _shape(session: PlanSession) -> tuple[Any, ...]:
    """Return what, when it changes, asks for other controls; where they stand is not of it."""
    plan, filled = session.plan, session.planner.catalogue.filled
    # As filled: the first move of a control writes an action's levers down, and must not replace
    # the control under the hand that moves it.
    actions = tuple((action.kind, len(filled(action).levers or ())) for action in plan.actions)
    return session.openings, plan.accounts, actions, plan.goals


def _box(session: PlanSession, at: int, cards: LeverCards) -> widgets.VBox:
    action = session.planner.catalogue.filled(session.plan.actions[at])
    entry, beside = session.planner.catalogue.entries[action.kind], widgets.HTML()

    def change(**given: Any) -> None:
        session.set_plan(changed(session.plan, "actions", at, **given))
        beside.value = ""

    def remove() -> None:
        session.set_plan(removed(session.plan, "actions", at))

    months = session.planner.book.months
    month = control(widgets.Dropdown, "Done in (month)", options=months, value=action.month)
    owner = control(widgets.Text, "Who does it (name)", value=action.owner, continuous_update=False)
    serves = control(
        widgets.SelectMultiple, "Serves (goals and challenges)", rows=3,
        options=[goal.name for goal in session.plan.goals], value=action.serves,
    )  # fmt: skip
    heard(month, beside, lambda new: change(month=new))
    heard(owner, beside, lambda new: change(owner=new.strip()))
    heard(serves, beside, lambda new: change(serves=tuple(new)))
    labels = {"hours": "Effort (hours)", "cost": f"Cost ({session.money_unit})"}
    effort = [_effort(name, label, getattr(action, name) or 0.0, change, beside)
              for name, label in labels.items()]  # fmt: skip
    made = widgets.VBox(
        [
            widgets.HTML(action_html(entry)),
            row(month, owner, *effort),
            *([serves] if session.plan.goals else []),
            beside,
            *cards.under("actions", at),
            step_panel(action.steps or (), lambda new: change(steps=new)),
            row(remove_button(f"Remove: {entry.title}", remove, beside)),
        ]
    )
    made.add_class("wb-action")
    return made


def _effort(
    name: str, label: str, value: float, change: Callable[..., None], beside: widgets.HTML
) -> Any:
    made = control(widgets.FloatText, label, value=value,
                   continuous_update=False)  # fmt: skip

    return heard(made, beside, lambda new: change(**{name: new}))
