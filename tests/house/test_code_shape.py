"""Imports stand at the top of a module, and a package's `__init__` holds its rule only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "workbench"
MODULES = sorted(PACKAGE.rglob("*.py"))


def hidden_imports(source: str) -> list[int]:
    """Return the lines of imports that stand inside a function."""
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return sorted(
        {
            node.lineno
            for function in functions
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
    )


def test_hidden_imports_are_found() -> None:
    assert hidden_imports("import os\ndef f():\n    if True:\n        import sys\n") == [4]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_import_hides_in_a_function(path: Path) -> None:
    assert hidden_imports(path.read_text()) == []


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.name == "__init__.py" and path.parent != PACKAGE],
    ids=lambda path: path.parent.name,
)
def test_an_init_holds_its_docstring_only(path: Path) -> None:
    body = ast.parse(path.read_text()).body
    assert [type(node) for node in body] == [ast.Expr]
    assert ast.get_docstring(ast.Module(body, []))


def test_the_package_itself_holds_its_lazy_names_and_no_more() -> None:
    """The one exception: `import workbench as wb` is the analyst's way in (PEP 562)."""
    body = ast.parse((PACKAGE / "__init__.py").read_text()).body
    imported = [node.module for node in body if isinstance(node, ast.ImportFrom)]
    defined = [node.name for node in body if isinstance(node, ast.FunctionDef)]
    others = [n for n in body if not isinstance(n, ast.ImportFrom | ast.FunctionDef)]
    assert imported == ["importlib"] and defined == ["__getattr__", "__dir__"]
    assert [type(node) for node in others] == [ast.Expr, ast.Assign, ast.Assign]


def test_there_is_no_attic() -> None:
    assert [path for path in MODULES if path.stem in {"utils", "util", "helpers", "misc"}] == []


LONGEST = 310  # lines: about what a reader holds in mind; more is two ideas


def test_no_module_outgrows_a_reader() -> None:
    lines = {str(p.relative_to(PACKAGE)): p.read_text().count("\n") for p in MODULES}
    assert max(lines.values()) > 100, "the modules are there"
    assert {name: n for name, n in lines.items() if n > LONGEST} == {}
