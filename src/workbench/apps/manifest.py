"""What a run was made of: parameters, data, code, packages, seeds, gates, timings."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from workbench.core.fingerprint import PACKAGE, files_digest
from workbench.core.masking import shown_source
from workbench.core.project import JOB_VARIABLE
from workbench.core.settings import Report, ReportSettings, SourceSettings

_PACKAGES = [
    "arviz", "duckdb", "great-tables", "ibis-framework", "matplotlib", "nbconvert", "numpy",
    "nutpie", "pandas", "papermill", "pyarrow", "pydantic", "pymc", "pytensor", "scipy", "xarray"
]  # fmt: skip


def read_facts(folder: Path) -> dict[str, Any]:
    """Return what the notebook published with `publish_facts`, by name.

    Parameters
    ----------
    folder : Path
        The run's; it need not have facts.
    """
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((folder / "facts").glob("*.json"))
    }


def describe_run(
    report: Report, settings: ReportSettings, facts: dict[str, Any], notebook: Path
) -> dict[str, Any]:
    """Return the part of the manifest that says what went into the run.

    Parameters
    ----------
    report, settings
        What was run.
    facts : dict
        See `read_facts`; ``data`` and ``gates`` get places of their own.
    notebook : Path
        Hashed, for it is code too.
    """
    parameters = settings.model_dump(exclude={"run_dir"})
    if isinstance(settings, SourceSettings):
        parameters |= {"source": shown_source(settings.source)}
    return {
        "report": report.name,
        "job": os.environ.get(JOB_VARIABLE, ""),
        "parameters": parameters,
        "seeds": {name: value for name, value in parameters.items() if name.endswith("seed")},
        "data": facts.get("data", {}),
        "gates": facts.get("gates", {}),
        "facts": {name: fact for name, fact in facts.items() if name not in ("data", "gates")},
        "code": code_version() | {"notebook": files_digest([notebook])},
        "packages": package_versions(),
    }


def package_versions() -> dict[str, str]:
    """Return the versions of Python, of the system and of the packages that make the numbers."""
    installed = {name: metadata.version(name) for name in _PACKAGES}
    return {"python": platform.python_version(), "system": platform.platform(), **installed}


def code_version() -> dict[str, Any]:
    """Return the workbench's version, the hash of its source and, in a checkout, git's commit."""
    return {
        "workbench": workbench_version(),
        "source": files_digest(sorted(PACKAGE.rglob("*.py"))),
        **_git_state(PACKAGE),
    }


def workbench_version() -> str:
    """Return the installed version; ``source`` when the package runs uninstalled from its tree."""
    try:
        return metadata.version("workbench")
    except metadata.PackageNotFoundError:
        return "source"


def _git_state(folder: Path) -> dict[str, Any]:
    commit = _git(folder, "rev-parse", "HEAD")
    if not commit:
        return {}
    return {"commit": commit, "uncommitted": bool(_git(folder, "status", "--porcelain", "."))}


def _git(folder: Path, *arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    command = [git, "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
