"""Names at which the model of aggregates and its forecast meet: posterior variables, dimensions."""

from __future__ import annotations

from typing import Final

# Of retention: yearly hazard of leaving at the age of two years, and the Weibull shape.
LOG_HAZARD: Final = "log_hazard"
LOG_SHAPE: Final = "log_shape"

# Additions before the first row: their yearly growth, and how far each period strayed from it.
GROWTH_BEFORE: Final = "growth_before"
NOISE_BEFORE: Final = "noise_before"

# Log of additions at the first row, without season.
LOG_ADDED: Final = "log_added"

# Of additions and of losses, each: season, steps of a random walk, its yearly standard deviation,
# and that of a period's own noise, in logs.
SEASON: Final = "season"
LEVEL_STEPS: Final = "level_steps"
LEVEL_SD: Final = "level_sd"
NOISE_SD: Final = "noise_sd"

# Of revenue per customer: yearly growth, and the yearly standard deviation of its random walk.
GROWTH_REVENUE: Final = "growth_revenue"
REVENUE_SD: Final = "revenue_sd"

# Dimensions.
FLOW: Final = "flow"
PERIOD: Final = "period"
PERIOD_BEFORE: Final = "period_before"
PART: Final = "part_of_year"

ADDED: Final = "added"
LOST: Final = "lost"
FLOWS: Final = (ADDED, LOST)

# Columns of a table of aggregates beside the flows.
CLOSING: Final = "closing"
REVENUE: Final = "revenue_per_customer"

# Distributions of how long customers stay.
WEIBULL: Final = "Weibull"
EXPONENTIAL: Final = "exponential"
DISTRIBUTIONS: Final = (WEIBULL, EXPONENTIAL)
