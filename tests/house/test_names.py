"""One public class goes by one name: who reads it anywhere knows which is meant."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src" / "workbench"


def twins(sources: dict[str, str]) -> dict[str, list[str]]:
    """Return the names that stand for several public classes, with their modules."""
    where = defaultdict(list)
    for module, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where[node.name].append(module)
    return {name: modules for name, modules in where.items() if len(modules) > 1}


def test_no_two_public_classes_have_one_name() -> None:
    assert twins({str(path): path.read_text("utf8") for path in PACKAGE.rglob("*.py")}) == {}


def test_a_second_class_of_a_name_is_found() -> None:
    sources = {"a": "class Plan: ...", "b": "class Plan: ...", "c": "class _Plan: ..."}
    assert twins(sources) == {"Plan": ["a", "b"]}
