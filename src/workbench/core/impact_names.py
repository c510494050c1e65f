"""Names at which the model of actions' effects and what is made of its draws meet."""

from __future__ import annotations

from typing import Final

# Posterior variables.
MEAN: Final = "action_mean"
SPREAD: Final = "action_effect_sd"
EFFECT: Final = "action_effect"
BY_SINCE: Final = "effect_by_month"
BY_BAND: Final = "effect_by_band"
BY_SEGMENT: Final = "effect_by_segment"
UNTREATED: Final = "untreated_shift"

# Dimensions.
KIND: Final = "action"
SINCE: Final = "months_since"
BAND: Final = "risk_band"
SEGMENT: Final = "segment"
DIRECTION: Final = "direction"

BANDS: Final = ("low", "middle", "high")

DEVIATIONS: Final = {BY_SINCE: SINCE, BY_BAND: BAND, BY_SEGMENT: SEGMENT}
