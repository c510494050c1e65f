"""Plans that lie as files in a folder."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import DataError, ParameterError
from workbench.plans.plan.file import read_plan_file

SUFFIX = ".yaml"


def plan_names(folder: Path) -> dict[str, Path]:
    """Return the plans of a folder by name, in the order of their names; broken files left out.

    Parameters
    ----------
    folder : Path
        Need not exist. Of two files with one name, the first by file name counts.
    """
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
