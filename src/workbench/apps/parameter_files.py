"""Parameters from ``params/base.yaml``, a report's own file and the command line, in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.apps.reports import REPORTS
from workbench.core.errors import ParameterError, Problem, nearest
from workbench.core.marked_file import mark, read_marked
from workbench.core.masking import shown_source
from workbench.core.parameters import make_settings, resolve_files
from workbench.core.project import resolve_mapping, resolve_source
from workbench.core.settings import Report, ReportSettings, SourceSettings

_HEADLINE = "The parameter file cannot be read."


@dataclass(frozen=True)
class _Given:
    """Named values, and where each of them stands."""

    values: dict[str, Any]
    places: dict[str, str]

    def but(self, later: _Given) -> _Given:
        """Return these, but for what is given later."""
        return _Given(self.values | later.values, self.places | later.places)


def read_settings(
    report: Report, root: Path, file: Path | None, assignments: Sequence[str]
) -> ReportSettings:
    """Return a report's settings.

    Parameters
    ----------
    report : Report
        Which one.
    root : Path
        Project root; its ``params`` holds ``base.yaml`` and ``<report>.yaml``, both optional.
    file : Path or None
        Taken instead of ``<report>.yaml``.
    assignments : sequence of str
        ``KEY=VALUE``, the value in YAML; they win over the files.

    Raises
    ------
    ParameterError
        When a file or an assignment cannot be read, or names what no report has; and as
        `make_settings` does.
    """
    base = _of_report(report, _read_optional(root / "params" / "base.yaml"))
    own = root / "params" / f"{report.name}.yaml"
    chosen = _read_file(file) if file else _read_optional(own)
    given = base.but(chosen).but(_read_assignments(assignments))
    settings = make_settings(report, given.values, given.places)
    here = Path.cwd()
    resolved: dict[str, Any] = resolve_files(settings, here)
    if isinstance(settings, SourceSettings):
        resolved["mapping"] = resolve_mapping(settings.mapping, here)
        if not settings.source.startswith("env:"):
            resolved["source"] = resolve_source(settings.source, here)
    return settings.model_copy(update=resolved)


def read_assignments(assignments: Sequence[str]) -> dict[str, Any]:
    """Return the values of ``KEY=VALUE`` texts, each read as YAML.

    Parameters
    ----------
    assignments : sequence of str
        As on the command line.

    Raises
    ------
    ParameterError
        When one cannot be read; all of them together.
    """
    return _read_assignments(assignments).values


def _of_report(report: Report, base: _Given) -> _Given:
    known = {name for each in REPORTS.values() for name in each.settings.model_fields}
    problems = [
        Problem("unknown parameter", base.places[name], hint=nearest(name, known))
        for name in base.values
        if name not in known
    ]
    if problems:
        raise ParameterError("The shared parameters are not usable.", problems)
    own = {n: value for n, value in base.values.items() if n in report.settings.model_fields}
    return _Given(own, base.places)


def _read_optional(path: Path) -> _Given:
    return _read_file(path) if path.exists() else _Given({}, {})


def _read_file(path: Path) -> _Given:
    read = read_marked(path, _HEADLINE, parameters=True, kind=ParameterError)
    content = {} if read.content is None else read.content
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        problem = Problem("no parameters", str(path), "key: value lines", type(content).__name__)
        raise ParameterError(_HEADLINE, [problem])
    return _Given(content, {name: read.where([name]) for name in content})


def _read_assignments(assignments: Sequence[str]) -> _Given:
    values: dict[str, Any] = {}
    problems = []
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            problems.append(Problem("no value", f"-p {shown_source(assignment)}", "KEY=VALUE"))
            continue
        try:
            read = mark(text, name, "", parameters=True, kind=ParameterError)
            values[name.strip()] = read.content
        except ParameterError as error:
            found = "; ".join(problem.found or problem.what for problem in error.problems)
            shown = shown_source(text)
            problems.append(
                Problem(f"value is not YAML: {found}", name, "as in a parameter file", shown)
            )
    if problems:
        raise ParameterError("The command line's parameters cannot be read.", problems)
    return _Given(values, {name: name for name in values})
