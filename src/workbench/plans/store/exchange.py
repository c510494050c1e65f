"""The store as a folder of YAML files and back, and done actions as the table that sources read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pydantic

from workbench.core.errors import DataError, ParameterError, Problem, WorkbenchError
from workbench.core.files import write_text
from workbench.core.marked_file import read_marked
from workbench.core.validation import read_file
from workbench.plans.levers.part import Name, Part
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.file import bare, plan_text, read_plan, yaml_text
from workbench.plans.store.records import DONE_ACTIONS, KINDS, PLANS, Kind
from workbench.plans.store.rows import Stored
from workbench.plans.store.store import Store, key_of

VERSIONS = "versions.yaml"
UNREAD = "Not everything could be imported."
_RECORDS = {name: kind for name, kind in KINDS.items() if kind is not PLANS}


class _Versions(Part):
    versions: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Imported:
    """What an import did.

    Parameters
    ----------
    saved : tuple of Stored
        As they now stand; ``merged`` says what was taken over from others.
    same : int
        How many stood there already.
    problems : tuple of WorkbenchError
        What could not be saved, each in words; the store is as it was there.
    """

    saved: tuple[Stored[Any], ...]
    same: int
    problems: tuple[WorkbenchError, ...]

    def require_whole(self) -> None:
        """Go on only when everything could be saved.

        Raises
        ------
        DataError
            With all that could not.
        """
        if self.problems:
            raise DataError(UNREAD, [part for one in self.problems for part in one.problems])


def export_store(store: Store, folder: Path) -> list[Path]:
    """Write what the store holds now: a file per plan, one per other kind of record, and versions.

    Parameters
    ----------
    store : Store
    folder : Path
        Made if it is not there; files of the same names are replaced.

    Returns
    -------
    list of Path
        That were written. ``versions.yaml`` says from which version each was made, so that an
        import merges what was edited in the files with what others did meanwhile.
    """
    folder.mkdir(parents=True, exist_ok=True)
    versions: dict[str, dict[str, int]] = {PLANS.table: {}}
    written = []
    for key, stored in store.current(PLANS).items():
        if stored.value is not None:
            written.append(folder / f"{key}.yaml")
            write_text(written[-1], plan_text(stored.value))
            versions[PLANS.table][key] = stored.version
    for name, kind in _RECORDS.items():
        found = store.current(kind)
        versions[name] = {key: one.version for key, one in found.items()}
        if found:
            written.append(folder / f"{name}.yaml")
            write_text(
                written[-1],
                yaml_text(
                    {"records": {key: bare(one.value) for key, one in found.items() if one.value}}
                ),
            )
    written.append(folder / VERSIONS)
    write_text(written[-1], yaml_text({"versions": versions}))
    return written


def import_files(store: Store, place: Path, catalogue: Catalogue, author: str) -> Imported:
    """Save plans and records from files; what others changed meanwhile is merged or told.

    Parameters
    ----------
    store : Store
    place : Path
        A plan's file, or a folder as `export_store` writes it; a folder of plans alone will do.
    catalogue : Catalogue
        Plans name its actions.
    author : str
        In whose name.

    Returns
    -------
    Imported

    Raises
    ------
    ParameterError
        When there is nothing to import.
    DataError
        When a file is not valid; then nothing is saved.
    """
    read = _read(place, catalogue) if place.exists() else {}
    if not read:
        problem = Problem("no plans", str(place), "a plan's YAML file, or a folder of them")
        raise ParameterError("There is nothing to import.", [problem])
    versions = _versions(place / VERSIONS)
    saved, problems, same = [], [], 0
    for (name, key), value in read.items():
        kind, began = KINDS[name], versions.get(name, {}).get(key, 0)
        before = len(store.history(kind, key))
        try:
            stored = store.save(kind, key, value, author, min(began, before))
        except WorkbenchError as error:
            problems.append(error)
            continue
        if stored.version > before:
            saved.append(stored)
        else:
            same += 1
    return Imported(tuple(saved), same, tuple(problems))


def done_actions(store: Store) -> pd.DataFrame:
    """Return the done actions as the canonical table `actions`.

    Parameters
    ----------
    store : Store

    Returns
    -------
    DataFrame
        action_id, account_id, kind, done_on (ISO date), hours, cost; by day and key.
    """
    columns = ["action_id", "account_id", "kind", "done_on", "hours", "cost"]
    found = [
        (key, one.value.account_id, one.value.kind, one.value.done_on.isoformat(),
         one.value.hours, one.value.cost)
        for key, one in store.current(DONE_ACTIONS).items() if one.value is not None
    ]  # fmt: skip
    table = pd.DataFrame(found, columns=columns).astype({"hours": "float64", "cost": "float64"})
    return table.sort_values(["done_on", "action_id"], ignore_index=True)


def _read(place: Path, catalogue: Catalogue) -> dict[tuple[str, str], Part]:
    """Read all files before any is saved; every fault of every file is told at once."""
    files = sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    found: dict[tuple[str, str], Part] = {}
    problems: list[Problem] = []
    for path in files:
        try:
            if path.stem in _RECORDS:
                kind = _RECORDS[path.stem]
                found |= {(kind.table, key): one for key, one in _records(path, kind).items()}
            elif not place.is_dir() or _is_plan(path):
                plan = read_plan(path, catalogue)
                found[PLANS.table, key_of(path.stem)] = plan
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(UNREAD, problems)
    return found


def _is_plan(path: Path) -> bool:
    """Tell whether a file means to be a plan: measured effects stand in the same folder."""
    content = read_marked(path, UNREAD).content
    return isinstance(content, dict) and "accounts" in content


def _records(path: Path, kind: Kind[Any]) -> Mapping[str, Part]:
    fields: Any = {"records": (dict[Name, kind.part], ...)}
    model = pydantic.create_model("Records", __base__=Part, **fields)
    read: Any = read_file(model, path, UNREAD)
    return read.records


def _versions(path: Path) -> dict[str, dict[str, int]]:
    if not path.is_file():
        return {}
    return read_file(_Versions, path, UNREAD).versions
