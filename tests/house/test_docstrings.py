"""Docstrings of public functions name every parameter, what comes back and what is raised.

numpydoc's rules for Parameters, Returns and Raises, read from the syntax tree, with three
allowances:

- A summary that begins with "Return", "Yield", "Say" or "Tell" is the Returns section of a function
  whose annotation gives the type, which Any does not: numpydoc would have the sentence written a
  second time. (ruff's DOC201 makes the same allowance under Google's convention.)
- A parameter may go without a description where its type is one: a class, which has a docstring of
  its own, a shape, a range, a choice of values. A bare number, text, date or table never may.
- A command's parameter is described by the help of its option, which stands in its annotation; the
  docstring is what ``--help`` prints above it, and a second description there would drift.

Compiled kernels are held to it like all others: they have no annotations, so the section is the
only place that tells what an array's axes are. Left out are names with a leading underscore,
dunders (`__init__` is described by the class), properties (they read as attributes) and functions
in functions (nobody can call them).
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "src" / "workbench"
CONTRIBUTING = PROJECT / "CONTRIBUTING.md"
FLOORS = sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())
PROPERTIES = {"property", "cached_property", "setter", "overload"}
SAYS_WHAT_RETURNS = ("Return", "Yield", "Say", "Tell")

# A type of these words alone tells nothing of what a parameter holds.
PLAIN = {
    *("array_like", "bool", "callable", "DataFrame", "date", "dict", "float", "int", "iterable"),
    *("list", "mapping", "ndarray", "Path", "sequence", "Series", "set", "str", "Timestamp"),
    *("tuple", "of", "or", "to", "optional"),
}

BUILTIN_ERRORS = {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Public(NamedTuple):
    """A public function or method, and its name within the module."""

    name: str
    node: Function
    is_method: bool


def public_functions(body: list[ast.stmt], prefix: str = "") -> Iterator[Public]:
    """Yield public functions, and the public methods of public classes."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, Function) and not node.name.startswith("_"):
            marks = {last_name(mark) for mark in node.decorator_list}
            if not marks & PROPERTIES:
                is_method = bool(prefix) and "staticmethod" not in marks
                yield Public(f"{prefix}{node.name}", node, is_method)


def last_name(node: ast.AST) -> str:
    """Return the last name of a dotted name or of what is called."""
    node = node.func if isinstance(node, ast.Call) else node
    return getattr(node, "attr", getattr(node, "id", ""))


def sections(docstring: str) -> dict[str, list[str]]:
    """Return each section's lines, by its heading: an underlined line, or a first example."""
    found: dict[str, list[str]] = {}
    lines = docstring.splitlines()
    heading = ""
    for line, under in zip(lines, [*lines[1:], ""], strict=True):
        if re.fullmatch(r"[A-Z]\w+( \w+)?", line) and re.fullmatch(r"-{3,}", under):
            heading = line
            found[heading] = []
        elif line.startswith(">>> ") and "xample" not in heading:
            heading = f"an example under {heading}" if heading else "Examples"
            found[heading] = []
        elif heading and not re.fullmatch(r"-{3,}", line):
            found[heading].append(line)
    return found


def entries(lines: list[str]) -> list[str]:
    """Return the names at a section's margin; `low, high : float` are two."""
    heads = [line.partition(" :")[0] for line in lines if line and not line[0].isspace()]
    return [name.strip().lstrip("*") for head in heads for name in head.split(",")]


def undescribed(lines: list[str]) -> list[str]:
    """Return the entries of a section that have a plain type, or none, and no description."""
    return [
        head
        for head, below in pairwise([*lines, ""])
        if head and not head[0].isspace() and not below.startswith(" ")
        if set(re.findall(r"\w+", head.partition(" :")[2].split(", default")[0])) <= PLAIN
    ]


def parameters(function: Public) -> list[str]:
    """Return the names of parameters, without `self` and `cls`."""
    args = function.node.args
    named = [*args.posonlyargs, *args.args][int(function.is_method) :]
    rest = [arg for arg in (args.vararg, *args.kwonlyargs, args.kwarg) if arg]
    return [
        arg.arg
        for arg in (*named, *rest)
        if not (arg.arg.startswith("_") or has_help(arg.annotation))
    ]


def has_help(annotation: ast.expr | None) -> bool:
    """Say whether an annotation holds the help of a command's option or argument."""
    return annotation is not None and any(
        isinstance(node, ast.Call)
        and last_name(node) in {"Option", "Argument"}
        and any(given.arg == "help" for given in node.keywords)
        for node in ast.walk(annotation)
    )


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield what stands in a function's own body, not in functions within it."""
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            todo.extend(ast.iter_child_nodes(node))


def gives_something(function: Function) -> bool:
    """Say whether something other than None comes back or is yielded."""
    stated = ast.unparse(function.returns) if function.returns else ""
    if stated:
        return stated not in {"None", "Never", "NoReturn", "Iterator[None]"}
    return any(
        isinstance(node, ast.Return | ast.Yield) and node.value is not None
        for node in own_nodes(function)
    )


