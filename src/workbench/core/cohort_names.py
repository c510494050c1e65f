"""Names at which cohort models and their forecasts meet: laws, posterior variables, dimensions."""

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

# Dimensions.
COHORT: Final = "cohort"
PERIOD: Final = "period"
