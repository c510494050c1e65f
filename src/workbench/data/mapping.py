"""Mappings: YAML files that say which source columns feed which canonical ones.

A mapping is checked completely before anything is read; every message names the line.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pydantic
import yaml

from workbench.core.errors import DataError, ParameterError, Problem, nearest
from workbench.data.cells import format_pattern
from workbench.data.schema import TABLES


class _PlainLoader(yaml.SafeLoader):
    """YAML without its old habit of reading No, Yes and on as true or false.

    A mapping has no switches, and those are words that columns and cells do use.
    """


_PlainLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:bool"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Condition(_Strict):
    """A source cell equal to a text, both without surrounding blanks."""

    column: str
    equals: str


class Lookup(_Strict):
    """Fetch a value from another source table: the row whose ``key`` equals this column."""

    table: str
    key: str
    value: str


class ColumnSpec(_Strict):
    """Where one canonical column comes from, and how it is written there.

    Exactly one of ``column`` and ``value``. The order of the steps is: lookup, map, default,
    parse, multiply or add.
    """

    column: str | None = None
    value: str | None = None
    lookup: Lookup | None = None
    map: dict[str, str] = pydantic.Field(default_factory=dict)
    default: str | None = None
    format: str = ""
    decimal: str = "."
    thousands: str = ""
    multiply_by: float = 1.0
    add_days: int = 0
    type: Literal["text", "number", "flag"] = "text"

    @pydantic.model_validator(mode="after")
    def _one_origin(self) -> ColumnSpec:
        if (self.column is None) == (self.value is None):
            raise ValueError("give either column or value")
        return self

    @pydantic.field_validator("format")
    @classmethod
    def _format(cls, text: str) -> str:
        return _known_format(text)


class ChainTerms(_Strict):
    """Derive dated contracts from a snapshot of tenure and contract type.

    Each source row becomes a chain: terms of the stated length from the start until the
    mapping's ``snapshot_on``, or one open-ended contract where the length is 0. See
    `workbench.data.snapshot`.
    """

    tenure_months: str
    term: str
    term_months: dict[str, int]
    left: Condition


class TableSpec(_Strict):
    """One canonical table: its source table and columns."""

    source: str = pydantic.Field(alias="from")
    columns: dict[str, ColumnSpec]
    attributes: dict[str, ColumnSpec] = pydantic.Field(default_factory=dict)
    drop_when: list[Condition] = pydantic.Field(default_factory=list)
    date_format: str = ""
    chain_terms: ChainTerms | None = None
    aggregate: dict[str, Literal["sum", "max", "mean"]] = pydantic.Field(default_factory=dict)

    @pydantic.field_validator("columns", "attributes", mode="before")
    @classmethod
    def _short_form(cls, columns: Any) -> Any:
        if not isinstance(columns, dict):
            return columns
        return {k: {"column": v} if isinstance(v, str) else v for k, v in columns.items()}

    @pydantic.field_validator("date_format")
    @classmethod
    def _format(cls, text: str) -> str:
        return _known_format(text)


class Mapping(_Strict):
    """A whole mapping.

    Parameters
    ----------
    about : str
        What the source is and what to beware of.
    date_format : str
        How dates are written, unless a table or column says otherwise; empty means ISO.
    currency : str
        Of amounts without one.
    missing : list of str
        Words that stand for a missing value, such as NA.
    snapshot_on : date
        The day on which snapshot data were taken.
    tables : dict of canonical name to TableSpec
    """

    about: str = ""
    date_format: str = ""
    currency: str = ""
    missing: list[str] = pydantic.Field(default_factory=list)
    snapshot_on: date | None = None
    tables: dict[str, TableSpec]

    @pydantic.field_validator("date_format")
    @classmethod
    def _format(cls, text: str) -> str:
        return _known_format(text)


def _known_format(text: str) -> str:
    if text:
        format_pattern(text)
    return text


def shipped_mappings() -> dict[str, Path]:
    """Return the mappings that come with the package, by name."""
    folder = Path(str(files("workbench.data") / "mappings"))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load_mapping(name: str | Path) -> Mapping:
    """Load a shipped mapping by name, or one from a file.

    Parameters
    ----------
    name : str or Path
        ``telco``, ``ravenstack``, or the path of a YAML file.

    Returns
    -------
    Mapping

    Raises
    ------
    ParameterError
        When there is no such mapping; names the nearest.
    DataError
        When the file is not a valid mapping; all faults together, each with its line.
    """
    shipped = shipped_mappings()
    path = shipped.get(str(name), Path(name))
    if not path.is_file():
        problem = Problem(
            "no such mapping",
            "mapping",
            "a shipped name or a YAML file",
            repr(str(name)),
            nearest(str(name), shipped),
        )
        raise ParameterError("The mapping could not be found.", [problem])
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=_PlainLoader)
        content = yaml.load(text, Loader=_PlainLoader)
    except UnicodeDecodeError:
        raise _invalid([Problem("not UTF-8 text", path.name)]) from None
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" line {where.line + 1}" if where else ""
        raise _invalid(
            [Problem("not YAML", f"{path.name}{line}", found=str(error).splitlines()[0])]
        ) from None
    try:
        mapping = Mapping.model_validate(content)
    except pydantic.ValidationError as error:
        faults = [_problem(path.name, root, fault) for fault in error.errors()]
        raise _invalid(faults) from None
    problems = _unknown_names(path.name, root, mapping)
    if problems:
        raise _invalid(problems)
    return mapping


def _invalid(problems: list[Problem]) -> DataError:
    return DataError("The mapping is not valid.", problems)


def _problem(file: str, root: yaml.Node | None, fault: Any) -> Problem:
    steps = [str(step) for step in fault["loc"]]
    where = f"{file} line {_line(root, steps)}, {'.'.join(steps) or 'top level'}"
    if fault["type"] == "extra_forbidden":
        return Problem("unknown key", where, hint=nearest(steps[-1], _keys_beside(steps)))
    return Problem(fault["msg"].removeprefix("Value error, "), where, found=repr(fault["input"]))


def _keys_beside(steps: list[str]) -> list[str]:
    """Keys that may stand where an unknown one was found, told from the depth."""
    models: list[type[_Strict]] = [Mapping, Mapping, TableSpec, TableSpec, ColumnSpec, Lookup]
    model = models[min(len(steps) - 1, 5)]
    if "chain_terms" in steps[:-1]:
        model = Condition if "left" in steps else ChainTerms
    if "drop_when" in steps[:-1]:
        model = Condition
    return [field.alias or name for name, field in model.model_fields.items()]


def _line(root: yaml.Node | None, steps: list[str]) -> int:
    """Return the 1-based line of the deepest node on the way that exists."""
    node, line = root, 1
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            pairs = {key.value: (key, value) for key, value in node.value}
            if step not in pairs:
                break
            key, node = pairs[step]
            line = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and step.isdigit():
            node = node.value[int(step)]
            line = node.start_mark.line + 1
    return line


def _unknown_names(file: str, root: yaml.Node | None, mapping: Mapping) -> list[Problem]:
    problems = []

    def unknown(what: str, steps: list[str], known: Any) -> None:
        where = f"{file} line {_line(root, steps)}, {'.'.join(steps)}"
        problems.append(Problem(what, where, hint=nearest(steps[-1], known)))

    for name, spec in mapping.tables.items():
        if name not in TABLES:
            unknown("not a canonical table", ["tables", name], TABLES)
            continue
        for part in ("columns", "aggregate"):
            for column in getattr(spec, part):
                if column not in TABLES[name].names:
                    unknown(
                        "not a canonical column", ["tables", name, part, column], TABLES[name].names
                    )
        if spec.attributes and name != "accounts":
            unknown("only accounts carry attributes", ["tables", name, "attributes"], TABLES)
        if spec.chain_terms and mapping.snapshot_on is None:
            unknown(
                "chain_terms needs snapshot_on at the top level",
                ["tables", name, "chain_terms"],
                ["snapshot_on"],
            )
    return problems


def canonical_mapping(tables: dict[str, list[str]]) -> Mapping:
    """Return the mapping of a source that already speaks the canonical names.

    Parameters
    ----------
    tables : dict of str to list of str
        The source's tables and their columns; those that are not canonical are left out.
    """
    specs: dict[str, TableSpec] = {}
    for name, columns in tables.items():
        if name in TABLES:
            known = {c: ColumnSpec(column=c) for c in columns if c in TABLES[name].names}
            specs[name] = TableSpec(**{"from": name}, columns=known)
    return Mapping(tables=specs)
