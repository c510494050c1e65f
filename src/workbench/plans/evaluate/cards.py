"""Lever cards: a plan's levers with provenance and controls, and the plan with one moved."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.provenance import provenance_row
from workbench.plans.levers.control import RANGE, Control
from workbench.plans.levers.registry import Lever
from workbench.plans.levers.source import Assumed
from workbench.plans.plan.document import LeverPath, Plan
from workbench.plans.plan.placed import accounts_at, accounts_of, placed_levers


@dataclass(frozen=True)
class LeverCard:
    """One lever as a planner sees it.

    Parameters
    ----------
    path : tuple of str and int
        To the lever within the plan, such as ``("actions", 0, "levers", 1)``.
    text : str
        What it does.
    source, effect, warning : str
        Where its effect comes from; see `workbench.plans.evaluate.provenance.provenance`.
    controls : tuple of Control
    """

    path: LeverPath
    text: str
    source: str
    effect: str
    warning: str
    controls: tuple[Control, ...]


def lever_cards(planner: Planner, plan: Plan) -> tuple[LeverCard, ...]:
    """Return a plan's levers with their controls.

    Parameters
    ----------
    planner : Planner
    plan : Plan
        It fits the book.

    Returns
    -------
    tuple of LeverCard
        In the order of `workbench.plans.plan.placed.placed_levers`.
    """
    placed = placed_levers(plan, planner.book, planner.catalogue)
    every = accounts_of(plan, planner.book)
    # Row by row: a table on the way would take a tenth of a slider's time.
    rows = [provenance_row(planner, one, every) for one in placed]
    return tuple(
        LeverCard(one.path, row["lever"], row["source"], row["effect"], row["warning"],
                  tuple(one.lever.controls(planner.book, accounts_at(one, every))))
        for one, row in zip(placed, rows, strict=True)
    )  # fmt: skip


def adjusted(
    planner: Planner,
    plan: Plan,
    path: LeverPath,
    control: Control,
    value: float | tuple[float, float],
) -> Plan:
    """Return a plan with one number of a lever changed.

    Parameters
    ----------
    planner : Planner
        Its catalogue's levers become the plan's own where they are changed.
    plan : Plan
    path : tuple of str and int
        To the lever.
    control : Control
        Of the lever.
    value : float or tuple of float
        In the control's unit; low and high where the control is that of a range.
    """
    placed = placed_levers(plan, planner.book, planner.catalogue)
    lever = next(one.lever for one in placed if one.path == path)
    if control.field == RANGE and isinstance(value, tuple) and isinstance(lever.source, Assumed):
        change = {"source": lever.source.model_copy(update={"low": value[0], "high": value[1]})}
    else:
        change = {control.field: value}
    return _replaced(planner, plan, path, lever.model_copy(update=change))


def _replaced(planner: Planner, plan: Plan, path: LeverPath, lever: Lever) -> Plan:
    part, at = str(path[0]), int(path[1])
    holders = list(getattr(plan, part))
    if len(path) == 2:
        holders[at] = lever
    else:
        filled = planner.catalogue.filled(holders[at]) if part == "actions" else holders[at]
        levers = list(filled.levers or ())
        levers[int(path[3])] = lever
        # A signal that the model lacks counts for nothing, and in a plan of one's own is a fault.
        kept = (one for one in levers if not any(one.faults(planner.book)))
        holders[at] = holders[at].model_copy(update={"levers": tuple(kept)})
    return plan.model_copy(update={part: tuple(holders)})
