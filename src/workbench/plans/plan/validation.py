"""A file's content as checked values: every fault at once, with line, expectation and hint."""

from __future__ import annotations

import json
from typing import Any, get_args

import pydantic
from pydantic.fields import FieldInfo

from workbench.core.errors import DataError, Problem, nearest
from workbench.core.marked_file import MarkedFile

TAGS = ("lever", "kind")


def read_part[Checked: pydantic.BaseModel](
    model: type[Checked], read: MarkedFile, headline: str
) -> Checked:
    """Check a file's content against a model.

    Raises
    ------
    DataError
        When it does not fit.
    """
    try:
        # As JSON, so that lists are tuples and dates texts: nothing else is ever converted.
        return model.model_validate_json(json.dumps(read.content, default=str))
    except pydantic.ValidationError as error:
        faults: dict[tuple[str, str], Problem] = {}
        for fault in _deepest(error.errors()):
            problem = _problem(model, read, fault)
            faults.setdefault((problem.where, problem.what), problem)
        raise DataError(headline, faults.values()) from None
    except (TypeError, ValueError) as error:
        raise DataError(
            headline, [Problem("not a plain file", read.name, found=str(error))]
        ) from None


def _deepest(faults: list[Any]) -> list[Any]:
    """Leave out faults of a whole whose part is already at fault."""
    ways = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if not any(len(way) > (n := len(fault["loc"])) and way[:n] == fault["loc"] for way in ways)
    ]


def _problem(model: type[pydantic.BaseModel], read: MarkedFile, fault: Any) -> Problem:
    steps, owner = _existing(model, fault)
    where, kind = read.where(steps), fault["type"]
    if kind == "extra_forbidden":
        return Problem("unknown key", where, hint=nearest(str(steps[-1]), owner.model_fields))
    if kind.startswith("union_tag"):
        return _untold(where, fault["ctx"])
    message = fault["msg"].removeprefix("Value error, ")
    if kind == "value_error":
        return Problem(message, where)
    keys = [step for step in steps if isinstance(step, str)]
    expected = _expected(owner, keys[-1]) if keys else ""
    if kind == "missing":
        return Problem("missing", where, expected)
    found = f"{fault['input']!r} ({type(fault['input']).__name__})"
    bare = kind == "string_type" and isinstance(fault["input"], int | float)
    hint = "Write it in quotes." if bare else ""
    return Problem("not accepted", where, expected or message[0].lower() + message[1:], found, hint)


def _untold(where: str, context: Any) -> Problem:
    """Say that a part does not tell of which kind it is, or of none there is."""
    key = context["discriminator"].strip("'")
    if "tag" not in context:
        return Problem(f"{key} is missing", where)
    kinds = context["expected_tags"].replace("'", "")
    hint = nearest(context["tag"], kinds.split(", "))
    return Problem(f"unknown {key}", where, kinds, repr(context["tag"]), hint)


def _expected(owner: type[pydantic.BaseModel], key: str) -> str:
    """Return a field's own words for what it accepts, wherever in its annotation they stand."""
    field = owner.model_fields[key]
    found = [field.description, *(mark.description for mark in _marks(field.annotation))]
    return next((words for words in found if words), "")


def _marks(annotation: Any) -> list[FieldInfo]:
    found = list(getattr(annotation, "__metadata__", ()))
    inner = [mark for part in get_args(annotation) for mark in _marks(part)]
    return [mark for mark in found if isinstance(mark, FieldInfo)] + inner


def _existing(
    model: type[pydantic.BaseModel], fault: Any
) -> tuple[tuple[str | int, ...], type[pydantic.BaseModel]]:
    """Return the way to a fault without the tags, which stand in no file, and the part it is in."""
    steps: list[str | int] = []
    owners = [model]
    inside: list[type[pydantic.BaseModel]] = []
    for step in fault["loc"]:
        if isinstance(step, int):
            steps.append(step)
            continue
        tagged = [part for part in inside if step in _tags(part)]
        if tagged and len(inside) > 1:
            inside = tagged
            continue
        owners = inside or owners
        holders = [part for part in owners if step in part.model_fields]
        if holders:
            steps.append(step)
            owners = holders
            inside = _parts(holders[0].model_fields[step].annotation)
    if fault["type"] == "extra_forbidden":
        steps.append(fault["loc"][-1])
        owners = inside or owners
    return tuple(steps), owners[0]


def _tags(part: type[pydantic.BaseModel]) -> set[Any]:
    """Return the values by which a part is told from its siblings."""
    return {part.model_fields[key].default for key in TAGS if key in part.model_fields}


def _parts(annotation: Any) -> list[type[pydantic.BaseModel]]:
    """Return the kinds of part that a field may hold."""
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return [annotation]
    return [part for inner in get_args(annotation) for part in _parts(inner)]
