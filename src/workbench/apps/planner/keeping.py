"""Whether the plan is saved, and the way back: undo, and discarding a draft."""

from __future__ import annotations

import ipywidgets as widgets

from workbench.apps.planner.controls import button, row
from workbench.apps.planner.session import PlanSession
from workbench.report.plan.markup import note_html


def keeping_bar(session: PlanSession) -> widgets.VBox:
    """Return the strip that says whether the plan is saved.

    Parameters
    ----------
    session : PlanSession
        Watched for as long as the page lives.
    """
    state, beside = widgets.HTML(), widgets.HTML()
    state.add_class("wb-state")
    undo = button("Undo the last change", session.undo, beside)
    discard = button("Discard the draft", session.discard, beside)

    def say() -> None:
        state.value = note_html(_state_text(session), wrong=bool(session.fault))
        undo.layout.display = "" if session.can_undo else "none"
        discard.layout.display = "" if session.visitor.may_write and session.is_unsaved else "none"

    session.on_kept = say
    session.watch(say)
    made = widgets.VBox([row(state, undo, discard), beside])
    made.add_class("wb-keeping")
    return made


def _state_text(session: PlanSession) -> str:
    name = session.plan.name
    if session.fault:
        return f"“{name}” could not be kept as a draft: {session.fault}"
    if not session.visitor.may_write:
        return f"“{name}”: try what you like; nothing of it is kept, since you may only read."
    if session.is_unsaved:
        kept = "being kept as your draft" if session.is_waiting else "kept as your draft"
        return f"“{name}” has changes that are not saved; they are {kept}."
    if session.saved:
        stored = session.saved
        return (f"“{name}” is saved: version {stored.version}, by {stored.author}, "
                f"{stored.saved_at[:16].replace('T', ' ')} UTC.")  # fmt: skip
    return f"“{name}” is new; nothing is planned yet."
