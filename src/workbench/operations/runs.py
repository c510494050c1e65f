"""Runs as their manifests tell of them, and what two of them have in common."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench.core.errors import DataError, Problem
from workbench.core.project import read_manifest
from workbench.core.settings import BOOK_PARAMETERS
from workbench.report.output.answer import Headline, read_headlines

# Where the book comes from is told by its content; the folder of a run says nothing.
_NO_SETTINGS = ("as_of", "source", "mapping", "run_dir")
KINDS = ("data", "model", "settings", "time")
"""What may differ between two runs: rows, code or packages, parameters, the as-of date."""


@dataclass(frozen=True)
class Run:
    """A run that has ended.

    Parameters
    ----------
    folder : Path
        In ``outputs``.
    report, run_id, status : str
        ``published``, ``aside``, ``smoke`` or ``failed``.
    as_of : str
        ISO date; empty when the run ended before it was known.
    made : datetime
        When it began, in UTC.
    parameters : mapping
        As in the manifest; addresses without passwords.
    data, model : str
        Digest of the rows; of code, notebook and packages.
    numbers : tuple of Headline
        Its headline numbers.
    failure : str
        Why it failed; empty when it did not.
    facts : mapping
        The whole manifest.
    """

    folder: Path
    report: str
    run_id: str
    status: str
    as_of: str
    made: datetime
    parameters: Mapping[str, Any]
    data: str
    model: str
    numbers: tuple[Headline, ...]
    failure: str
    facts: Mapping[str, Any]

    @property
    def settings(self) -> dict[str, Any]:
        """Parameters but for those that name the data or the day."""
        return {k: v for k, v in self.parameters.items() if k not in _NO_SETTINGS}

    @property
    def state(self) -> tuple[str, str, str, str]:
        """Data, model, settings and day, as texts that are equal when these are."""
        return self.data, self.model, json.dumps(self.settings, sort_keys=True), self.as_of


def read_runs(outputs: Path) -> list[Run]:
    """Return all runs of a project that have ended, the newest first.

    Parameters
    ----------
    outputs : Path
        The folder of all runs; it need not be there.

    Returns
    -------
    list of Run
        Without what cannot be read or is no run.
    """
    paths = [
        path
        for path in outputs.glob("[!.]*/[!.]*/[!.]*/manifest.json")
        if not (path.parent.is_symlink() or path.parents[1].is_symlink())
    ]
    runs = [run for path in paths if (run := _read(path)) is not None]
    return sorted(runs, key=lambda run: (run.made, run.run_id), reverse=True)


def read_run(folder: Path) -> Run:
    """Return one run.

    Parameters
    ----------
    folder : Path
        The run's, or a link to it such as a report's ``latest``.

    Raises
    ------
    DataError
        When it holds no manifest that can be read.
    """
    run = _read(folder.resolve() / "manifest.json")
    if run is None:
        problem = Problem(
            "no run", str(folder), "a folder with a manifest, such as outputs/renewals/latest"
        )
        raise DataError("The run cannot be read.", [problem])
    return run


def differing(before: Run, after: Run) -> tuple[str, ...]:
    """Return in which of `KINDS` two runs differ.

    Parameters
    ----------
    before, after : Run
        Of one report.
    """
    pairs = zip(KINDS, before.state, after.state, strict=True)
    return tuple(kind for kind, one, other in pairs if one != other)


def is_same_book(one: Run, other: Run) -> bool:
    """Return whether two runs read the same source in the same way, whatever its rows are now.

    Parameters
    ----------
    one, other : Run
    """
    return all(one.parameters.get(key) == other.parameters.get(key) for key in BOOK_PARAMETERS)


def _read(path: Path) -> Run | None:
    try:
        manifest = read_manifest(path.parent)
        made = datetime.strptime(manifest["run_id"][:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        code = [manifest["code"]["source"], manifest["code"]["notebook"], manifest["packages"]]
        data = manifest.get("data", {})
        return Run(
            path.parent,
            manifest["report"],
            manifest["run_id"],
            manifest["status"],
            str(data.get("as_of") or manifest["parameters"].get("as_of") or "")[:10],
            made,
            manifest["parameters"],
            str(data.get("fingerprint", "")),
            json.dumps(code, sort_keys=True),
            read_headlines(manifest.get("facts", {})),
            (manifest.get("failure") or {}).get("words", ""),
            manifest,
        )
    except (ValueError, KeyError, TypeError):
        return None
