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

# Imports everything that is named, then says which of it compiled and what is loaded.
PROBE = """
import importlib, json, pkgutil, sys
from numba.core import event

def modules(name):
    package = importlib.import_module(name)
    yield name
    for found in pkgutil.walk_packages(getattr(package, "__path__", []), f"{name}."):
        importlib.import_module(found.name)

with event.install_recorder("numba:compile") as seen:
    for wanted in sys.argv[1:]:
        for _ in modules(wanted):
            pass
compiled = [str(what.data["dispatcher"]) for _, what in seen.buffer if what.is_start]
print(json.dumps({"compiled": compiled, "loaded": sorted({n.split(".")[0] for n in sys.modules})}))
"""
PLAIN = PROBE.replace("from numba.core import event\n", "").replace(
    'with event.install_recorder("numba:compile") as seen:', "if True:"
).replace('[str(what.data["dispatcher"]) for _, what in seen.buffer if what.is_start]', "[]")  # fmt: skip


def run(script: str, *names: str) -> dict[str, list[str]]:
    command = [sys.executable, "-c", script, *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def loaded(*names: str) -> set[str]:
    return set(run(PLAIN, *names)["loaded"])


def test_nothing_compiles_at_import() -> None:
    assert run(PROBE, "workbench")["compiled"] == []


def test_a_kernel_that_compiles_at_import_is_seen(tmp_path, monkeypatch) -> None:
    eager = "import numba\n@numba.njit('f8(f8)')\ndef twice(x): return 2 * x\n"
    (tmp_path / "eager.py").write_text(eager)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert len(run(PROBE, "eager")["compiled"]) == 1


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
    assert loaded(*modules) & absent == set()


def test_what_is_loaded_is_seen() -> None:
    assert {"matplotlib", "pandas"} <= loaded("workbench.report.style", "workbench.data.schema")
