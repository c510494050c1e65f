"""Does a notebook take exactly the parameters of its report? Asked before a kernel is started."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from papermill.translators import PythonTranslator

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.core.parameters import describe_field
from workbench.core.settings import Report


def check_notebook(path: Path, report: Report) -> None:
    """Refuse a notebook whose parameters cell papermill would misread.

    Parameters
    ----------
    path : Path
        Of the notebook.
    report : Report
        Its settings class says which parameters there are.

    Raises
    ------
    ParameterError
        When the notebook is missing or unreadable, has no cell tagged ``parameters``, or that cell
        and the report's settings name different parameters.
    """
    headline = f"The notebook of {report.name} cannot be run."
    try:
        notebook = nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise ParameterError(headline, [Problem("no such notebook", str(path))]) from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError):
        raise ParameterError(headline, [Problem("not a notebook", str(path))]) from None
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        problem = Problem(
            "parameters cell", path.name, "one cell tagged parameters", str(len(tagged))
        )
        raise ParameterError(headline, [problem])
    if problems := _differences(tagged[0], path.name, report):
        raise ParameterError(headline, problems)


def _differences(cell: NotebookNode, name: str, report: Report) -> list[Problem]:
    where = f"{name}, parameters cell"
    fields = report.settings.model_fields
    seen = [parameter.name for parameter in PythonTranslator.inspect(cell)]
    unseen = [
        Problem(
            f"papermill sees no {name}",
            where,
            f"{name} = {describe_field(fields[name])}",
            hint="It drops a line with a second '=' (in a comment, say) or '|' in its annotation.",
        )
        for name in fields
        if name not in seen
    ]
    unknown = [
        Problem(f"unknown parameter {name}", where, hint=nearest(name, fields))
        for name in seen
        if name not in fields
    ]
    return unseen + unknown
