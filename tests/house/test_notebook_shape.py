"""Notebooks tell a story: no outputs, no functions, short cells, literal parameters."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

from workbench.apps.reports import REPORTS

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
MAX_CELL_LINES = 12
# Whose pages begin with their answer; a report that joins them is named here.
ANSWER_FIRST = {
    "account_health", "account_plan", "account_review", "backtest", "cohorts", "data_audit",
    "model_check", "net_growth", "plan_impact", "planning_practice",
    "reasons", "renewals", "revenue",
}  # fmt: skip
MAX_CELLS, MAX_LINES, MAX_IMPORT_LINES = 16, 60, 12


def faults(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what is wrong with a notebook, one sentence per fault."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    for number, cell in enumerate(code, 1):
        tree = ast.parse(without_magics(cell.source))
        if cell.outputs or cell.execution_count is not None:
            found.append(f"code cell {number} holds outputs")
        if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.walk(tree)):
            found.append(f"code cell {number} defines a function or class")
        if is_parameters(cell):
            found += parameter_faults(cell.source, tree)
        elif not only_imports(tree) and len(cell.source.splitlines()) > MAX_CELL_LINES:
            found.append(f"code cell {number} is longer than {MAX_CELL_LINES} lines")
    if sum(map(is_parameters, code)) != 1:
        found.append("not exactly one cell is tagged parameters")
    return found


def size_faults(notebook: nbformat.NotebookNode) -> list[str]:
    """Return which limits a notebook exceeds; its parameters are written from the settings."""
    own = [
        line
        for cell in notebook.cells
        if cell.cell_type == "code" and not is_parameters(cell)
        for line in cell.source.splitlines()
        if line.strip()
    ]
    imports = [line for line in own if line.startswith(("import ", "from "))]
    sizes = {
        "cells": (len(notebook.cells), MAX_CELLS),
        "lines of code": (len(own), MAX_LINES),
        "lines of imports": (len(imports), MAX_IMPORT_LINES),
    }
    return [f"{size} {what}, {most} allowed" for what, (size, most) in sizes.items() if size > most]


def without_magics(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if not line.startswith("%"))


def only_imports(tree: ast.Module) -> bool:
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body)


def is_parameters(cell: nbformat.NotebookNode) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def parameter_faults(source: str, tree: ast.Module) -> list[str]:
    """Papermill reads this cell by line: literals only, and a comment with `=` loses its line."""
    found = []
    for node in tree.body:
        try:
            ast.literal_eval(node.value)
        except (AttributeError, ValueError):
            found.append(f"parameters line {node.lineno} is not a literal")
    found += [
        f"parameters line {number} has = in its comment"
        for number, line in enumerate(source.splitlines(), 1)
        if "=" in line.partition("#")[2]
    ]
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_thin(path: Path) -> None:
    assert faults(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize("name", sorted(ANSWER_FIRST))
def test_report_answers_first(name: str) -> None:
    """A cell tagged answer shows the answer; the page's template lifts it."""
    cells = nbformat.read(NOTEBOOKS[0].parent / REPORTS[name].notebook, as_version=4).cells
    tagged = [cell for cell in cells if "answer" in cell.metadata.get("tags", [])]
    publishing = ("publish_answer(", "run.answer(")
    assert any(call in cell.source for cell in tagged for call in publishing)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_goes_through_the_front_door(path: Path) -> None:
    assert size_faults(nbformat.read(path, as_version=4)) == []


def test_size_faults_are_found() -> None:
    cell = nbformat.v4.new_code_cell
    long = nbformat.v4.new_notebook(
        cells=[cell("import a\n" * 13), *(cell("x = 1\n" * 4) for _ in range(16))]
    )
    assert size_faults(long) == [
        "17 cells, 16 allowed",
        "77 lines of code, 60 allowed",
        "13 lines of imports, 12 allowed",
    ]
    parameters = cell("months = 12\n" * 70)
    parameters.metadata["tags"] = ["parameters"]
    assert size_faults(nbformat.v4.new_notebook(cells=[parameters])) == []


def test_faults_are_found() -> None:
    cell = nbformat.v4.new_code_cell
    parameters = cell("months = 12\nstart = today()\nend = 3  # as k=3")
    parameters.metadata["tags"] = ["parameters"]
    shown = cell("1", outputs=[nbformat.v4.new_output("stream", text="1")], execution_count=1)
    notebook = nbformat.v4.new_notebook(
        cells=[parameters, shown, cell("def f():\n    pass"), cell("x = 1\n" * 13)]
    )
    assert faults(notebook) == [
        "parameters line 2 is not a literal",
        "parameters line 3 has = in its comment",
        "code cell 2 holds outputs",
        "code cell 3 defines a function or class",
        "code cell 4 is longer than 12 lines",
    ]
    assert faults(nbformat.v4.new_notebook()) == ["not exactly one cell is tagged parameters"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_notebook_takes_from_modules_is_there(path):
    cells = nbformat.read(path, as_version=4).cells
    code = "\n".join(without_magics(c.source) for c in cells if c.cell_type == "code")
    assert unknown_names(ast.parse(code)) == []


def test_a_name_that_moved_away_is_found():
    code = "from workbench.core import gates\nfrom workbench.core.gates import gone\ngates.lost"
    assert unknown_names(ast.parse(code)) == ["workbench.core.gates.gone", "gates.lost"]


def unknown_names(tree: ast.Module) -> list[str]:
    """Return the names that imports, and attributes of imported modules, do not find."""
    modules, unknown = {}, []
    for node in (n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)):
        module = importlib.import_module(str(node.module))
        for name in node.names:
            found = getattr(module, name.name, None) or submodule(f"{node.module}.{name.name}")
            if found is None:
                unknown.append(f"{node.module}.{name.name}")
            if isinstance(found, ModuleType):
                modules[name.asname or name.name] = found
    return unknown + [
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in modules
        and not hasattr(modules[node.value.id], node.attr)
    ]


def submodule(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None
