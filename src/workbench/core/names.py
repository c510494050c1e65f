"""Names at which models and forecasts meet: posterior variables, dimensions, kinds of exit.

A model names its variables with these; a forecast reads them by these. Neither imports the other.
"""

from __future__ import annotations

from typing import Final

# Posterior variables of the hazard model.
EXIT: Final = "exit_log_hazard"
TENURE: Final = "tenure_effect"
SIGNAL: Final = "signal_effect"
STATIC: Final = "attribute_effect"
GROUP: Final = "group_effect"
GROUP_SD: Final = "group_sd"
SIGNAL_SD: Final = "signal_sd"
STATIC_SD: Final = "attribute_sd"
CURVE_SD: Final = "curve_sd"
SHOCK: Final = "quarter_shock"
SHOCK_SD: Final = "quarter_sd"
GROUP_SHOCK: Final = "group_shock"
GROUP_SHOCK_SD: Final = "group_shock_sd"
WHOLE_SHOCK_SD: Final = "shock_sd"
SHOCK_SHARE: Final = "shock_share"
PERSISTENCE: Final = "shock_persistence"
TENURE_STEP_SD: Final = "tenure_step_sd"
FADE: Final = "fade_per_month"
FRAILTY: Final = "frailty_variance"

# Dimensions.
DRAW: Final = "draw"
EXIT_KIND: Final = "exit_kind"
TENURE_MONTH: Final = "tenure_month"
SIGNAL_NAME: Final = "signal"
STATIC_NAME: Final = "attribute"
GROUP_LEVEL: Final = "group_level"
GROUP_NAME: Final = "grouping"
QUARTER: Final = "quarter"
LEVEL_QUARTER: Final = "level_quarter"

# Mark of a posterior variable whose draws are independent of one another: no chain walked there.
INDEPENDENT: Final = "independent draws"

MISSING: Final = "(missing)"


TERM_GROUPS: Final = (
    "under 12 months",
    "12 months",
    "13 to 24 months",
    "longer than 24 months",
)
MONTH_TO_MONTH: Final = "month to month"
LEAVING: Final = "leaving"
"""A change that is known ahead: notice was given."""
EXIT_KINDS: Final = (
    MONTH_TO_MONTH,
    *(f"renewal, {term}" for term in TERM_GROUPS),
    *(f"early, {term}" for term in TERM_GROUPS),
)


def exit_kind(term_months: int, at_renewal: bool, month_to_month: bool) -> str:
    """Name the way in which a contract of this term can be left in a month.

    Most contracts can only be left when the term ends; leaving at any other time is early
    termination. A month-to-month contract can be left every month.

    Parameters
    ----------
    term_months : int
        Length of the contract's term, at least 1.
    at_renewal : bool
        Whether the term ends in the month.
    month_to_month : bool
        Whether the contract has no term.

    Returns
    -------
    str
        One of the kinds of exit by which the baseline of the hazard differs.

    Examples
    --------
    >>> exit_kind(12, True, False)
    'renewal, 12 months'
    >>> exit_kind(36, False, False)
    'early, longer than 24 months'
    """
    if month_to_month:
        return MONTH_TO_MONTH
    group = TERM_GROUPS[(term_months >= 12) + (term_months > 12) + (term_months > 24)]
    return f"{'renewal' if at_renewal else 'early'}, {group}"


FEW_ENDINGS = 10
"""Fewer endings tell how many customers leave, but hardly who: answers and audit say so."""
