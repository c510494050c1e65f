"""Whatever docs, docstrings and comments name of the package is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "src" / "workbench"
MODULES = sorted(PACKAGE.rglob("*.py"))
PAGES = [
    *(PROJECT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")),
    *sorted((PROJECT / "docs").glob("*.md")),
    *MODULES,
]
FILES = {
    "py",
    "yaml",
    "yml",
    "csv",
    "md",
    "html",
    "json",
    "parquet",
    "toml",
    "css",
    "js",
    "nc",
    "xlsx",
}


@cache
def members() -> dict[str, set[str]]:
    """Return what each module and class holds: names of modules, functions, classes, fields."""
    found: dict[str, set[str]] = {}
    for path in MODULES:
        parts = ("workbench", *path.relative_to(PACKAGE).with_suffix("").parts)
        name = ".".join(parts).removesuffix(".__init__")
        parent, _, leaf = name.rpartition(".")
        found.setdefault(parent, set()).add(leaf)
        gather(name, ast.parse(path.read_text()).body, found)
    return found


def gather(name: str, body: list[ast.stmt], found: dict[str, set[str]]) -> None:
    own = found.setdefault(name, set())
    for node in body:
        if isinstance(node, ast.ClassDef):
            own.add(node.name)
            gather(f"{name}.{node.name}", node.body, found)
            bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
            for base in bases:  # a class also holds what its bases in the same module hold
                found[f"{name}.{node.name}"] |= found.get(f"{name}.{base}", set())
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            own.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        else:
            targets = (
                node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            )
            names = (
                [leaf for target in targets for leaf in ast.walk(target)] if all(targets) else []
            )
            own.update(leaf.id for leaf in names if isinstance(leaf, ast.Name))


def stands(mention: str) -> bool:
    """Say whether a dotted mention names something, from whatever folder it is counted."""
    parts, have = mention.split("."), members()
    return any(follows(place, parts[1:]) for place in have if place.rsplit(".", 1)[-1] == parts[0])


def follows(place: str, rest: list[str]) -> bool:
    for part in rest:
        if part not in members().get(place, ()):
            return False
        place = f"{place}.{part}"
    return True


def dead_names(text: str) -> list[str]:
    """Return backticked dotted names that begin with a module or folder and lead nowhere.

    Two plain words, as `book.source`, may be a variable and its field: they are not judged.
    """
    heads = {place.rsplit(".", 1)[-1] for place in members() if place.islower()}
    mentions = re.findall(r"`([a-z_]\w*(?:\.\w+){2,}|[a-z_]\w*\.[A-Z]\w+)(?:\([^`]*\))?`", text)
    ours = [m for m in mentions if m.split(".")[0] in heads and m.rsplit(".", 1)[1] not in FILES]
    return [mention for mention in ours if not is_column(mention) and not stands(mention)]


def is_column(mention: str) -> bool:
    """Say whether it is a column of a canonical table, whose table may bear a module's name."""
    table, _, column = mention.partition(".")
    schema = (PACKAGE / "data" / "schema.py").read_text()
    return f'"{table}"' in schema and f'"{column}"' in schema


def dead_files(text: str) -> list[str]:
    mentions = re.findall(r"`((?:src/workbench/)?(?:[a-z_]+/)+\w+\.py)`", text)
    roots = (PROJECT, PACKAGE, *(path for path in PACKAGE.iterdir() if path.is_dir()))
    return [name for name in mentions if not any((root / name).exists() for root in roots)]


def test_a_dead_name_is_found() -> None:
    text = "see `core.errors.Problem`, `core.errors.Trouble` and `forecast/nothing.py`"
    assert dead_names(text) == ["core.errors.Trouble"]
    assert dead_files(text) == ["forecast/nothing.py"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_name_mentioned_is_there(path: Path) -> None:
    text = path.read_text()
    examples = set(re.findall(r"`src/workbench/features/signals/care\.py`", text))  # of a recipe
    assert dead_names(text) == []
    assert [name for name in dead_files(text) if f"`{name}`" not in examples] == []
