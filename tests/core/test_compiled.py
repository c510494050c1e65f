"""Compiled functions are used again until a file that they are made of changes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from numba import types

from workbench.core.compiled import jit
from workbench.core.fingerprint import PACKAGE

CALLED = """
{importing}
@{decorator}
def add(x):
    return x + {added}
"""
CALLING = """
{importing}
from workbench.core.called import add
@{decorator}
def twice(x):
    return 2 * add(x)
"""
ASK = (
    "from workbench.core.calling import twice as f; print(f(1.0), sum(f.stats.cache_hits.values()))"
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    copy = tmp_path / "workbench"
    (copy / "core").mkdir(parents=True)
    for name in ("__init__.py", "core/__init__.py", "core/compiled.py", "core/fingerprint.py"):
        shutil.copy(PACKAGE / name, copy / name)
    return copy


def ask(package: Path) -> str:
    """Call the function in a process of its own; return its value and the hits of the cache."""
    environment = os.environ | {"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", ASK]
    asked = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return asked.stdout.strip()


@pytest.mark.parametrize(
    ("decorator", "importing", "after"),
    [
        ("jit()", "from workbench.core.compiled import jit", "6.0 0"),
        ("numba.njit(cache=True)", "import numba", "4.0 1"),  # numba alone serves the old code
    ],
)
def test_a_change_in_a_called_file_is_seen(package, decorator, importing, after) -> None:
    def write(name: str, text: str, added: str = "") -> None:
        text = text.format(decorator=decorator, importing=importing, added=added)
        (package / "core" / f"{name}.py").write_text(text)

    write("calling", CALLING)
    write("called", CALLED, "1.0")
    assert [ask(package), ask(package)] == ["4.0 0", "4.0 1"]
    write("called", CALLED, "2.0")
    assert ask(package) == after


def test_nothing_is_cached_by_its_own_file_alone() -> None:
    by_file = re.compile(r"cache=True")
    found = [path.name for path in PACKAGE.rglob("*.py") if by_file.search(path.read_text())]
    assert found == ["compiled.py"]


@jit()
def _shifted(x, by):
    return x + by


def test_a_function_called_with_written_numbers_is_compiled_once() -> None:
    for number in (1, 2):
        _shifted.get_call_template((types.float64, types.literal(number)), {})
    assert _shifted.signatures == [(types.float64, types.int64)]
