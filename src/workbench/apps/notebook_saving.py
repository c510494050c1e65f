"""What JupyterLab writes when a notebook of the project is saved: the story, without its outputs.

The notebooks are thin and tracked. Saved as they stand on the screen, one that was run would differ
by thousands of lines, and whoever wanted to change a word could not see it. What it showed stays on
the screen until the notebook is closed; a copy elsewhere keeps its outputs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = "notebooks"


def strip_saved(model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
    """Take outputs and what Jupyter adds out of a notebook about to be saved in ``notebooks``.

    Parameters
    ----------
    model : dict
        What is saved, changed in place; other files, and notebooks elsewhere, are left alone.
    path : str
        Where to, below the server's root.
    contents_manager : ContentsManager
        Knows the root.
    """
    inside = path.strip("/").split("/")
    if model["type"] != "notebook" or inside[0] != _FOLDER or len(inside) != 2:
        return
    notebook = model["content"]
    kept = _metadata_of(Path(contents_manager.root_dir) / path.strip("/"))
    notebook["metadata"] = kept or notebook["metadata"]
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags")
        cell["metadata"] = {"tags": tags} if tags else {}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None


def _metadata_of(file: Path) -> dict[str, Any]:
    """Return what the file says of itself by now; Jupyter would add versions to it."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))["metadata"]
    except (OSError, ValueError, KeyError):
        return {}
