"""Parameters to settings, with everything wrong reported at once.

Papermill injects whatever it is given and runs on; a mistyped name would silently leave the
default in force. So the first cell of each notebook after its parameters reads them back through
`read_parameters`, which stops the run before anything is computed. The command line checks the
same way, before a kernel is even started.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from workbench.core.errors import ParameterError, Problem
from workbench.core.project import resolve_mapping, resolve_path, resolve_source
from workbench.core.settings import Report, ReportSettings, SourceSettings
from workbench.core.validation import ProblemStyle, Steps, problems_of

_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "text",
    "str | None": "text, or nothing",
    "list[str]": "a list of texts",
    "list[str] | None": "a list of texts, or null",
    "list[int]": "a list of whole numbers",
}
_BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
_OUT_OF_RANGE = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")
# Which papermill sets by itself, for its options --inject-paths and the like.
PAPERMILLS = ("PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH", "PAPERMILL_OUTPUT_DIR_PATH")
_LITERALS = (bool, int, float, str, list, tuple, dict, type(None))


def type_text(field: FieldInfo) -> str:
    """Return a field's type in words.

    Parameters
    ----------
    field : FieldInfo
        Of a settings class, of one of the types that settings have.

    Examples
    --------
    >>> type_text(SourceSettings.model_fields["max_lost_share"])
    'a number'
    """
    annotation = field.annotation
    return _WORDS[annotation.__name__ if type(annotation) is type else str(annotation)]


def describe_field(field: FieldInfo) -> str:
    """Return in words what a field accepts.

    Parameters
    ----------
    field : FieldInfo
        Of a settings class.

    Examples
    --------
    >>> describe_field(SourceSettings.model_fields["max_lost_share"])
    'a number from 0 to 1'
    """
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "form" in extra:
        return str(extra["form"])
    bounds = {
        bound: getattr(mark, bound)
        for mark in field.metadata
        for bound in _BOUNDS
        if hasattr(mark, bound)
    }
    if set(bounds) == {"ge", "le"}:
        return f"{type_text(field)} from {bounds['ge']} to {bounds['le']}"
    parts = [f"{_BOUNDS[bound]} {limit}" for bound, limit in bounds.items()]
    return ", ".join([type_text(field), *parts])


def make_settings(
    report: Report, values: Mapping[str, Any], places: Mapping[str, str] | None = None
) -> ReportSettings:
    """Return a report's settings from named values; what is not named keeps its default.

    Parameters
    ----------
    report : Report
    values : mapping of str
        By the name of the parameter, as YAML or a notebook gives them.
    places : mapping of str to str, optional
        Where a value stands, for messages; its name alone, if not given.

    Raises
    ------
    ParameterError
        Naming every unknown, mistyped and out-of-range parameter.
    """
    return _build(report, values, [], places or {})


def read_parameters(report: Report, namespace: Mapping[str, Any]) -> Any:
    """Return a notebook's parameters as settings, or stop it before anything is computed.

    Call it in the first cell after the parameters, before any other import of the workbench:
    ``settings = read_parameters(REPORT, globals())``.

    Parameters
    ----------
    report : Report
        The report that the notebook makes: `REPORT` of its settings module.
    namespace : mapping
        The notebook's ``globals()``. In IPython, a parameter is a name set by a cell of literals
        only, as the parameters cell and papermill's own are, since the last call: a notebook can
        be run again from the top. Elsewhere, every public name bound to a literal.

    Returns
    -------
    ReportSettings
        Of the report's own class; ``source`` and ``mapping`` are resolved (see `core.project`).

    Raises
    ------
    ParameterError
        Naming every unknown, missing, mistyped and out-of-range parameter.

    Examples
    --------
    >>> audit = Report("audit", "Can this data be trusted?", "audit.ipynb", SourceSettings)
    >>> cell = {name: field.default for name, field in SourceSettings.model_fields.items()}
    >>> read_parameters(audit, cell | {"max_lost_share": 0.1}).max_lost_share
    0.1
    """
    fields = report.settings.model_fields
    missing = [
        Problem("missing", name, describe_field(field), hint="Add it to the parameters cell.")
        for name, field in fields.items()
        if name not in namespace
    ]
    present = {name: namespace[name] for name in fields if name in namespace}
    unknown = {name: namespace[name] for name in _set_names(namespace) if name not in fields}
    settings = _build(report, present | unknown, missing, {})
    here = Path.cwd()
    resolved: dict[str, str | None] = {**resolve_files(settings, here)}
    if isinstance(settings, SourceSettings):
        resolved["source"] = resolve_source(settings.source, here)
        resolved["mapping"] = resolve_mapping(settings.mapping, here)
    return settings.model_copy(update=resolved)


def resolve_files(settings: ReportSettings, start: Path) -> dict[str, str]:
    """Return the files that settings name, beside the source, as absolute paths.

    Parameters
    ----------
    settings : ReportSettings
        Of any report; those without such a file name none.
    start : Path
        Folder in which a relative path is looked for first.
    """
    names = ("planbook", "plan", "signs", "classes", "words", "tone_examples")
    named = {name: getattr(settings, name, "") for name in names}
    return {name: resolve_path(text, start) for name, text in named.items() if text}


def _build(
    report: Report,
    values: Mapping[str, Any],
    problems: list[Problem],
    places: Mapping[str, str],
) -> ReportSettings:
    def where(steps: Steps) -> str:
        return places.get(str(steps[0]), str(steps[0]))

    try:
        settings = report.settings(**values)
    except ValidationError as error:
        manner = ProblemStyle(where, "parameter", True, _clause, describe_field)
        problems = [*problems, *problems_of(report.settings, error, manner)]
    else:
        if not problems:
            return settings
    raise ParameterError(f"The parameters of {report.name} are not usable.", problems)


def _clause(fault: Any) -> str:
    if fault["type"] in _OUT_OF_RANGE:
        return "out of range"
    if fault["type"] == "value_error":  # of a validator that compares it with another parameter
        return str(fault["ctx"]["error"])
    return "wrong type" if fault["type"].endswith("_type") else "not accepted"


def _set_names(namespace: Mapping[str, Any]) -> list[str]:
    names = (
        [name for name in namespace if isinstance(namespace[name], _LITERALS)]
        if "In" not in namespace
        else _names_in_literal_cells(namespace["In"])
    )
    own = (name for name in names if not name.startswith("_") and name not in PAPERMILLS)
    return [name for name in own if name in namespace]


def _names_in_literal_cells(cells: list[str]) -> list[str]:
    names: dict[str, None] = {}
    for source in reversed(cells[:-1]):
        if "read_parameters(" in source:
            break
        names.update(dict.fromkeys(assigned_literals(source)))
    return list(names)


def assigned_literals(source: str) -> dict[str, Any]:
    r"""Return the names and values that a cell sets, or nothing when it does more than that.

    Parameters
    ----------
    source : str
        Python code of one cell.

    Examples
    --------
    >>> assigned_literals("horizon_months: int = 24  # months\ngroups = ['region']")
    {'horizon_months': 24, 'groups': ['region']}
    >>> assigned_literals("import os")
    {}
    """
    try:
        return {name: value for line in ast.parse(source).body for name, value in _assigned(line)}
    except (SyntaxError, ValueError):
        return {}


def _assigned(statement: ast.stmt) -> list[tuple[str, Any]]:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return []
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets, value = [statement.target], statement.value
    elif isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    else:
        raise ValueError("more than assignments")
    if not all(isinstance(target, ast.Name) for target in targets):
        raise ValueError("more than plain names")
    literal = _literal(value)
    return [(target.id, literal) for target in targets if isinstance(target, ast.Name)]


def _literal(value: ast.expr) -> Any:
    # Papermill writes a number that YAML calls .inf or .nan as float('inf').
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "float" and len(value.args) == 1:
        return float(ast.literal_eval(value.args[0]))
    return ast.literal_eval(value)
