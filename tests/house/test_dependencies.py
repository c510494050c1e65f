"""pyproject.toml, environment.yml and requirements.lock say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())
RUN_TIME = [Requirement(line) for line in PYPROJECT["project"]["dependencies"]]
DEVELOPMENT = [Requirement(line) for line in PYPROJECT["dependency-groups"]["dev"]]

# conda-forge splits or renames these.
FROM_CONDA = {
    "python-duckdb": "duckdb",
    "ibis-duckdb": "ibis-framework",
    "ibis-postgres": "ibis-framework",
    "jupyter_client": "jupyter-client",
}
CONDA_ONLY = {"python", "pip", "hatchling"}


def conda_bounds() -> dict[str, SpecifierSet]:
    listed = yaml.safe_load((PROJECT / "environment.yml").read_text())["dependencies"]
    lines = [line for line in listed if isinstance(line, str)]
    # What conda-forge does not have.
    lines += [line for line in listed[-1]["pip"] if not line.startswith("-e")]
    bounds: dict[str, SpecifierSet] = {}
    for requirement in map(Requirement, lines):
        name = FROM_CONDA.get(requirement.name, requirement.name)
        assert bounds.setdefault(name, requirement.specifier) == requirement.specifier, name
    return bounds


def locked() -> list[Requirement]:
    text = (PROJECT / "requirements.lock").read_text()
    lines = re.findall(r"^[a-z0-9][^\\\n]*", text, flags=re.MULTILINE)
    return [Requirement(line.strip()) for line in lines]


def test_conda_bounds_are_those_of_pyproject() -> None:
    bounds = conda_bounds()
    python = bounds["python"]
    for name in CONDA_ONLY:
        del bounds[name]

    assert bounds == {requirement.name: requirement.specifier for requirement in RUN_TIME}
    assert python == SpecifierSet(PYPROJECT["project"]["requires-python"])


def test_lock_satisfies_every_bound() -> None:
    here = dict(default_environment())
    versions = {
        canonicalize_name(line.name): next(iter(line.specifier)).version
        for line in locked()
        if line.marker is None or line.marker.evaluate(here)
    }
    unmet = [
        str(wish)
        for wish in RUN_TIME + DEVELOPMENT
        if versions.get(canonicalize_name(wish.name)) is None
        or not wish.specifier.contains(versions[canonicalize_name(wish.name)])
    ]
    assert unmet == []


def test_lock_pins_and_hashes_every_line() -> None:
    text = (PROJECT / "requirements.lock").read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", text)[1:]

    assert len(blocks) == len(locked()) > len(RUN_TIME)
    loose = [block.split()[0] for block in blocks if "==" not in block or "sha256:" not in block]
    assert loose == []
    assert "://" not in text
