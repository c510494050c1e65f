"""Where the project is, and what a relative path means.

The project root is the folder that holds both ``notebooks`` and ``params``. A relative path is
looked up in the current folder first, then in the project root, so that the same parameter file
works on the command line, in a notebook and from a scheduler.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from workbench.core.errors import ParameterError, Problem

LEDGER = "ledger"
FORECAST = "forecast.parquet"  # in a run's folder: what the ledger keeps of it
ROWS = "rows.parquet"
"""In a run's folder: a digest of each row that it read, by table and key."""
JOB_VARIABLE = "WORKBENCH_JOB"
"""Environment variable: what a run is made for; its manifest says so."""
_CHECKOUT = Path(__file__).parents[3]


def read_manifest(run: Path) -> dict[str, Any]:
    """Return what a run was made of and what came of it; empty where that cannot be read.

    Parameters
    ----------
    run : Path
        The run's folder, or a link to it; another process may remove it meanwhile.
    """
    try:
        read = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def find_project_root(start: Path) -> Path:
    """Return the nearest folder at or above ``start`` that holds ``notebooks`` and ``params``.

    Where there is none, as for a job started from ``/``, the checkout that this package runs from.

    Parameters
    ----------
    start : Path
        A folder, absolute.

    Raises
    ------
    ParameterError
        When neither is one.
    """
    for folder in (start, *start.parents, _CHECKOUT):
        if (folder / "notebooks").is_dir() and (folder / "params").is_dir():
            return folder
    problem = Problem(
        "no project here or above", str(start), hint="Change to the project's folder and run again."
    )
    raise ParameterError("The project was not found.", [problem])


def resolve_path(text: str, start: Path) -> str:
    """Return a path as absolute where it exists, in ``start`` or else in the project root.

    Addresses, absolute paths and paths that exist nowhere come back unchanged.

    Parameters
    ----------
    text : str
        A path, or an address.
    start : Path
        Folder in which a relative path is looked for first.
    """
    if "://" in text or Path(text).is_absolute():
        return text
    for folder in (start, *_roots(start)):
        if (folder / text).exists():
            return str((folder / text).resolve())
    return text


def _roots(start: Path) -> list[Path]:
    try:
        return [find_project_root(start)]
    except ParameterError:
        return []


def resolve_source(text: str, start: Path) -> str:
    """Return the source that a parameter means: ``env:NAME`` read, a relative path made absolute.

    Parameters
    ----------
    text : str
        Folder, file, address, or ``env:`` and the name of an environment variable.
    start : Path
        Folder in which a relative path is looked for first.

    Raises
    ------
    ParameterError
        When the environment variable is not set.
    """
    if not text.startswith("env:"):
        return resolve_path(text, start)
    name = text.removeprefix("env:").strip()
    if not name.isidentifier():  # an address, it may be, and not to be shown
        problem = Problem("not accepted", "source", "env: and the name of an environment variable")
        raise ParameterError("The source is unknown.", [problem])
    if not os.environ.get(name):
        problem = Problem(
            "environment variable is not set",
            "source",
            f"the source's address in {name}",
            "nothing",
        )
        raise ParameterError("The source is unknown.", [problem])
    return os.environ[name]


def resolve_mapping(name: str | None, start: Path) -> str | None:
    """Return a mapping's file as an absolute path; the bare name of a shipped one unchanged.

    Parameters
    ----------
    name : str or None
        A shipped mapping's name or a YAML file; None where the book needs none.
    start : Path
        Folder in which a relative path is looked for first.
    """
    is_file = name is not None and (os.sep in name or name.endswith((".yaml", ".yml")))
    return resolve_path(name, start) if name is not None and is_file else name


def archive_folder(start: Path) -> Path:
    """Return the folder in which published forecasts are kept until they can be scored.

    Parameters
    ----------
    start : Path
        A folder in the project.
    """
    return find_project_root(start) / "outputs" / LEDGER


def fits_folder(start: Path) -> Path:
    """Return the folder in which fits are stored, whichever folder a notebook runs in.

    Parameters
    ----------
    start : Path
        A folder in the project.
    """
    return find_project_root(start) / "outputs" / ".fits"
