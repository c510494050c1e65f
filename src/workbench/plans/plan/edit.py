"""A plan with one of its parts added, changed or taken away."""

from __future__ import annotations

from typing import Any, Literal

import pydantic

from workbench.core.errors import ParameterError
from workbench.core.validation import ProblemStyle, Steps, not_accepted, problems_of
from workbench.plans.levers.part import Part
from workbench.plans.plan.document import Plan

Parts = Literal["goals", "actions", "levers", "demand", "win_plans"]


def added(plan: Plan, name: Parts, part: Part) -> Plan:
    """Return a plan with one more part, the last of its kind.

    Parameters
    ----------
    plan : Plan
    name : {"goals", "actions", "levers", "demand", "win_plans"}
        Which kind of part.
    part : Part
        Of that kind.
    """
    return plan.model_copy(update={name: (*getattr(plan, name), part)})


def removed(plan: Plan, name: Parts, at: int) -> Plan:
    """Return a plan without one of its parts.

    Parameters
    ----------
    plan : Plan
    name : {"goals", "actions", "levers", "demand", "win_plans"}
        Which kind of part.
    at : int
        Its position, from 0.
    """
    parts = getattr(plan, name)
    return plan.model_copy(update={name: (*parts[:at], *parts[at + 1 :])})


def changed(plan: Plan, name: Parts, at: int, /, **given: Any) -> Plan:
    """Return a plan with some fields of one part changed.

    Parameters
    ----------
    plan : Plan
    name : str
        Which of the plan's lists the part is in.
    at : int
        Its position there.
    **given : Any
        Fields by name.

    Raises
    ------
    ParameterError
        When the part would not be valid; its fields are named.
    """
    parts = list(getattr(plan, name))
    parts[at] = made(type(parts[at]), **_fields(parts[at]) | given)
    return plan.model_copy(update={name: tuple(parts)})


def made[Made: Part](kind: type[Made], /, **given: Any) -> Made:
    """Return a part of a plan, checked as if it had been read from a file.

    Parameters
    ----------
    kind : type of Part
        A class of `workbench.plans.plan.document`, or one of a lever.
    **given
        Its fields.

    Raises
    ------
    ParameterError
        When it is not valid.
    """
    try:
        return kind(**given)
    except pydantic.ValidationError as error:
        problems = problems_of(kind, error, _FORM)
        raise ParameterError("This cannot be part of a plan.", problems) from None


def _fields(part: Part) -> dict[str, Any]:
    return {name: getattr(part, name) for name in type(part).model_fields}


def _field_text(steps: Steps) -> str:
    return " ".join(map(str, steps)).replace("_", " ")


def _clause(fault: Any) -> str:
    empty = fault["type"] in ("missing", "string_too_short") or fault["input"] is None
    return "is missing" if empty else not_accepted(fault)


_FORM = ProblemStyle(_field_text, clause=_clause, found=lambda value: "")
