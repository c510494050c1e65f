"""Saved plans in a folder that people share: names to files, and no silent overwriting."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import DataError, ParameterError, Problem
from workbench.core.files import locked
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Plan
from workbench.plans.plan.file import read_plan, read_plan_file, write_plan
from workbench.plans.planbook.book import Planbook

UNSAVED = "The plan could not be saved."
SUFFIX = ".yaml"
_LONGEST = 60


@dataclass(frozen=True)
class SavedPlan:
    """A plan as it was last read or written.

    Parameters
    ----------
    plan : Plan
    path : Path
    stamp : str
        Digest of the file's bytes: tells whether somebody has changed it since.
    """

    plan: Plan
    path: Path
    stamp: str


def file_name(name: str) -> str:
    """Return the file that a plan of this name goes to: never outside of its folder.

    >>> file_name("Keep Müller & Söhne, 2026!")
    'keep-muller-sohne-2026.yaml'
    >>> file_name("../../etc/passwd")
    'etc-passwd.yaml'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")
    # A name in another script has no letters left: its digest tells it from others.
    return (slug or f"plan-{hashlib.sha256(name.encode()).hexdigest()[:8]}") + SUFFIX


def plan_names(folder: Path) -> dict[str, Path]:
    """Return the plans of a folder by name, in the order of their names; broken files left out."""
    found = {}
    for path in sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []:
        try:
            content = read_plan_file(path).content
        except (DataError, ParameterError):
            continue
        # Files of measured effects stand in the same folder.
        if isinstance(content, dict) and isinstance(content.get("name"), str):
            found.setdefault(content["name"], path)
    return dict(sorted(found.items()))


def load_plan(path: Path, catalogue: Catalogue, book: Planbook) -> SavedPlan:
    """Read a plan, and note what its file held.

    Raises
    ------
    ParameterError, DataError
        As `workbench.plans.plan.file.read_plan`.
    """
    before = _stamp(path)
    return SavedPlan(read_plan(path, catalogue, book), path, before)


def save_plan(plan: Plan, folder: Path, known: SavedPlan | None = None) -> SavedPlan:
    """Write a plan to the file of its name, unless somebody else's work stands there.

    Parameters
    ----------
    plan : Plan
    folder : Path
        Made if it is not there.
    known : SavedPlan, optional
        As the plan was last read or written here.

    Raises
    ------
    ParameterError
        When the file holds something that was not read here: another plan, or a later change.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = known.path if known and known.plan.name == plan.name else folder / file_name(plan.name)
    with locked(folder / ".lock"):
        if own.exists():
            _refuse_foreign(own, known)
        write_plan(plan, own)
        return SavedPlan(plan, own, _stamp(own))


def _refuse_foreign(path: Path, known: SavedPlan | None) -> None:
    if known is None or known.path != path:
        hint = "Choose another name, or open that plan."
        problem = Problem("a plan of this name is there already", path.name, hint=hint)
        raise ParameterError(UNSAVED, [problem])
    if _stamp(path) != known.stamp:
        hint = "Save yours under another name, then open both and compare."
        problem = Problem("somebody has changed it since you opened it", path.name, hint=hint)
        raise ParameterError(UNSAVED, [problem])


def _stamp(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