def lacks(function: Public, errors: frozenset[str], makers: dict[str, str]) -> list[str]:
    """Return what a docstring does not name, or names although it is not there."""
    text = ast.get_docstring(function.node) or ""
    have = sections(text)
    named, taken = entries(have.get("Parameters", [])), parameters(function)
    faults = [f"Parameters lacks {name}" for name in taken if name not in named]
    faults += [
        f"Parameters names {name}, which there is not" for name in named if name not in taken
    ]
    faults += [f"{name} lacks the heading Examples" for name in have if name.startswith("an ex")]
    faults += [f"{head} is not described" for head in undescribed(have.get("Parameters", []))]
    stated = ast.unparse(function.node.returns) if function.node.returns else "Any"
    by_summary = text.startswith(SAYS_WHAT_RETURNS) and stated != "Any"
    sectioned = "Returns" in have or "Yields" in have
    if gives_something(function.node) and not (sectioned or by_summary):
        faults.append("Returns is missing")
    raised = entries(have.get("Raises", []))
    for name in sorted(raised_errors(function.node, errors, makers) - set(raised)):
        faults.append(f"Raises lacks {name}")
    return faults


def raised_errors(
    function: Function, errors: frozenset[str], makers: dict[str, str]
) -> frozenset[str]:
    """Return the errors, the workbench's and Python's, that a function's own body raises."""
    names = [
        last_name(node.exc)
        for node in own_nodes(function)
        if isinstance(node, ast.Raise) and node.exc
    ]
    return frozenset(makers.get(name, name) for name in names) & (errors | BUILTIN_ERRORS)


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def error_family() -> frozenset[str]:
    """Return the names of WorkbenchError and all that descends from it."""
    classes = [
        node for tree in trees().values() for node in tree.body if type(node) is ast.ClassDef
    ]
    family = {"WorkbenchError"}
    while grown := {
        node.name
        for node in classes
        if node.name not in family and {last_name(base) for base in node.bases} & family
    }:
        family |= grown
    return frozenset(family)


@cache
def error_makers() -> dict[str, str]:
    """Return the functions that make an error for the caller to raise, and which."""
    return {
        node.name: stated
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, Function) and node.returns
        if (stated := ast.unparse(node.returns).strip("'\"")) in error_family()
    }


def faults_in(source: str) -> list[str]:
    return [
        f"{function.name}: {fault}"
        for function in public_functions(ast.parse(source).body)
        for fault in lacks(function, error_family(), error_makers())
    ]


WELL_STATED = '''
def scaled(low, high, *rest):
    """Scale numbers.

    Parameters
    ----------
    low, high : float
        Bounds, in months.
    *rest
        More of them.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    DataError
        When `low` is above `high`.
    """
    if low > high:
        raise DataError("upside down")
    return low / high


class Book:
    def size(self) -> int:
        """Return the number of lines."""

    @property
    def name(self) -> str:
        """The name."""

    def shown(self, port: Annotated[int, Option(min=0, help="0 takes a free one.")]) -> None:
        """Show it."""

    def _hidden(self, x): ...
'''


def test_a_docstring_that_says_all_is_content() -> None:
    assert faults_in(WELL_STATED) == []


@pytest.mark.parametrize(
    ("stated", "missing", "fault"),
    [
        (
            "\n    Raises",
            "\n    >>> scaled(1, 2)\n    0.5\n\n    Raises",
            "scaled: an example under Returns lacks the heading Examples",
        ),
        ("low, high :", "low :", "scaled: Parameters lacks high"),
        ("low, high :", "low, high, mid :", "scaled: Parameters names mid, which there is not"),
        ("    *rest\n        More of them.\n", "", "scaled: Parameters lacks rest"),
        ("Returns\n    -------", "Notes\n    -----", "scaled: Returns is missing"),
        ("DataError\n        When", "ValueError\n        When", "scaled: Raises lacks DataError"),
        (', help="0 takes', ', metavar="0 takes', "Book.shown: Parameters lacks port"),
        ("        Bounds, in months.\n", "", "scaled: low, high : float is not described"),
        ('"""Return the', '"""Count the', "Book.size: Returns is missing"),
    ],
)
def test_what_a_docstring_leaves_out_is_found(stated: str, missing: str, fault: str) -> None:
    assert faults_in(WELL_STATED.replace(stated, missing, 1)) == [fault]


def test_the_family_of_errors_is_found() -> None:
    assert {"WorkbenchError", "DataError", "ParameterError", "GateError"} <= error_family()


def test_the_recipe_for_a_signal_keeps_the_rule() -> None:
    recipe = re.findall(r"```python\n(.*?)```", CONTRIBUTING.read_text(), re.DOTALL)[0]
    assert [function.name for function in public_functions(ast.parse(recipe).body)] == ["care"]
    assert faults_in(recipe) == []


@pytest.mark.parametrize("floor", FLOORS)
def test_docstrings_of_a_floor(floor: str) -> None:
    faults = [
        f"{path.relative_to(PACKAGE)}:{function.node.lineno} {function.name}: {fault}"
        for path, tree in trees().items()
        if path.is_relative_to(PACKAGE / floor)
        for function in public_functions(tree.body)
        for fault in lacks(function, error_family(), error_makers())
    ]
    assert faults == [], "\n".join(faults)
