"""Names at which cohort models and their forecasts meet: distributions, variables, dimensions."""

from __future__ import annotations

from typing import Final

# Laws of retention.
SBG: Final = "sBG"
BDW: Final = "BdW"
DISTRIBUTIONS: Final = (SBG, BDW)

# Posterior variables, one value per cohort.
ALPHA: Final = "alpha"
BETA: Final = "beta"
SHAPE: Final = "shape"

# The same of a cohort at the centre of all, one value: what cohorts share.
SHARED_ALPHA: Final = "shared_alpha"
SHARED_BETA: Final = "shared_beta"
SHARED_SHAPE: Final = "shared_shape"

# Dimensions.
COHORT: Final = "cohort"
PERIOD: Final = "period"
