"""Names are the field's own, none needs its authors, and one public class goes by one name."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
# Columns of users' tables and fields of users' files keep their words; what code calls its own
# things does not.
NOT_OURS = re.compile(
    r"\b(told|said|happened|fates?|settled?|luck|course|offers?|deals?|dice|scene|shelf"
    r"|dials|scout|swift|glance|stakes|silences|outset|paradox(es)?)\b"
)
KEPT = {"told_on", "told_end"}  # columns of the alerts' database


def python_files() -> list[Path]:
    return sorted(
        path for part in ("src", "tests", "benchmarks") for path in (HOME / part).rglob("*.py")
    )


def names_in(source: str) -> Iterator[tuple[int, str]]:
    """Yield each name that code gives to a function, class, argument or variable, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not node.name.startswith("test_"):
                yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def strange(source: str) -> list[str]:
    return [
        f"line {line}: {name}"
        for line, name in names_in(source)
        if name not in KEPT and NOT_OURS.search(name.lower().replace("_", " "))
    ]


def twins(sources: dict[str, str]) -> dict[str, list[str]]:
    """Return the names that stand for several public classes, with their modules."""
    where = defaultdict(list)
    for module, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where[node.name].append(module)
    return {name: modules for name, modules in where.items() if len(modules) > 1}


def test_no_two_public_classes_have_one_name() -> None:
    package = HOME / "src" / "workbench"
    assert twins({str(path): path.read_text("utf8") for path in package.rglob("*.py")}) == {}
    assert twins({"a": "class Plan: ...", "b": "class Plan: ...", "c": "class _Plan: ..."}) == {
        "Plan": ["a", "b"]
    }


def test_no_name_needs_its_authors_to_explain_it() -> None:
    found = {path: names for path in python_files() if (names := strange(path.read_text("utf8")))}
    assert {str(path.relative_to(HOME)): names for path, names in found.items()} == {}


@pytest.mark.parametrize("line", ["told = 1", "def f(the_offers): ...", "class Scene: ..."])
def test_a_strange_name_is_found(line: str) -> None:
    assert len(strange(line)) == 1
