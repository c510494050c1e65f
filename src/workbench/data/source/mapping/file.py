"""Read a mapping from YAML: checked completely before any data, every fault with its line."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from workbench.core.errors import DataError, ParameterError, Problem, nearest
from workbench.core.marked_file import MarkedFile, read_marked
from workbench.core.validation import read_part
from workbench.data.schema import TABLES
from workbench.data.source.mapping.spec import SPEND_COLUMNS, Mapping, TableSpec

_INVALID = "The mapping is not valid."


def shipped_mappings() -> dict[str, Path]:
    """Return the mappings that come with the package, by name."""
    folder = Path(str(files("workbench.data") / "mappings"))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load_mapping(name: str | Path) -> Mapping:
    """Load a shipped mapping by name, or one from a file.

    Parameters
    ----------
    name : str or Path
        A shipped one such as ``telco`` or ``stripe``, or the path of a YAML file.

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
    read = read_marked(path, _INVALID, as_text=True)
    mapping = read_part(Mapping, read, _INVALID)
    problems = _unknown_names(read, mapping)
    if problems:
        raise DataError(_INVALID, problems)
    return mapping


def _unknown_names(read: MarkedFile, mapping: Mapping) -> list[Problem]:
    problems = []

    def unknown(what: str, steps: list[str], known: Any) -> None:
        problems.append(Problem(what, read.where(steps), hint=nearest(steps[-1], known)))

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
        problems += _derived_problems(read, name, spec)
        if spec.chain_terms and mapping.snapshot_on is None:
            unknown(
                "chain_terms needs snapshot_on at the top level",
                ["tables", name, "chain_terms"],
                ["snapshot_on"],
            )
    return problems


def _derived_problems(read: MarkedFile, name: str, spec: TableSpec) -> list[Problem]:
    """Say what cannot stand beside contracts that are made out of spend."""
    if spec.contracts_from is None:
        return []
    where = read.where(["tables", name, "contracts_from"])
    if name != "contracts":
        return [Problem("only contracts are made out of spend", where)]
    problems = [
        Problem(
            "spend tells no such thing",
            read.where(["tables", name, "columns", column]),
            f"one of {', '.join(SPEND_COLUMNS)}",
            column,
            "Take the column away, or contracts_from.",
        )
        for column in spec.columns
        if column in TABLES[name].names and column not in SPEND_COLUMNS
    ]
    also = [key for key in ("chain_terms", "aggregate", "repeated") if getattr(spec, key)]
    problems += [
        Problem(f"{key} and contracts_from exclude each other", where, hint="Keep one of them.")
        for key in also
    ]
    return problems
