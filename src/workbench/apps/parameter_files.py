"""Parameters from ``params/base.yaml``, a report's own file and the command line, in that order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from workbench.apps.reports import REPORTS
from workbench.core.errors import ParameterError, Problem, nearest
from workbench.core.parameters import make_settings, resolve_files
from workbench.core.project import resolve_mapping, resolve_source
from workbench.core.settings import Report, ReportSettings, SourceSettings


class _PlainLoader(yaml.SafeLoader):
    """YAML whose dates stay ISO text, as papermill's do."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (the name is PyYAML's)
        first: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:timestamp"]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


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
    settings = make_settings(report, base | chosen | _read_assignments(assignments))
    here = Path.cwd()
    resolved: dict[str, Any] = resolve_files(settings, here)
    if isinstance(settings, SourceSettings):
        resolved["mapping"] = resolve_mapping(settings.mapping, here)
        if not settings.source.startswith("env:"):
            resolved["source"] = resolve_source(settings.source, here)
    return settings.model_copy(update=resolved)


def _of_report(report: Report, base: dict[str, Any]) -> dict[str, Any]:
    known = {name for each in REPORTS.values() for name in each.settings.model_fields}
    problems = [
        Problem("unknown parameter", f"base.yaml, {name}", hint=nearest(name, known))
        for name in base
        if name not in known
    ]
    if problems:
        raise ParameterError("The shared parameters are not usable.", problems)
    return {name: value for name, value in base.items() if name in report.settings.model_fields}


def _read_optional(path: Path) -> dict[str, Any]:
    return _read_file(path) if path.exists() else {}


def _read_file(path: Path) -> dict[str, Any]:
    try:
        content = _parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem("cannot be read", str(path), "a YAML file", str(error))
        raise ParameterError("The parameter file cannot be read.", [problem]) from None
    except yaml.YAMLError as error:
        problem = Problem("not YAML", str(path), "key: value lines", " ".join(str(error).split()))
        raise ParameterError("The parameter file cannot be read.", [problem]) from None
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        problem = Problem("no parameters", str(path), "key: value lines", type(content).__name__)
        raise ParameterError("The parameter file cannot be read.", [problem])
    return content


def _read_assignments(assignments: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    problems = []
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        try:
            values[name.strip()] = _parse(text)
        except yaml.YAMLError:
            problems.append(Problem("value is not YAML", name, "as in a parameter file", text))
        if not equals:
            problems.append(Problem("no value", f"-p {assignment}", "KEY=VALUE"))
    if problems:
        raise ParameterError("The command line's parameters cannot be read.", problems)
    return values


def _parse(text: str) -> Any:
    return yaml.load(text, Loader=_PlainLoader)
