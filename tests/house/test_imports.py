"""What an import costs: nothing compiles, and heavy libraries come only where they are used.

Time depends on the machine; what was compiled and what was loaded do not. Each case imports in a
process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SAMPLING = {"pymc", "pytensor", "nutpie", "arviz", "arviz_stats", "arviz_plots"}
PICTURES = {"matplotlib", "great_tables"}
TABLES = {"pandas", "duckdb", "ibis", "numba", "scipy", "xarray"}

# Imports everything below what is named. The first argument says whether compiling is recorded too,
# which takes numba.
PROBE = """
import contextlib, importlib, json, pkgutil, sys

def modules(name):
    package = importlib.import_module(name)
    yield name
    for found in pkgutil.walk_packages(getattr(package, "__path__", []), f"{name}."):
        yield importlib.import_module(found.name)

recorder = contextlib.nullcontext()
if sys.argv[1] == "compiled":
    from numba.core import event
    recorder = event.install_recorder("numba:compile")
with recorder as seen:
    for wanted in sys.argv[2:]:
        list(modules(wanted))
if sys.argv[1] == "compiled":
    print(json.dumps([str(what.data["dispatcher"]) for _, what in seen.buffer if what.is_start]))
else:
    print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def probe(what: str, *names: str) -> list[str]:
    command = [sys.executable, "-c", PROBE, what, *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_nothing_compiles_at_import() -> None:
    assert probe("compiled", "workbench") == []


def test_a_kernel_that_compiles_at_import_is_seen(tmp_path, monkeypatch) -> None:
    eager = "import numba\n@numba.njit('f8(f8)')\ndef twice(x): return 2 * x\n"
    (tmp_path / "eager.py").write_text(eager)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert len(probe("compiled", "eager")) == 1


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        # To say that nothing has changed, and to print help.
        (["workbench.apps.cli", "workbench.apps.commands.run"],
         SAMPLING | PICTURES | TABLES | {"papermill", "nbconvert", "nbformat", "jsonschema"}),
        # To run a notebook in a kernel of its own, draw its page and keep its forecast.
        (["workbench.apps.runner"], SAMPLING | PICTURES | TABLES),
        (["workbench.data", "workbench.features"], SAMPLING | PICTURES | {"numba"}),
        # To read stored draws.
        (["workbench.forecast", "workbench.plans"], SAMPLING - {"arviz_stats"} | PICTURES),
    ],
    ids=["nothing changed", "runner", "signals", "stored draws"],
)  # fmt: skip
def test_libraries_come_only_where_they_are_used(modules: list[str], absent: set[str]) -> None:
    assert set(probe("loaded", *modules)) & absent == set()


def test_what_is_loaded_is_seen() -> None:
    assert {"matplotlib", "pandas"} <= set(
        probe("loaded", "workbench.report.style", "workbench.data.frames")
    )
