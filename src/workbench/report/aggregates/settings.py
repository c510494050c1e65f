"""What the aggregates report may be told."""

from __future__ import annotations

from pydantic import Field

from workbench.core.settings import Report, SampledSettings


class AggregatesSettings(SampledSettings):
    """Settings of the aggregates report; the source is one table, so nothing is mapped."""

    years_before: int = Field(
        10,
        ge=1,
        le=50,
        title="years within which customers there at the first row came, 1 to 50",
        description="Years within which the customers there at the first row came",
    )
    customers_per_unit: int = Field(
        0,
        ge=0,
        le=1_000_000,
        title="customers per unit of the counts; 0: as columns' names say, else 1",
        description="Customers that one unit of the counts stands for: 1000 where they are in "
        "thousands; 0: as the columns' names say, else 1",
    )
    revenue_months: int = Field(
        0,
        ge=0,
        le=12,
        title="months that revenue per customer stands for; 0: those of a period",
        description="Months that revenue per customer stands for: 1 where an ARPU by quarter is "
        "per month; 0: those of a period",
    )
    horizon_periods: int = Field(
        8,
        ge=1,
        le=120,
        title="periods after the last row, 1 to 120",
        description="Periods forecast after the last row",
    )
    holdout_periods: int = Field(
        4,
        ge=0,
        le=120,
        title="last periods hidden from a first fit, 0 to 120",
        description="Last periods hidden from a first fit, to test its forecast",
    )


REPORT = Report(
    "aggregates",
    "How many customers will be lost, added and there, when only totals are told?",
    "51_aggregates.ipynb",
    AggregatesSettings,
)
