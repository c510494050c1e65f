"""Content as checked values: every fault at once, with place, expectation and hint."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

import pydantic
from pydantic.fields import FieldInfo

from workbench.core.errors import DataError, Problem, nearest
from workbench.core.marked_file import MarkedFile, read_marked
from workbench.core.masking import is_like_address, mask_passwords, shown_source

Steps = Sequence[str | int]
# Fields whose value tells of which kind a part is.
TAGS = ("lever", "kind")
_LONGEST = 80


def field_text(field: FieldInfo) -> str:
    """Return a field's own words for what it accepts, wherever in its annotation they stand.

    Parameters
    ----------
    field : FieldInfo
        Of a model; its own description comes first, then those inside its annotation.
    """
    found = [field.description, *(mark.description for mark in _marks(field.annotation))]
    return next((text for text in found if text), "")


def value_text(value: Any) -> str:
    """Return a value and its type, passwords masked, cut where it is long.

    Parameters
    ----------
    value : Any
        Of any type.

    Examples
    --------
    >>> value_text("twelve")
    "'twelve' (str)"
    """
    address = isinstance(value, str) and is_like_address(value)
    text = repr(shown_source(value)) if address else mask_passwords(repr(value))
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
    return f"{cut} ({type(value).__name__})"


def not_accepted(fault: Any) -> str:
    """Return what is wrong in a clause; nothing where a validator's own message says it.

    Parameters
    ----------
    fault : dict
        As pydantic lists it.
    """
    return "" if fault["type"] == "value_error" else "not accepted"


@dataclass(frozen=True)
class ProblemStyle:
    """How problems of one kind of content are told.

    Parameters
    ----------
    where : callable
        Takes the steps to a part, returns its place.
    noun : str
        What a name is that nothing bears.
    show_unknown : bool
        Show the value of an unknown one, too.
    clause : callable
        Takes a fault as pydantic lists it, returns what is wrong; see `not_accepted`.
    expected : callable
        Takes a field, returns what it accepts.
    found : callable
        Takes a value, returns it as text.
    """

    where: Callable[[Steps], str]
    noun: str = "key"
    show_unknown: bool = False
    clause: Callable[[Any], str] = not_accepted
    expected: Callable[[FieldInfo], str] = field_text
    found: Callable[[Any], str] = value_text


def read_file[Checked: pydantic.BaseModel](
    model: type[Checked], path: str | Path, headline: str
) -> Checked:
    """Read a file and check it against a model.

    Parameters
    ----------
    model : type of BaseModel
        What the file must hold.
    path : str or Path
        A ``.json`` file is read as JSON, any other as YAML.
    headline : str
        What to say first if it does not fit.

    Returns
    -------
    BaseModel
        An instance of `model`.

    Raises
    ------
    DataError
        When it cannot be read or does not fit; all problems together, each with its line.
    """
    return read_part(model, read_marked(Path(path), headline), headline)


def read_part[Checked: pydantic.BaseModel](
    model: type[Checked], read: MarkedFile, headline: str
) -> Checked:
    """Check a file's content against a model.

    Parameters
    ----------
    model : type of BaseModel
        What the file must hold.
    read : MarkedFile
        The file, read.
    headline : str
        What to say first if it does not fit.

    Returns
    -------
    BaseModel
        An instance of `model`.

    Raises
    ------
    DataError
        When it does not fit; all problems together, each with its line.
    """
    try:
        # As JSON, so that lists are tuples and dates texts: nothing else is ever converted.
        return model.model_validate_json(json.dumps(read.content, default=str))
    except pydantic.ValidationError as error:
        raise DataError(headline, problems_of(model, error, ProblemStyle(read.where))) from None
    except (TypeError, ValueError) as error:
        problem = Problem("not a plain file", read.name, found=str(error))
        raise DataError(headline, [problem]) from None


def problems_of(
    model: type[pydantic.BaseModel], error: pydantic.ValidationError, manner: ProblemStyle
) -> list[Problem]:
    """Return what pydantic found wrong, each problem once.

    Parameters
    ----------
    model : type of BaseModel
        What the content was checked against.
    error : ValidationError
        That came of it.
    manner : ProblemStyle
        How they are told.
    """
    problems: dict[tuple[str, str], Problem] = {}
    for fault in _deepest(error.errors()):
        problem = _problem(model, fault, manner)
        problems.setdefault((problem.where, problem.what), problem)
    return list(problems.values())


def _deepest(faults: list[Any]) -> list[Any]:
    """Leave out faults of a whole whose part is already at fault."""
    ways = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if not any(len(way) > (n := len(fault["loc"])) and way[:n] == fault["loc"] for way in ways)
    ]


def _problem(model: type[pydantic.BaseModel], fault: Any, manner: ProblemStyle) -> Problem:
    steps, owner = _way(model, fault)
    where, kind, value = manner.where(steps), fault["type"], fault["input"]
    if kind == "extra_forbidden":
        shown = manner.found(value) if manner.show_unknown else ""
        hint = nearest(str(steps[-1]), _fields(owner))
        return Problem(f"unknown {manner.noun}", where, found=shown, hint=hint)
    if kind.startswith("union_tag"):
        return _untold(where, fault["ctx"])
    message, what = fault["msg"].removeprefix("Value error, "), manner.clause(fault)
    if not what:
        return Problem(message, where)
    names = [step for step in steps if step in _fields(owner)]
    expected = manner.expected(_fields(owner)[str(names[-1])]) if names else ""
    if kind == "missing":
        return Problem("missing", where, expected)
    expected = expected or message[0].lower() + message[1:]
    return Problem(what, where, expected, manner.found(value), _quotes(kind, value))


def _quotes(kind: str, value: Any) -> str:
    """Return what to do about a number in quotes, or a text that looks like one without."""
    if kind == "string_type" and isinstance(value, int | float):
        return "Write it in quotes."
    if kind in ("int_type", "float_type", "bool_type") and isinstance(value, str):
        plain = value.strip().lower().replace(".", "", 1).removeprefix("-")
        return "Write it without quotes." if plain.isdecimal() or plain in ("true", "false") else ""
    return ""


def _untold(where: str, context: Any) -> Problem:
    """Say that a part does not tell of which kind it is, or of none there is."""
    key = context["discriminator"].strip("'")
    if "tag" not in context:
        return Problem(f"{key} is missing", where)
    kinds = context["expected_tags"].replace("'", "")
    hint = nearest(context["tag"], kinds.split(", "))
    return Problem(f"unknown {key}", where, kinds, repr(context["tag"]), hint)


def _way(
    model: type[pydantic.BaseModel], fault: Any
) -> tuple[tuple[str | int, ...], type[pydantic.BaseModel]]:
    """Return the way to a fault, without steps that are pydantic's own, and the part it is in."""
    steps: list[str | int] = []
    owners = [model]
    inside: list[type[pydantic.BaseModel]] = []
    keys_to_come = 0
    for step in fault["loc"]:
        if isinstance(step, int) or keys_to_come:
            keys_to_come -= isinstance(step, str)
            steps.append(step)
            continue
        tagged = [part for part in inside if step in _tags(part)]
        if tagged and len(inside) > 1:
            inside = tagged
            continue
        owners = inside or owners
        holders = [part for part in owners if step in _fields(part)]
        if holders:
            steps.append(step)
            owners = holders
            annotation = _fields(holders[0])[step].annotation
            inside, keys_to_come = list(_parts(annotation)), _mappings(annotation)
    if fault["type"] == "extra_forbidden":
        steps.append(fault["loc"][-1])
        owners = inside or owners
    return tuple(steps), owners[0]


def _fields(model: type[pydantic.BaseModel]) -> dict[str, FieldInfo]:
    """Return a part's fields by the names that stand in files."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _tags(part: type[pydantic.BaseModel]) -> set[Any]:
    """Return the values by which a part is told from its siblings."""
    return {part.model_fields[key].default for key in TAGS if key in part.model_fields}


def _parts(annotation: Any) -> Iterator[type[pydantic.BaseModel]]:
    """Yield the kinds of part that a field may hold."""
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        yield annotation
    else:
        for inner in get_args(annotation):
            yield from _parts(inner)


def _mappings(annotation: Any) -> int:
    """Return how many keys of the file's own choosing come between a field and its parts."""
    inner = max(map(_mappings, get_args(annotation)), default=0)
    return inner + (get_origin(annotation) is dict)


def _marks(annotation: Any) -> list[FieldInfo]:
    found = list(getattr(annotation, "__metadata__", ()))
    inner = [mark for part in get_args(annotation) for mark in _marks(part)]
    return [mark for mark in found if isinstance(mark, FieldInfo)] + inner
