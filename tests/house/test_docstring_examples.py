"""The examples in docstrings run, and give what they say.

Modules are imported when their turn comes: collecting them all would make every worker import the
whole package before its first test.
"""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
MODULES = [
    ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted(SRC.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def test_a_wrong_example_is_found() -> None:
    example = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "sum", None, 0)
    shown: list[str] = []
    assert doctest.DocTestRunner(optionflags=FLAGS).run(example, out=shown.append).failed == 1
    assert "Expected:" in "".join(shown)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert outcome.attempted > 0
    assert outcome.failed == 0, capsys.readouterr().out
