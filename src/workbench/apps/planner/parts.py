"""Lists of parts of a plan, such as its demand: add one, change its fields, take it away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from workbench.apps.planner.session import PlanSession
from workbench.plans.levers.part import Part
from workbench.plans.plan.edit import Parts, added, changed, removed


@dataclass(frozen=True)
class Field:
    """One field of a part: its name, its label with the unit, and the control for it."""

    name: str
    label: str
    kind: type
    start: Any = None

    def control(self, value: Any) -> Any:
        """Return its control.

        Parameters
        ----------
        value : object
            What it shows first; None leaves that to the kind of control.

        Returns
        -------
        Widget
            Of the field's kind.
        """
        late = {} if self.kind is widgets.DatePicker else {"continuous_update": False}
        return control(self.kind, self.label, **late | ({} if value is None else {"value": value}))


@dataclass(frozen=True)
class Listed:
    """What a list of parts consists of.

    Parameters
    ----------
    name : str
        The plan's list.
    fields : tuple of Field
        That can be changed.
    head : callable
        Takes a part, returns HTML.
    called : callable
        Takes a part, returns by what its button names it.
    more : callable
        Takes a position, returns what else stands with the part there.
    """

    name: Parts
    fields: tuple[Field, ...]
    head: Callable[[Any], str]
    called: Callable[[Any], str]
    more: Callable[[int], Sequence[widgets.Widget]] = lambda at: ()


def part_list(session: PlanSession, listed: Listed) -> widgets.VBox:
    """Return the parts of a plan with their controls; it follows the plan.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    listed : Listed
    """
    shown = widgets.VBox()
    shown.add_class("wb-actions")
    seen: list[object] = [None]

    def follow() -> None:
        # What stands in a control is the plan's already; only other parts ask for other controls.
        shape = (session.openings, session.plan.accounts, len(getattr(session.plan, listed.name)))
        if shape != seen[0]:
            seen[0] = shape
            parts = getattr(session.plan, listed.name)
            refill(shown, [_box(session, listed, at, part) for at, part in enumerate(parts)])

    session.watch(follow)
    return shown


def folded(session: PlanSession, name: Parts, title: str, *inside: widgets.Widget) -> widgets.VBox:
    """Return a section that is closed until it is asked for, or the plan has parts of its kind.

    Parameters
    ----------
    session : PlanSession
    name : str
        The plan's list that it is about.
    title : str
        HTML: text from data must be escaped.
    *inside : Widget
    """
    body, beside = widgets.VBox(list(inside)), widgets.HTML()
    seen: list[object] = [None]
    body.add_class("wb-inside")

    def show(opened: bool) -> None:
        body.layout.display = "" if opened else "none"
        toggle.description = f"{'Hide' if opened else 'Show'}: {title}"

    toggle = button("", lambda: show(body.layout.display == "none"), beside)

    def follow() -> None:
        shape = (session.openings, session.plan.accounts)
        if shape != seen[0]:
            seen[0] = shape
            show(bool(getattr(session.plan, name)))

    session.watch(follow)
    return section(title, row(toggle), beside, body)


def part_form(
    session: PlanSession,
    listed: Listed,
    make: Callable[..., Part],
    label: str,
    before: Sequence[widgets.Widget] = (),
) -> widgets.VBox:
    """Return controls for a further part.

    Parameters
    ----------
    session : PlanSession
    listed : Listed
    make : callable
        Takes the fields by name, returns the part.
    label : str
        Of the button.
    before : sequence of Widget
        Controls of the form's own.
    """
    beside = fading_note(session)
    asked = {field.name: field.control(field.start) for field in listed.fields}

    def add() -> None:
        given = {name: _taken(one.value) for name, one in asked.items()}
        session.set_plan(added(session.plan, listed.name, make(**given)))
        for field in listed.fields:
            asked[field.name].value = "" if field.kind is widgets.Text else field.start

    return widgets.VBox([row(*before, *asked.values()), row(button(label, add, beside)), beside])


def _box(session: PlanSession, listed: Listed, at: int, part: Any) -> widgets.VBox:
    beside = widgets.HTML()

    def change(name: str, new: Any) -> None:
        session.set_plan(changed(session.plan, listed.name, at, **{name: _taken(new)}))
        beside.value = ""

    def bound(field: Field) -> Any:
        return heard(field.control(getattr(part, field.name)), beside,
                     lambda new: change(field.name, new))  # fmt: skip

    made = widgets.VBox(
        [
            widgets.HTML(listed.head(part)),
            row(*map(bound, listed.fields)),
            beside,
            *listed.more(at),
            row(remove_button(f"Remove: {listed.called(part)}",
                       lambda: session.set_plan(removed(session.plan, listed.name, at)), beside)),
        ]
    )  # fmt: skip
    made.add_class("wb-action")
    return made


def _taken(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
