"""Read and write plans: YAML or JSON, without loss, every fault with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydantic
import yaml

from workbench.core.errors import DataError, ParameterError, Problem, nearest
from workbench.core.files import write_text
from workbench.core.marked_file import MarkedFile, read_marked
from workbench.core.validation import read_part
from workbench.plans.levers.kind import Fault
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import ALL, Plan
from workbench.plans.plan.faults import faults_against
from workbench.plans.planbook.book import Planbook

INVALID = "The plan is not valid."


def read_plan(path: str | Path, catalogue: Catalogue, book: Planbook | None = None) -> Plan:
    """Read a plan.

    Parameters
    ----------
    path : str or Path
        A ``.json`` file is read as JSON, any other as YAML.
    catalogue : Catalogue
        Its actions may be named.
    book : Planbook, optional
        If given, accounts, signals, months and opportunities must be its own.

    Returns
    -------
    Plan

    Raises
    ------
    ParameterError
        When there is no such file.
    DataError
        When it is not a valid plan; all faults together, each with its line.
    """
    read = read_plan_file(Path(path))
    plan = read_part(Plan, read, INVALID)
    found = _faults(plan, catalogue, book)
    if found:
        problems = [Problem(what, read.where(steps), hint=hint) for steps, what, hint in found]
        raise DataError(INVALID, problems)
    return plan


def require_whole(plan: Plan, catalogue: Catalogue, book: Planbook) -> None:
    """Refuse a plan that was not read from a file and does not fit what is here now.

    Parameters
    ----------
    plan : Plan
        From the store, where it may have been since another book or catalogue.
    catalogue : Catalogue
        Its actions may be named.
    book : Planbook
        Accounts, signals, months and opportunities must be its own.

    Raises
    ------
    DataError
        With all faults together.
    """
    if found := _faults(plan, catalogue, book):
        where = [f"{plan.name}, {'.'.join(map(str, steps))}" for steps, _, _ in found]
        problems = [Problem(what, at, hint=hint)
                    for at, (_, what, hint) in zip(where, found, strict=True)]  # fmt: skip
        raise DataError("The plan does not fit what is here.", problems)


def _faults(plan: Plan, catalogue: Catalogue, book: Planbook | None) -> list[Fault]:
    found = [*_goal_faults(plan), *_action_faults(plan, catalogue), *_lever_faults(plan)]
    return [*found, *(faults_against(plan, book) if book else ())]


def read_plan_file(path: Path) -> MarkedFile:
    """Read a plan's file without judging it.

    Parameters
    ----------
    path : Path
        A ``.json`` file is read as JSON, any other as YAML.

    Returns
    -------
    MarkedFile
        Its content, and the line on which each part of it stands.

    Raises
    ------
    ParameterError
        When there is no such file.
    DataError
        When it is not JSON or YAML.
    """
    if not path.is_file():
        problem = Problem("no such file", str(path), "a plan in YAML or JSON")
        raise ParameterError("The plan could not be found.", [problem])
    return read_marked(path, INVALID)


def _goal_faults(plan: Plan) -> Iterator[Fault]:
    names = [goal.name for goal in plan.goals]
    for at, name in enumerate(names):
        if name in names[:at]:
            yield ("goals", at, "name"), f"a second goal called {name}", "Give each its own name."


def _action_faults(plan: Plan, catalogue: Catalogue) -> Iterator[Fault]:
    goals = [goal.name for goal in plan.goals]
    anybody = plan.accounts == (ALL,)
    for at, action in enumerate(plan.actions):
        if action.kind not in catalogue.entries:
            hint = nearest(action.kind, catalogue.entries)
            yield ("actions", at, "kind"), f"no action {action.kind} in the catalogue", hint
        for nth, name in enumerate(action.serves):
            if name not in goals:
                hint = nearest(name, goals) if goals else "The plan names no goals."
                yield ("actions", at, "serves", nth), f"no goal {name}", hint
        for nth, name in enumerate(action.accounts):
            if not anybody and name not in plan.accounts:
                hint = nearest(name, plan.accounts)
                yield ("actions", at, "accounts", nth), f"{name} is not in the plan", hint


def _lever_faults(plan: Plan) -> Iterator[Fault]:
    for at, lever in enumerate(plan.levers):
        if lever.month is None:
            yield ("levers", at), "no month", "A lever outside of an action names its month."


def plan_text(plan: Plan, form: str = "yaml") -> str:
    """Return a plan as text; what stands at its default is left out.

    Parameters
    ----------
    plan : Plan
    form : {"yaml", "json"}
    """
    content = bare(plan)
    if form == "json":
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    return yaml_text(content)


def yaml_text(content: Any) -> str:
    """Return plain values as YAML that comes back as it was.

    Parameters
    ----------
    content : dict
        Texts, numbers, lists and mappings of them.
    """
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    """YAML that keeps the rarer line breaks: unescaped, they come back as blanks."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = '"' if any(mark in text for mark in "\x85\u2028\u2029") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)


def write_plan(plan: Plan, path: str | Path) -> None:
    """Write a plan in one step: at any moment the file holds the old plan or the new.

    Parameters
    ----------
    plan : Plan
    path : str or Path
        A ``.json`` file is written as JSON, any other as YAML.
    """
    path = Path(path)
    text = plan_text(plan, "json" if path.suffix == ".json" else "yaml")
    write_text(path, text)


def bare(part: pydantic.BaseModel) -> dict[str, Any]:
    """Return a part's fields as plain values, without what stands at its default.

    Parameters
    ----------
    part : BaseModel

    Returns
    -------
    dict
        Texts, numbers, lists and mappings of them; the tags that tell kinds apart always stay.
    """
    kept = {}
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if name in ("lever", "kind") or value != field.default:
            kept[name] = _plain(value)
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, pydantic.BaseModel):
        return bare(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
