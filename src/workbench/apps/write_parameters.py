"""Write ``params/base.yaml`` and the notebooks' parameters cells from the settings classes.

``make parameters`` calls it, so that nobody keeps three lists of one thing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from pydantic.fields import FieldInfo

from workbench.apps.reports import REPORTS
from workbench.core.files import write_text
from workbench.core.project import find_project_root
from workbench.core.settings import Report, ReportSettings

HEAD = """\
# Every parameter once, at its default; `make parameters` writes this from the settings classes. A
# report takes those that it has; its own file and then the command line (-p key=value) come after.
"""


def base_text() -> str:
    """Return ``params/base.yaml``: every parameter once, under the class that brings it."""
    written: set[str] = set()
    parts = [HEAD]
    for owner in _classes():
        own = [name for name in owner.__annotations__ if name in owner.model_fields]
        new = [name for name in own if name not in written]
        written.update(new)
        if new:
            title = (owner.__doc__ or "").splitlines()[0].removesuffix(".")
            parts.append(f"\n# {title}\n")
            parts += [_yaml_line(name, owner.model_fields[name]) for name in new]
    return "".join(parts)


def cell_text(report: Report) -> str:
    """Return the parameters cell of a report's notebook: literals only, one a line.

    Parameters
    ----------
    report : Report
        Its settings class gives names, types and defaults.
    """
    fields = report.settings.model_fields
    return "\n".join(_python_line(name, field) for name, field in fields.items())


def parameters_cell(notebook: NotebookNode) -> NotebookNode:
    """Return the cell that is tagged ``parameters``; the notebook has exactly one.

    Parameters
    ----------
    notebook : NotebookNode
        Changing the cell changes it.
    """
    [cell] = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    return cell


def main(root: Path) -> None:
    """Write the file and the cells of the project at a root.

    Parameters
    ----------
    root : Path
        Holds ``params/`` and ``notebooks/``.
    """
    write_text(root / "params" / "base.yaml", base_text())
    for report in REPORTS.values():
        path = root / "notebooks" / report.notebook
        notebook: Any = nbformat.read(path, as_version=4)
        parameters_cell(notebook)["source"] = cell_text(report)
        write_text(path, nbformat.writes(notebook) + "\n")


def _classes() -> list[type[ReportSettings]]:
    """Return all settings classes, a class after those that it builds on."""
    found: dict[type[ReportSettings], None] = {}
    for report in REPORTS.values():
        for owner in reversed(report.settings.__mro__):
            if issubclass(owner, ReportSettings):
                found[owner] = None
    return list(found)


def _yaml_line(name: str, field: FieldInfo) -> str:
    return f"{f'{name}: {_json(field.default)}':<30} # {field.title}\n"


def _python_line(name: str, field: FieldInfo) -> str:
    kind = "float" if field.annotation is float else type(field.default).__name__
    annotated = name if field.default is None else f"{name}: {kind}"
    value = repr(field.default) if kind in ("bool", "NoneType") else _json(field.default)
    return f"{annotated} = {value}  # {field.title}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main(find_project_root(Path.cwd()))
