"""What the reasons report may be told."""

from __future__ import annotations

from pydantic import Field

from workbench.core.settings import ForecastSettings, Report


class ReasonsSettings(ForecastSettings):
    """Settings of the reasons report."""

    min_reason_endings: int = Field(
        5,
        ge=1,
        le=1_000_000,
        title="endings; reasons given less often are pooled as other",
        description="Reasons given less often are pooled as other",
    )
    min_predictive_prob: float = Field(
        0.01,
        ge=0,
        lt=1,
        title="posterior-predictive probability, 0 to 1",
        description="Gate: the smallest posterior-predictive probability allowed",
    )


REPORT = Report(
    "reasons",
    "Why do customers leave, and what could be saved?",
    "12_reasons.ipynb",
    ReasonsSettings,
)
