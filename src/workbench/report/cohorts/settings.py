"""What the cohorts report may be told."""

from __future__ import annotations

from pydantic import Field

from workbench.core.settings import Report, SampledSettings


class CohortsSettings(SampledSettings):
    """Settings of the cohorts report; the source is a retention table, so nothing is mapped."""

    cohort_size: int = Field(
        1000,
        ge=1,
        le=1_000_000_000,
        title="customers of a cohort whose table is in percent",
        description="Customers of a cohort whose table is in percent",
    )
    horizon_periods: int = Field(
        8,
        ge=1,
        le=120,
        title="periods after each cohort's last observed one, 1 to 120",
        description="Periods forecast after each cohort's last observed one",
    )
    holdout_periods: int = Field(
        4,
        ge=0,
        le=120,
        title="last periods hidden from a first fit, 0 to 120",
        description="Last periods hidden from a first fit, to test its forecast",
    )
    min_predictive_prob: float = Field(
        0.01,
        ge=0,
        lt=1,
        title="posterior-predictive probability, 0 to 1",
        description="Gate: the smallest posterior-predictive probability allowed",
    )


REPORT = Report(
    "cohorts",
    "How many customers of each cohort will stay, and for how long?",
    "50_cohorts.ipynb",
    CohortsSettings,
)
