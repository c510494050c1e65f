"""Names at which the revenue models and their forecasts meet: variables and dimensions.

Processes stand in `core.processes`.
"""

from __future__ import annotations

from typing import Final

from workbench.core.names import MONTH_TO_MONTH, TERM_GROUPS

# Outcomes of a renewal that is survived.
OUTCOMES: Final = ("flat", "contraction", "expansion")

# What a change of product makes of a line's revenue: the details of its movements.
PLAN_CHANGES: Final = ("upgrade", "downgrade", "sideways")

# Parts of a predictor; a posterior variable is named "process part".
BASE: Final = "base"
ATTRIBUTE: Final = "attribute_effect"
GROUP: Final = "group_effect"
SIGNAL: Final = "signal_effect"
REVERSION: Final = "reversion"
LOADING: Final = "shock_loading"
FADE: Final = "fade_per_month"
TERM: Final = "term_effect"
ATTRIBUTE_SD: Final = "attribute sd"
SIGNAL_SD: Final = "signal sd"
GROUP_SD: Final = "{grouping} sd"
TERM_SD: Final = "term sd"
REVERSION_SD: Final = "reversion sd"

SIZE_MEAN: Final = "size_mean"
SIZE_SD: Final = "size_sd"
SIZE_GROUP: Final = "size_group_effect"
SIZE_GROUP_SD: Final = "size_group_sd"
SIZE_TERM: Final = "size_term_effect"
SIZE_REVERSION: Final = "size_reversion"
AMEND_DOWN: Final = "amend_down"  # which way an amendment goes: a predictor of its own
PRICE_SHARE: Final = "price_share"
PRICE_MEAN: Final = "price_mean"
PRICE_SD: Final = "price_sd"

# New business.
LOG_RATE: Final = "new_log_rate"
GROWTH: Final = "new_growth_per_month"
SEASON: Final = "new_season"
NEW_LOADING: Final = "new_shock_loading"
SEASON_SD: Final = "new_season_sd"
EXCESS: Final = "new_excess_variance"
NEW_SIZE: Final = "new size"
NEW_SIZE_BETWEEN: Final = "new size between"
NEW_SIZE_MEAN: Final = "new_size_mean"
NEW_SIZE_SD: Final = "new_size_sd"
RETURN_RATE: Final = "reactivation_rate"
RETURN_SIZE_MEAN: Final = "reactivation_size_mean"
RETURN_SIZE_SD: Final = "reactivation_size_sd"

# The sales pipeline.
STAGE: Final = "stage"
TO_STAGE: Final = "to_stage"
OPPORTUNITY_KIND: Final = "offer_kind"
AGE: Final = "age_from_month"
DECISION: Final = "decision"
DECISIONS: Final = ("won", "lost")
PIPELINE_MOVE: Final = "pipeline_move"
PIPELINE_BASE: Final = "pipeline_base"
PIPELINE_EFFECTS: Final = {
    STAGE: "pipeline_stage_effect",
    OPPORTUNITY_KIND: "pipeline_kind_effect",
    AGE: "pipeline_age_effect",
}

# Dimensions beside those of `core.names`.
PROCESS: Final = "process"
SEGMENT: Final = "segment"
MONTH_OF_YEAR: Final = "month_of_year"
TERM_KIND: Final = "term_kind"
TERM_KINDS: Final = (MONTH_TO_MONTH, *TERM_GROUPS)

# One change takes a line at most to twenty times its worth, or to a twentieth: log(20). Draws from
# a prior would go beyond what whole cents can hold.
MOST_LOG_RATIO: Final = 3.0

WHOLE_BOOK: Final = ""  # the segment of a book that has none


def part(process: str, name: str) -> str:
    """Name the posterior variable of one part of a process's predictor.

    Parameters
    ----------
    process : str
        One of the processes in which revenue changes.
    name : str
        Of the part, as it stands in this module.

    Returns
    -------
    str
        The name under which the posterior stores it.

    Examples
    --------
    >>> part("contract", FADE)
    'contract fade_per_month'
    """
    return f"{process} {name}"
