"""Names at which the model of reasons and its forecasts meet: variables, dimensions, exits."""

from __future__ import annotations

from typing import Final

from workbench.core.names import MONTH_TO_MONTH

# Posterior variables.
BASE: Final = "reason_base"
EFFECT: Final = "reason_effect"
SPREAD: Final = "reason_effect_sd"

# Dimensions.
REASON: Final = "reason"
LEVEL: Final = "reason_level"
GROUPING: Final = "reason_grouping"

OTHER: Final = "other"  # the reasons that are too rare to stand alone
EXIT: Final = "exit"  # the way of leaving is pooled like any other grouping
AT_RENEWAL: Final = "at renewal"
EARLY: Final = "early"
SORTS: Final = (MONTH_TO_MONTH, AT_RENEWAL, EARLY)


def exit_sort(kind: str) -> str:
    """Return the sort of an exit, whatever the term's length.

    Parameters
    ----------
    kind : str
        One of the kinds that `core.names.exit_kind` returns.

    Examples
    --------
    >>> exit_sort("renewal, 12 months"), exit_sort("early, 12 months"), exit_sort(MONTH_TO_MONTH)
    ('at renewal', 'early', 'month to month')
    """
    if kind == MONTH_TO_MONTH:
        return MONTH_TO_MONTH
    return AT_RENEWAL if kind.startswith("renewal") else EARLY
