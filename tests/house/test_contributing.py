"""The recipe for a signal, followed to the letter in a copy of the project, works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
RECIPE = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"`((?:src|tests)/[^`]+[.]py)`:\n\n```python\n(.*?)```", re.DOTALL)
ROW = re.findall(r"```markdown\n(.*?\n)```", RECIPE, re.DOTALL)[0]
MANUAL = "tests/features/test_signal_table.py::test_the_manual_tells_of_every_signal"
SIGNALS = Path("src/workbench/features/signals")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project in which the recipe was followed."""
    home = tmp_path_factory.mktemp("project")
    for name in ("src", "tests/features", "tests/support"):
        skipped = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / name, home / name, ignore=skipped)
    for name in ("pyproject.toml", "docs/signals.md", "tests/conftest.py"):
        (home / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, home / name)
    blocks = dict(BLOCK.findall(RECIPE))
    module, test = (Path(name) for name in blocks)
    assert module.parent == SIGNALS
    assert (home / test).exists()
    (home / module).write_text(blocks[str(module)], encoding="utf-8")
    with (home / test).open("a", encoding="utf-8") as tests:
        tests.write(f"\n\n{blocks[str(test)]}")
    name_it(home, module.stem)
    return home


def name_it(home: Path, module: str) -> None:
    """Name the signal in the catalogue and in the docs, as the lines beside it are."""
    path = home / SIGNALS / "catalogue.py"
    text = path.read_text(encoding="utf-8")
    text = text.replace("import (\n", f"import (\n    {module},\n", 1)
    path.write_text(text.replace(" = (\n", f" = (\n    *{module}.SIGNALS,\n", 1), encoding="utf-8")
    path = home / "docs" / "signals.md"
    text = path.read_text(encoding="utf-8")
    assert text.count("| consumption_to_date |") == 1
    before = "| consumption_to_date |"
    path.write_text(text.replace(before, f"{ROW}{before}"), encoding="utf-8")


def run(home: Path, *command: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(home / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=home, env=environment, capture_output=True, text=True, check=False
    )
    printed = done.stdout + done.stderr
    assert done.returncode == 0, printed
    return printed


def test_its_test_and_that_of_the_manual_pass(copy: Path) -> None:
    tests = ["tests/features/test_signal_values.py::test_care", MANUAL]
    printed = run(copy, sys.executable, "-m", "pytest", *tests, "-q", "-p", "no:cacheprovider")
    assert "2 passed" in printed


def test_a_wrong_signal_fails_its_test(copy: Path, tmp_path: Path) -> None:
    other = shutil.copytree(copy, tmp_path / "other")
    path = other / SIGNALS / "care.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("last(grid.done, 6)", "last(grid.done, 6) + 1"), encoding="utf-8")
    with pytest.raises(AssertionError, match="1 failed"):
        test_its_test_and_that_of_the_manual_pass(other)


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("lint-imports", "--no-logo", "--no-cache"),
    ],
    ids=" ".join,
)
def test_the_checks_pass(copy: Path, command: tuple[str, ...]) -> None:
    tool = Path(sys.executable).with_name(command[0])
    run(copy, str(tool), *command[1:])
