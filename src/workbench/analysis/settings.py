"""What a call may be told: the parameters of the reports, by the same names, checked alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.core.parameters import make_settings
from workbench.core.settings import Report, ReportSettings

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
