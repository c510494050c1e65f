"""Read a mapping from YAML: checked completely before any data, every fault with its line."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pydantic
import yaml

from workbench.core.errors import DataError, ParameterError, Problem, nearest
from workbench.data.mapping import (
    ChainTerms,
    ColumnSpec,
    Condition,
    Lookup,
    Mapping,
    Strict,
    TableSpec,
)
from workbench.data.schema import TABLES


class _PlainLoader(yaml.SafeLoader):
    """YAML without its old habit of reading No, Yes and on as true or false.

    A mapping has no switches, and those are words that columns and cells do use.
    """


_PlainLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:bool"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


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
    models: list[type[Strict]] = [Mapping, Mapping, TableSpec, TableSpec, ColumnSpec, Lookup]
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
