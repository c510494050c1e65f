"""What a call may be told: the parameters of the reports, by the same names, checked alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.core.parameters import make_settings
from workbench.core.settings import Report, ReportSettings

DRAWS = 1000  # per chain, at most, where none are named
# Of how a model is sampled and judged.
SAMPLING = (
    "draws", "tune", "chains", "target_accept", "seed", "interval_prob", "max_rhat", "min_ess",
    "max_divergences", "smoke",
)  # fmt: skip


def settings_from[Settings: ReportSettings](
    kind: type[Settings], values: Mapping[str, Any], allowed: Collection[str] = ()
) -> Settings:
    """Return settings of a class from named values; what is not named keeps its default.

    Parameters
    ----------
    kind : type of ReportSettings
    values : mapping of str
        What was told, by the parameters' names; not checked before.
    allowed : collection of str
        Which of its parameters the call reads: one that it would pass over is refused. Empty takes
        them all.

    Raises
    ------
    ParameterError
        Naming every unknown, mistyped and out-of-range parameter.
    """
    unread = [name for name in values if allowed and name not in allowed]
    if unread:
        problems = [Problem("unknown here", name, hint=nearest(name, allowed)) for name in unread]
        raise ParameterError("A parameter is unknown.", problems)
    found = make_settings(Report("", "", "", kind), values)
    assert isinstance(found, kind)
    return found


def run_settings[Settings: ReportSettings](
    kind: type[Settings],
    default: type[Settings],
    run: ReportSettings | None,
    named: Mapping[str, Any],
    allowed: Collection[str],
) -> Settings:
    """Return what a call is told: what is named, and otherwise what a report's run has.

    Parameters
    ----------
    kind : type of ReportSettings
        What the call reads.
    default : type of ReportSettings
        Whose defaults hold where there is no run.
    run : ReportSettings, optional
        Parameters of a run.
    named : mapping of str
        By the parameters' names; what is None is not named.
    allowed : collection of str
        Which parameters the call reads: another one is refused.

    Raises
    ------
    ParameterError
        Naming every unknown, mistyped and out-of-range parameter, or when the run is of a report
        that has none of them.
    """
    given = {name: value for name, value in named.items() if value is not None}
    if run is None:
        usual = {"draws": DRAWS} if "draws" in named else {}
        return settings_from(default, usual | given, allowed)
    if not isinstance(run, kind):
        hint = "Name the parameters, or open a run of a report that forecasts the book."
        problem = Problem("has no such parameters", "run", found=type(run).__name__, hint=hint)
        raise ParameterError("The run is of another kind of report.", [problem])
    if not given:
        return run
    settings_from(type(run), given, allowed)
    return settings_from(type(run), run.model_dump() | given)
