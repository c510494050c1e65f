"""What the revenue report may be told."""

from __future__ import annotations

from pydantic import Field

from workbench.core.settings import MoneySettings, Report


class RevenueSettings(MoneySettings):
    """Settings of the revenue report."""

    due_months: int = Field(
        6,
        ge=1,
        le=36,
        title="months, 1 to 36",
        description="Months ahead for which renewals due are listed",
    )


REPORT = Report(
    "revenue",
    "What is a contract worth when it goes on, and what will the next ones bring?",
    "20_revenue.ipynb",
    RevenueSettings,
)
